import { strict as assert } from "node:assert";
import { failure } from "../support/failure.ts";
import { errorOf, resultOf } from "./settled.ts";
import { Setting, until, type SettingOptions } from "./setting.ts";

describe("the outbox, when nobody knows whether a message was sent", () => {
  let setting: Setting;
  const begin = async (options: SettingOptions = {}) => (setting = await Setting.make(options));
  afterEach(() => setting.end());

  it("holds it, reports it as unknown, and never sends it again", async () => {
    await begin();
    setting.sandbox.misbehave({ kind: "reset-after-read" });
    await setting.put();
    const error = errorOf(await setting.result());
    assert.equal(error.cause.outcome, "unknown");
    assert.equal((await setting.outbox.counts()).uncertain, 1);
    await setting.restart();
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(setting.sandbox.messages().length, 1);
  });

  it("reports the final result when a person accepted, dropped or sent again what was in doubt", async () => {
    await begin();
    setting.sandbox.misbehave({ kind: "reset-after-read" }, { times: 3 });
    for (const decision of ["accept", "drop", "resend"] as const) {
      setting.settled.length = 0;
      await setting.put({ properties: { topic: decision } });
      assert.equal((await setting.result()).revised, false);
      const [message] = await setting.outbox.messages({ state: "uncertain" });
      await setting.outbox.decide(message?.id ?? "", decision);
      const revised = await setting.result(2);
      assert.deepEqual([revised.revised, revised.properties], [true, { topic: decision }]);
      if (decision === "drop") {
        const { code, cause } = errorOf(revised);
        assert.deepEqual([code, cause.outcome, cause.revised], ["CANCELLED", "unknown", true]);
        continue;
      }
      const { revised: mark, accepted, messages } = resultOf(revised);
      assert.deepEqual([mark, accepted], [true, 1]);
      assert.equal(messages[0]?.possibleDuplicate, decision === "resend" ? true : undefined);
    }
    const { accepted, cancelled } = await setting.outbox.counts();
    assert.deepEqual({ accepted, cancelled }, { accepted: 2, cancelled: 1 });
  });

  it("refuses decisions that make no sense", async () => {
    await begin();
    await setting.put();
    await setting.result();
    const [message] = await setting.outbox.messages({});
    for (const decision of ["accept", "drop", "resend"] as const) {
      assert.equal((await failure(setting.outbox.decide(message?.id ?? "", decision))).code, "INVALID_MESSAGE");
      assert.equal((await failure(setting.outbox.decide("nonsense", decision))).code, "INVALID_MESSAGE");
    }
  });

  it("drops what waits when a person says so", async () => {
    await begin({ account: { baseUrl: "http://127.0.0.1:9" } });
    await setting.put();
    await until(async () => (await setting.outbox.messages({ state: "queued" }))[0]?.attempts === 1);
    const [message] = await setting.outbox.messages({ state: "queued" });
    await setting.outbox.decide(message?.id ?? "", "drop");
    const error = errorOf(await setting.result());
    assert.deepEqual([error.code, error.cause.outcome], ["CANCELLED", "not-sent"]);
  });

  it("tells per recipient of a bulk what is in doubt", async () => {
    await begin({ account: { concurrency: 1 } });
    setting.sandbox.misbehave({ kind: "reset-after-read" });
    const numbers = Array.from({ length: 150 }, (_, index) => `+5699100${String(1000 + index).slice(1)}0`);
    await setting.put({ to: numbers });
    const { accepted, failed, messages } = resultOf(await setting.result());
    assert.deepEqual([accepted, failed], [50, 100]);
    assert.ok(
      messages.slice(0, 100).every(({ status, error }) => status === "unknown" && error?.outcome === "unknown"),
    );
    assert.ok(messages.slice(100).every(({ status }) => status === "accepted"));
  });

  it("sends it again where the user chose so, marked as a possible duplicate", async () => {
    await begin({ onUnknown: "resend" });
    setting.sandbox.misbehave({ kind: "reset-after-read" }, { times: 2 });
    await setting.put();
    const { accepted, messages } = resultOf(await setting.result());
    assert.deepEqual([accepted, messages[0]?.possibleDuplicate], [1, true]);
    assert.equal(setting.sandbox.messages().length, 3);
    const [message] = await setting.outbox.messages({});
    assert.deepEqual([message?.attempts, message?.possibleDuplicate], [3, true]);
  });
});
