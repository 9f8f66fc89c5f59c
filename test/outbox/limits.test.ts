import { strict as assert } from "node:assert";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { newJob, newRows } from "./store-desk.ts";
import { Setting, until } from "./setting.ts";
import { sqliteStore } from "./sqlite.ts";

setFlagsFromString("--expose_gc");
const collect = runInNewContext("gc") as () => void;

/** bench/outbox.ts and bench/outbox-backlog.ts measure the same with 100,000, and how long it takes. */
const WAITING = 20_000;

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed / 1024 ** 2;
}

describe("an outbox with much in it", function () {
  this.timeout(120_000);
  let setting: Setting;
  afterEach(() => setting.end());

  it("sends without reading all first, an alarm before all others, and keeps the memory small", async () => {
    setting = await Setting.make({ account: { ratePerSecond: 100 } });
    const store = sqliteStore(setting.file);
    await store.open();
    const now = Date.now();
    for (let stored = 0; stored < WAITING; stored += 1000) {
      const job = newJob({ createdAt: now, expiresAt: now + 3_600_000 });
      await Promise.all(Array.from({ length: 1000 }, () => store.put(job, newRows())));
    }
    await store.close();
    const idle = heap();
    await setting.outbox.open();
    await until(() => setting.sandbox.requests().length > 0);
    await setting.put({ text: "alarm", priority: "high" });
    const sent = setting.sandbox.messages().length;
    const place = () => setting.sandbox.messages().findIndex(({ text }) => text === "alarm");
    await until(() => place() >= 0);
    assert.ok(place() - sent < 100, `${place() - sent} of ${WAITING} went before the alarm`);
    const more = heap() - idle;
    assert.ok(more < 50, `${more} MB`);
  });

  it("takes in a bulk of many recipients whole, without holding up others, and lets an alarm pass it", async () => {
    setting = await Setting.make({ account: { baseUrl: "http://127.0.0.1:9" } });
    const drafts = function* () {
      for (let index = 0; index < WAITING; index++) {
        const to = `+569${10_000_000 + index}`;
        yield { to, message: { to, text: `text ${index}` } };
      }
    };
    let ticks = 0;
    const timer = setInterval(() => ticks++, 5);
    const putting = setting.put({ drafts: drafts(), total: WAITING });
    await setting.put({ text: "alarm", priority: "high" });
    const { queued } = await setting.outbox.counts();
    assert.ok(queued < WAITING, "the alarm waited for the whole bulk");
    await putting;
    clearInterval(timer);
    assert.ok(ticks > 5, `${ticks} ticks`);
    await until(async () => (await setting.outbox.counts()).queued === WAITING + 1);
  });

  it("stores nothing of a bulk that breaks off", async () => {
    setting = await Setting.make();
    const drafts = function* () {
      for (let index = 0; index < 1000; index++) {
        if (index === 900) throw new Error("no more");
        const to = `+569${10_000_000 + index}`;
        yield { to, message: { to, text: `text ${index}` } };
      }
    };
    await assert.rejects(setting.put({ drafts: drafts(), total: 1000 }), /no more/);
    assert.deepEqual(await setting.outbox.messages({}), []);
    assert.equal(setting.sandbox.requests().length, 0);
  });
});
