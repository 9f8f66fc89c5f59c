import { strict as assert } from "node:assert";
import { failure } from "../support/failure.ts";
import { errorOf, resultOf } from "./settled.ts";
import { Setting, until, type SettingOptions } from "./setting.ts";

describe("the outbox, over a restart", () => {
  let setting: Setting;
  const begin = async (options: SettingOptions = {}) => (setting = await Setting.make(options));
  afterEach(() => setting.end());

  it("sends what waited, and hands its result over then", async () => {
    await begin();
    const there = setting.account;
    setting.account = setting.newAccount({ baseUrl: "http://127.0.0.1:9" });
    await setting.put({ properties: { topic: "kept" }, options: { at: new Date(Date.now() - 1000) } });
    await setting.account.close();
    setting.account = there;
    await setting.restart();
    setting.listen();
    const settled = await setting.result();
    assert.equal(resultOf(settled).accepted, 1);
    assert.deepEqual(settled.properties, { topic: "kept" });
  });

  it("hands over a result for which its node was not there", async () => {
    await begin();
    await setting.put({ node: "another" });
    await until(async () => (await setting.outbox.counts()).accepted === 1);
    await setting.restart();
    setting.listen("another");
    assert.equal(resultOf(await setting.result()).accepted, 1);
    await setting.restart();
    setting.listen("another");
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(setting.settled.length, 1);
  });

  it("hands a result over again that its node could not take", async () => {
    await begin();
    let tries = 0;
    setting.outbox.subscribe("picky", () => {
      if (++tries === 1) throw new Error("not now");
    });
    await setting.put({ node: "picky" });
    await until(() => tries === 2);
    assert.match(setting.troubles[0]?.message ?? "", /not now/);
  });

  it("ends in time with a request on its way, which is in doubt then", async () => {
    await begin();
    setting.sandbox.misbehave({ kind: "hang" });
    await setting.put();
    await until(() => setting.sandbox.messages().length === 1);
    const begun = performance.now();
    await setting.outbox.close();
    const took = performance.now() - begun;
    assert.ok(took > 4500 && took < 7000, `${took} ms`);
    assert.equal((await failure(setting.put())).code, "CANCELLED");
    setting.outbox = setting.newOutbox();
    setting.listen();
    await setting.outbox.open();
    const error = errorOf(await setting.result());
    assert.deepEqual([error.code, error.cause.outcome], ["CANCELLED", "unknown"]);
    assert.match(error.message, /Node-RED ended while this was being sent/);
    assert.equal(setting.sandbox.messages().length, 1);
  });

  it("lets a request end that is on its way when the outbox closes", async () => {
    await begin();
    setting.sandbox.misbehave({ kind: "slow", ms: 700 });
    await setting.put();
    await until(() => setting.sandbox.messages().length === 1);
    await setting.restart();
    setting.listen();
    assert.equal(resultOf(await setting.result()).accepted, 1);
  });
});
