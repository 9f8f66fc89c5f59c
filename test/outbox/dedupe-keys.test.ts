import { strict as assert } from "node:assert";
import { errorOf, resultOf } from "./settled.ts";
import { Setting, type SettingOptions } from "./setting.ts";

describe("the outbox's dedupe keys", () => {
  let setting: Setting;
  const begin = async (options: SettingOptions = {}) => (setting = await Setting.make(options));
  afterEach(() => setting.end());

  it("send once, and give every message the one result with its own properties", async () => {
    await begin();
    await setting.put({ dedupeKey: "k", properties: { topic: 1 } });
    assert.equal((await setting.put({ dedupeKey: "k", properties: { topic: 2 } })).duplicate, true);
    await setting.result(2);
    await setting.put({ dedupeKey: "k", properties: { topic: 3 } });
    await setting.result(3);
    const ids = new Set(setting.settled.map((settled) => resultOf(settled).id));
    assert.equal(ids.size, 1);
    const marks = setting.settled.map((settled) => [
      settled.properties.topic,
      settled.duplicate,
      resultOf(settled).duplicate,
    ]);
    assert.deepEqual(marks.sort(), [
      [1, false, undefined],
      [2, true, true],
      [3, true, true],
    ]);
    assert.equal(setting.sandbox.messages().length, 1);
  });

  it("try anew when the first certainly was not sent", async () => {
    await begin();
    setting.sandbox.misbehave({ kind: "status", status: 401 });
    await setting.put({ dedupeKey: "k" });
    errorOf(await setting.result());
    assert.equal((await setting.put({ dedupeKey: "k" })).duplicate, false);
    assert.equal(resultOf(await setting.result(2)).accepted, 1);
  });
});
