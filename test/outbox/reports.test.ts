import { strict as assert } from "node:assert";
import { cpSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { smsDrafts } from "../../src/message.ts";
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

  it("come although those of others cannot be read, be they more than are read together, and each of these is told of once", async () => {
    for (let index = 0; index < 25; index++) await setting.put({ node: "late", properties: { index } });
    await until(async () => (await setting.outbox.counts()).accepted === 25);
    await setting.outbox.close();
    const db = new DatabaseSync(setting.file);
    // The oldest, so that they stand before all others.
    db.exec(`UPDATE jobs SET properties = '{"secret":"CANA' WHERE id IN (SELECT id FROM jobs ORDER BY id LIMIT 21)`);
    db.close();
    await setting.restart();
    setting.listen("late");
    await until(() => setting.settled.length === 4);
    await setting.put({ node: "late", properties: { index: 25 } });
    await until(() => setting.settled.length === 5);
    // They are tried again meanwhile.
    await delay(1500);
    assert.deepEqual(
      setting.settled.map(({ properties }) => properties.index),
      [21, 22, 23, 24, 25],
    );
    assert.equal(setting.troubles.length, 21);
    for (const { message } of setting.troubles) assert.match(message, /^The result of a message .* cannot be read/);
    assert.ok(!setting.troubles.some(({ message }) => message.includes("CANA")));
  });

  it("are tried again when they could not be read, and come when they can", async () => {
    const { path, remove } = await folder();
    const store = sqliteStore(join(path, "outbox.sqlite"));
    const troubles: string[] = [];
    const settled: Settled[] = [];
    let failures = 2;
    const rows = store.rows.bind(store);
    store.rows = (...call) => (failures-- > 0 ? Promise.reject(new Error("unreadable")) : rows(...call));
    const outbox = new Outbox(store, {
      onUnknown: "hold",
      sender: async () => accountSender(setting.account),
      onTrouble: ({ message }) => troubles.push(message),
    });
    outbox.subscribe("node", (result) => void settled.push(result));
    await outbox.open();
    const [draft] = smsDrafts("+56990000077", "an alarm", "CL");
    assert.ok(draft);
    const account = { node: "node", target: "account", provider: "connectus", account: "test" };
    await outbox.put({ ...account, channel: "sms", drafts: [draft], total: 1, options: {}, properties: { a: 1 } });
    await until(() => settled.length === 1);
    assert.deepEqual(settled[0]?.properties, { a: 1 });
    assert.equal(troubles.length, 1);
    await outbox.close();
    await remove();
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
