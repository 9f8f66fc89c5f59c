import { strict as assert } from "node:assert";
import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Outbox, type Settled } from "../../src/outbox/outbox.ts";
import { accountSender } from "../../src/outbox/account-sender.ts";
import { Setting, until } from "./setting.ts";
import { folder, sqliteStore } from "./sqlite.ts";

describe("the results of an outbox", () => {
  let setting: Setting;
  beforeEach(async () => (setting = await Setting.make()));
  afterEach(() => setting.end());

  it("come again after a crash that took them from the flow's memory, with the same _msgid", async () => {
    const { path, remove } = await folder();
    await setting.put({ properties: { _msgid: "m1" } });
    await setting.result();
    await delay(50);
    // What a crash at this moment leaves on disk.
    cpSync(dirname(setting.file), path, { recursive: true });
    const again: Settled[] = [];
    const after = new Outbox(sqliteStore(join(path, "outbox.sqlite")), {
      onUnknown: "hold",
      sender: async () => accountSender(setting.account),
      onTrouble: ({ message }) => assert.fail(message),
    });
    after.subscribe("node", (settled) => void again.push(settled));
    await after.open();
    await until(() => again.length === 1);
    assert.deepEqual(again[0]?.outcome, setting.settled[0]?.outcome);
    assert.deepEqual(again[0]?.properties, { _msgid: "m1" });
    assert.equal(setting.sandbox.messages().length, 1);
    await after.close();
    await remove();
  });

  it("come once, also when the outbox is closed and opened right after", async () => {
    for (let index = 0; index < 60; index++) await setting.put({ text: `text ${index}` });
    await setting.result(60);
    await setting.restart();
    setting.listen();
    await delay(400);
    await setting.restart();
    setting.listen();
    await delay(100);
    assert.equal(setting.settled.length, 60);
  });

  it("come once more when a person decides in the moment after they came", async () => {
    setting.sandbox.misbehave({ kind: "reset-after-read" }, { times: 2 });
    for (const decision of ["accept", "resend"] as const) {
      setting.settled.length = 0;
      await setting.put();
      await setting.result();
      const [message] = await setting.outbox.messages({ state: "uncertain" });
      await setting.outbox.decide(message?.id ?? "", decision);
      assert.equal((await setting.result(2)).revised, true);
      await delay(600);
      assert.equal(setting.settled.length, 2);
    }
  });
});
