import { strict as assert } from "node:assert";
import { Setting, until } from "./setting.ts";

describe("what a crash can leave in doubt", () => {
  let setting: Setting;
  afterEach(() => setting.end());

  it("is at most 100 recipients of a bulk, as no more are on their way at a time, with other messages beside them", async () => {
    setting = await Setting.make();
    setting.sandbox.misbehave({ kind: "slow", ms: 1500 });
    const numbers = Array.from({ length: 250 }, (_, index) => `+5699100${String(1000 + index).slice(1)}0`);
    await setting.put({ to: numbers });
    await until(() => setting.sandbox.requests().length > 0);
    for (let index = 0; index < 5; index++) await setting.put({ text: `single ${index}` });
    await setting.result(5);
    const { sending, queued, accepted } = await setting.outbox.counts();
    assert.deepEqual([sending, queued, accepted], [100, 150, 5]);
    assert.equal(setting.sandbox.requests().length, 6);
    const { outcome } = await setting.result(6);
    assert.equal("result" in outcome && outcome.result.accepted, 250);
    assert.equal(setting.sandbox.requests().length, 8);
  });
});
