import { strict as assert } from "node:assert";
import { MessagingError } from "../../src/error.ts";
import type { Sender } from "../../src/outbox/sender.ts";
import { connectus } from "../../src/providers/connectus/index.ts";
import { smshosting } from "../../src/providers/smshosting/index.ts";
import { deliver } from "../../src/sending/deliver.ts";
import { Setting, until, type SettingOptions } from "./setting.ts";

const CHECK = { onUnknown: "check", provider: smshosting, checkAfterMs: [50, 300] } as const;

/** As a provider whose search shows no texts. */
function withoutTexts(sender: Sender): Sender {
  const find: Sender["find"] = async (...question) =>
    (await sender.find(...question)).map((message) => ({ ...message, text: undefined }));
  return { ...sender, find };
}

describe("an outbox that asks the provider in doubt", () => {
  let setting: Setting;
  const begin = async (options: SettingOptions) => (setting = await Setting.make({ ...CHECK, ...options }));
  const result = async (count?: number) => {
    const { outcome } = await setting.result(count);
    return "result" in outcome ? outcome.result : assert.fail(outcome.error);
  };
  const numbers = (count: number) =>
    Array.from({ length: count }, (_, index) => `+39348${1_000_000 + index * 100 + 77}`);
  afterEach(() => setting.end());

  it("finds what was taken, and sends it no second time", async () => {
    await begin({});
    setting.sandbox.misbehave({ kind: "reset-after-read" });
    await setting.put({ to: numbers(3) });
    const { accepted, messages } = await result();
    assert.equal(accepted, 3);
    const taken = setting.sandbox.messages();
    assert.deepEqual(
      messages.map(({ id, possibleDuplicate }) => ({ id, possibleDuplicate })),
      taken.map(({ id }) => ({ id, possibleDuplicate: undefined })),
    );
    assert.equal(taken.length, 3);
  });

  it("sends again what the provider does not know after the last look, without the mark of a duplicate", async () => {
    await begin({});
    setting.sandbox.misbehave({ kind: "reset-before-read" });
    await setting.put();
    const { accepted, messages } = await result();
    assert.deepEqual([accepted, messages[0]?.possibleDuplicate], [1, undefined]);
    assert.equal(setting.sandbox.messages().length, 1);
    const searches = setting.sandbox.requests().filter(({ path }) => path === "sms/search");
    assert.equal(searches.length, 2);
  });

  it("asks by the user's own reference where there is one, from the time of the request on", async () => {
    await begin({});
    await setting.put({ options: { reference: "mine" }, text: "earlier" });
    await result();
    setting.sandbox.misbehave({ kind: "reset-after-read" });
    await setting.put({ options: { reference: "mine" }, text: "later", to: "+393480000099" });
    const { id, reference } = await result(2);
    assert.equal(reference, "mine");
    assert.equal(id, setting.sandbox.messages().find(({ text }) => text === "later")?.id);
  });

  describe("by a reference that other messages have too", () => {
    const [to = ""] = numbers(1);
    const shared = { to, options: { reference: "boiler" } };

    it("takes no other message's id for proof: what was not taken is sent again, under its own id", async () => {
      await begin({});
      await setting.put({ ...shared, text: "pressure 3.1" });
      const { id: first } = await result();
      setting.sandbox.misbehave({ kind: "reset-before-read" });
      await setting.put({ ...shared, text: "pressure 9.9" });
      const { accepted, id, reference } = await result(2);
      const texts = setting.sandbox.messages().map(({ text }) => text);
      assert.deepEqual([accepted, reference, texts], [1, "boiler", ["pressure 3.1", "pressure 9.9"]]);
      assert.notEqual(id, first);
    });

    it("tells two in doubt apart by their texts, of which one was taken", async () => {
      await begin({ account: { concurrency: 1 } });
      setting.sandbox.misbehave({ kind: "reset-after-read" });
      setting.sandbox.misbehave({ kind: "reset-before-read" });
      await setting.put({ ...shared, text: "pressure 3.1" });
      await setting.put({ ...shared, text: "pressure 9.9" });
      await result(2);
      const ids = (await setting.outbox.messages({ state: "accepted" })).length;
      const sends = setting.sandbox.requests().filter(({ path }) => path === "sms/send");
      assert.deepEqual([ids, setting.sandbox.messages().length, sends.length], [2, 2, 3]);
    });

    it("takes no refusal of another for one of the next like it", async () => {
      const refused = { id: "7", to, status: "rejected", final: true, providerStatus: "NOSENT", text: "Fire" } as const;
      await begin({
        sender: (sender) => ({
          ...sender,
          find: async (...question) => [refused, ...(await sender.find(...question))],
        }),
      });
      setting.sandbox.misbehave({ kind: "reset-before-read" });
      await setting.put({ ...shared, text: "Fire" });
      const { outcome } = await setting.result();
      assert.ok("error" in outcome && outcome.error.code === "REJECTED");
      setting.sandbox.misbehave({ kind: "reset-after-read" });
      await setting.put({ ...shared, text: "Fire" });
      const { accepted, id } = await result(2);
      const taken = setting.sandbox.messages();
      assert.deepEqual([accepted, id, taken.length], [1, taken[0]?.id, 1]);
    });

    it("leaves to a person what a message from elsewhere may be", async () => {
      await begin({});
      const { account } = setting;
      setting.sandbox.misbehave({ kind: "reset-before-read" });
      const drafts = [{ to, message: { to, text: "sent directly" } }];
      await setting.put({ ...shared, text: "through the outbox" });
      await until(async () => (await setting.outbox.counts()).uncertain === 1);
      await deliver(account, "sms", drafts, 1, shared.options);
      const { outcome } = await setting.result();
      assert.ok("error" in outcome && outcome.error.cause.outcome === "unknown");
      assert.equal((await setting.outbox.counts()).uncertain, 1);
    });

    it("leaves to a person what the provider shows no text of", async () => {
      await begin({ sender: withoutTexts });
      setting.sandbox.misbehave({ kind: "reset-after-read" });
      await setting.put({ ...shared, text: "pressure 9.9" });
      const { outcome } = await setting.result();
      assert.ok("error" in outcome && outcome.error.cause.outcome === "unknown");
      assert.equal(setting.sandbox.messages().length, 1);
    });

    it("asks for all pages of many", async () => {
      await begin({});
      const many = Array.from({ length: 1100 }, (_, index) => `+39347${1_000_000 + index * 100 + 77}`);
      await setting.put({ ...shared, to: many, text: "to all" });
      await result();
      setting.sandbox.misbehave({ kind: "reset-after-read" });
      await setting.put({ ...shared, text: "one more" });
      assert.equal((await result(2)).accepted, 1);
      assert.equal(setting.sandbox.messages().length, 1101);
    });
  });

  it("takes no sibling's id for proof, which a person accepted meanwhile", async () => {
    await begin({ checkAfterMs: [2000] });
    const [to = ""] = numbers(1);
    const drafts = ["one", "two"].map((text) => ({ to, message: { to, text } }));
    setting.sandbox.misbehave({ kind: "reset-after-read" });
    setting.sandbox.misbehave({ kind: "reset-before-read" });
    await setting.put({ drafts, total: 2 });
    await until(async () => (await setting.outbox.counts()).uncertain === 2);
    const [taken] = setting.sandbox.messages();
    const doubtful = await setting.outbox.messages({});
    await setting.outbox.decide(doubtful.find(({ text }) => text === taken?.text)?.id ?? "", "accept");
    assert.equal((await result()).accepted, 2);
    assert.deepEqual(
      setting.sandbox
        .messages()
        .map(({ text }) => text)
        .sort(),
      ["one", "two"],
    );
  });

  it("leaves to a person what cannot be told apart: two texts to one number, of which one is known", async () => {
    await begin({
      sender: (sender) => ({
        ...withoutTexts(sender),
        find: async (...question) => (await withoutTexts(sender).find(...question)).slice(0, 1),
      }),
    });
    const [to = ""] = numbers(1);
    const drafts = ["one", "two"].map((text) => ({ to, message: { to, text } }));
    setting.sandbox.misbehave({ kind: "reset-after-read" }, { times: 2 });
    await setting.put({ drafts, total: 2 });
    await setting.result();
    assert.equal((await setting.outbox.counts()).uncertain, 2);
  });

  it("asks again when the provider cannot be reached", async () => {
    await begin({});
    setting.sandbox.misbehave({ kind: "reset-after-read" });
    setting.sandbox.misbehave({ kind: "status", status: 500 }, { times: 2, path: "sms/search" });
    await setting.put();
    assert.equal((await result()).accepted, 1);
    assert.equal(setting.sandbox.messages().length, 1);
  });

  it("asks on about the others when one question breaks off", async () => {
    // Put off, the others would be asked about in a minute.
    await begin({ checkAfterMs: [1000, 60_000], account: { concurrency: 1 } });
    setting.sandbox.misbehave({ kind: "reset-after-read" }, { times: 4 });
    for (const to of numbers(4)) await setting.put({ to });
    await until(async () => (await setting.outbox.counts()).uncertain === 4);
    setting.sandbox.misbehave({ kind: "reset-before-read" }, { path: "sms/search" });
    await until(async () => (await setting.outbox.counts()).accepted === 3);
    assert.equal(setting.sandbox.messages().length, 4);
  });

  it("does not take for unknown what the provider counts and does not show", async () => {
    await begin({ checkAfterMs: [50] });
    setting.sandbox.misbehave({ kind: "reset-after-read" });
    const body = { metadata: { count: 1, offset: 0, limit: 20 }, smsList: [] };
    setting.sandbox.misbehave({ kind: "status", status: 200, body }, { path: "sms/search" });
    await setting.put();
    assert.equal((await result()).accepted, 1);
    const sends = setting.sandbox.requests().filter(({ path }) => path === "sms/send");
    assert.equal(sends.length, 1);
  });

  it("takes the provider's word that it refused a message", async () => {
    await begin({
      sender: (sender) => ({
        ...sender,
        find: async () => [{ id: "7", status: "rejected", final: true, providerStatus: "NOT_INSERTED" }],
      }),
    });
    setting.sandbox.misbehave({ kind: "reset-before-read" });
    await setting.put();
    const { outcome } = await setting.result();
    assert.ok("error" in outcome);
    assert.deepEqual([outcome.error.code, outcome.error.cause.outcome], ["REJECTED", "rejected"]);
    assert.match(outcome.error.message, /NOT_INSERTED/);
  });

  it("holds what is in doubt at a provider that cannot be asked", async () => {
    await begin({ provider: connectus });
    setting.sandbox.misbehave({ kind: "reset-after-read" });
    await setting.put();
    const { outcome } = await setting.result();
    assert.ok("error" in outcome && outcome.error.cause.outcome === "unknown");
    assert.equal((await setting.outbox.counts()).uncertain, 1);
  });

  it("holds what is in doubt where the account says that it cannot be asked after all", async () => {
    await begin({
      sender: (sender) => ({
        ...sender,
        find: async () => {
          throw new MessagingError("no", { code: "NOT_SUPPORTED", outcome: "rejected" });
        },
      }),
    });
    setting.sandbox.misbehave({ kind: "reset-after-read" });
    await setting.put();
    await setting.result();
    assert.equal((await setting.outbox.counts()).uncertain, 1);
  });

  it("takes a refusal as a repeat, after doubt, for proof that it was taken", async () => {
    await begin({ onUnknown: "resend" });
    setting.sandbox.misbehave({ kind: "reset-after-read" });
    await setting.put({ text: "the same", to: numbers(1) });
    const { accepted, messages } = await result();
    assert.deepEqual([accepted, messages[0]?.status, messages[0]?.possibleDuplicate], [1, "accepted", true]);
    assert.equal(setting.sandbox.messages().length, 1);
    await setting.put({ text: "the same", to: numbers(1) });
    const { outcome } = await setting.result(2);
    assert.ok("error" in outcome && outcome.error.cause.providerCode === "DUPLICATESMS");
  });

  it("asks about what a crash left in doubt", async () => {
    await begin({});
    setting.sandbox.misbehave({ kind: "hang" });
    await setting.put();
    await until(() => setting.sandbox.messages().length === 1);
    await setting.restart();
    setting.listen();
    assert.equal((await result()).accepted, 1);
    assert.equal(setting.sandbox.messages().length, 1);
  });
});
