import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { Claiming } from "../../src/outbox/claiming.ts";
import { PostgresStore } from "../../src/outbox/postgres/postgres-store.ts";
import type { NewRow } from "../../src/outbox/job.ts";
import type { Pass, StoreEvents } from "../../src/outbox/store.ts";
import { Turns } from "../../src/outbox/turns.ts";
import { newJob, newRow, ready } from "../outbox/postgres-samples.ts";
import { startPostgres, type PostgresServer } from "../outbox/postgres-server.ts";

/** As if nobody had been seen for a minute. */
async function passTime(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query("UPDATE messaging.presence SET seen_at = seen_at - interval '1 minute'");
  await client.end();
}

const FREE = { concurrency: 100, ratePerSecond: 0 };
const ROWS: NewRow[] = [newRow()];

describe("two stores on the same PostgreSQL", function () {
  this.timeout(60_000);
  let server: PostgresServer;
  let connectionString: string;
  let one: PostgresStore;
  let other: PostgresStore;
  const opened: PostgresStore[] = [];

  const open = async (
    options: { maxMessages?: number; schema?: string; home?: string } = {},
    events: StoreEvents = {},
  ) => {
    const store = new PostgresStore({ connectionString, maxMessages: 1000, ...options });
    await store.open(events);
    opened.push(store);
    return store;
  };
  const claimOne = async (store: PostgresStore, claim: string, limits = FREE) => {
    const [row] = await ready(store);
    return store.claim({ rows: [row?.id ?? ""], claim, at: Date.now() }, limits);
  };

  before(async () => (server = await startPostgres()));
  after(() => server.stop());
  beforeEach(async () => {
    connectionString = await server.database();
    [one, other] = await Promise.all([open(), open()]);
  });
  afterEach(() => Promise.all(opened.splice(0).map((store) => store.close())));

  it("give a row to one of many that claim it at the same time", async () => {
    await one.put(newJob(), ROWS);
    const [row] = await ready(other);
    const claims = Array.from({ length: 12 }, (_, index) =>
      (index % 2 ? one : other).claim({ rows: [row?.id ?? ""], claim: `c${index}`, at: Date.now() }, FREE),
    );
    const answers = await Promise.all(claims);
    assert.equal(answers.filter((answer) => answer === "claimed").length, 1);
    assert.equal(answers.filter((answer) => answer === "lost").length, 11);
    assert.equal((await one.row(row?.id ?? ""))?.row.attempts, 1);
  });

  it("hold the concurrency of an account together, and that of another apart", async () => {
    for (const target of ["account", "account", "account", "second"]) await one.put(newJob({ target }), ROWS);
    const limits = { concurrency: 2, ratePerSecond: 0 };
    assert.equal(await claimOne(one, "a", limits), "claimed");
    assert.equal(await claimOne(other, "b", limits), "claimed");
    assert.equal(typeof (await claimOne(other, "c", limits)), "object");
    const [apart] = await ready(other, "second");
    assert.equal(await other.claim({ rows: [apart?.id ?? ""], claim: "d", at: Date.now() }, limits), "claimed");
  });

  describe("count for an account whatever goes through it", () => {
    const limits = { concurrency: 2, ratePerSecond: 0, account: "A" };
    const claims = ["a", "b", "c", "d"];
    const rows: string[] = [];
    const claim = (index: number, pass: Pass = limits) =>
      (index % 2 ? other : one).claim({ rows: [rows[index] ?? ""], claim: claims[index] ?? "", at: Date.now() }, pass);
    const board = (index: number, id: string, account: string, over: string[] = []) =>
      (index % 2 ? other : one).board({ id, claim: claims[index] ?? "", account, over }, limits);
    beforeEach(async () => {
      rows.length = 0;
      for (const target of ["route", "A", "another route", "B"]) {
        await one.put(newJob({ target }), ROWS);
        rows.push((await ready(one, target))[0]?.id ?? "");
      }
    });

    it("itself, a route, and another", async () => {
      assert.deepEqual([await claim(0), await claim(1)], ["claimed", "claimed"]);
      assert.equal(typeof (await claim(2)), "object");
      assert.equal(await claim(3, { ...limits, account: "B" }), "claimed");
      await one.move([{ row: rows[0] ?? "", from: "sending", claim: "a", to: "accepted" }], Date.now());
      assert.equal(await claim(2), "claimed");
    });

    it("what goes on to it from another, and lets go of that one", async () => {
      assert.equal(await claim(0, { ...limits, concurrency: 1, account: "B" }), "claimed");
      assert.deepEqual([await claim(1), await claim(2)], ["claimed", "claimed"]);
      assert.ok(Number(await board(0, "a2", "A", ["a"])) > 0);
      assert.equal(await claim(3, { ...limits, concurrency: 1, account: "B" }), "claimed");
      await other.move([{ row: rows[1] ?? "", from: "sending", claim: "b", to: "failed" }], Date.now());
      assert.equal(await board(0, "a2", "A"), 0);
      assert.ok(Number(await board(3, "d2", "A", ["d"])) > 0);
    });

    it("not a request that has ended, while the next of its claim waits here for an account that another process has", async () => {
      const narrow = { concurrency: 1, ratePerSecond: 0 };
      const given = new AbortController();
      const turnsOf = (store: PostgresStore, row: number) => {
        const claiming = new Claiming(store, () => ({ rows: [rows[row] ?? ""], at: Date.now() }));
        return new Turns(store, claiming, given.signal);
      };
      const [here, there] = [turnsOf(one, 0), turnsOf(other, 1)];
      const ends = [await here.take({ id: "A", limits: narrow }), await there.take({ id: "B", limits: narrow })];
      for (const end of ends) end();
      const late = setTimeout(() => given.abort(), 10_000);
      // What goes on from A to B never comes to board: its slot here is taken. What goes on from B to A must not wait for that.
      const end = await there.take({ id: "A", limits: narrow });
      clearTimeout(late);
      end();
    });

    it("each request of a claim, in its rate too", async () => {
      const slow = { account: "A", concurrency: 10, ratePerSecond: 1 / 60 };
      assert.equal(await claim(0, slow), "claimed");
      assert.ok(Number(await one.board({ id: "a2", claim: "a", account: "A", over: ["a"] }, slow)) > 1000);
    });

    it("not what a process had that is gone, nor lets that one begin any more", async () => {
      const third = await open();
      await third.claim({ rows: [rows[0] ?? ""], claim: "a", at: Date.now() }, limits);
      await third.board({ id: "a2", claim: "a", account: "A", over: [] }, limits);
      assert.equal(typeof (await claim(1)), "object");
      await third.close();
      assert.deepEqual([await claim(1), await claim(2)], ["claimed", "claimed"]);
      assert.equal(await board(0, "a3", "B"), "lost");
    });
  });

  it("let no more than that begin when many try at the same time", async () => {
    const limited = async (target: string, limits: { concurrency: number; ratePerSecond: number }) => {
      await one.put(
        newJob({ target, total: 12 }),
        Array.from({ length: 12 }, () => newRow()),
      );
      const rows = await ready(one, target);
      const claims = rows.map(({ id }, index) =>
        (index % 2 ? one : other).claim({ rows: [id], claim: `${target} ${index}`, at: Date.now() }, limits),
      );
      return (await Promise.all(claims)).filter((answer) => answer === "claimed").length;
    };
    assert.equal(await limited("few", { concurrency: 3, ratePerSecond: 0 }), 3);
    // However busy this machine is, the minute is not over by then.
    assert.equal(await limited("slow", { concurrency: 100, ratePerSecond: 1 / 60 }), 1);
  });

  it("let no more than 100 recipients of one message be on their way together, and other messages beside them", async () => {
    const bulk = Array.from({ length: 250 }, () => newRow());
    const { job } = await one.put(newJob({ total: 250 }), bulk);
    await one.put(newJob(), ROWS);
    const claims = [one, other].map(async (store, index) => {
      const rows = (await store.rows(job, index * 60, 60)).map(({ id }) => id);
      return store.claim({ rows, claim: `c${index}`, at: Date.now() }, FREE);
    });
    const answers = await Promise.all(claims);
    assert.deepEqual(answers.map((answer) => typeof answer).sort(), ["object", "string"]);
    const left = [await ready(one), await ready(other)];
    assert.deepEqual(
      left.map((rows) => rows.length),
      [41, 41],
    );
    const rest = (await ready(other)).slice(0, 40).map(({ id }) => id);
    assert.equal(await other.claim({ rows: rest, claim: "rest", at: Date.now() }, FREE), "claimed");
    assert.equal((await ready(one)).length, 1);
    assert.equal(await claimOne(one, "single"), "claimed");
  });

  it("count a rate together, to the millisecond when the next may begin", async () => {
    for (let index = 0; index < 4; index++) await one.put(newJob(), ROWS);
    const limits = { concurrency: 100, ratePerSecond: 2 };
    assert.equal(await claimOne(one, "a", limits), "claimed");
    assert.equal(await claimOne(other, "b", limits), "claimed");
    const third = await claimOne(one, "c", limits);
    assert.ok(typeof third === "object" && third.waitMs > 0 && third.waitMs <= 1000, JSON.stringify(third));
    await sleep(third.waitMs);
    assert.equal(await claimOne(other, "d", limits), "claimed");
  });

  it("settle a job once when its rows end in both at the same time", async () => {
    for (let round = 0; round < 20; round++) {
      const { job } = await one.put(newJob({ node: `n${round}`, total: 2 }), [...ROWS, ...ROWS]);
      const rows = await one.rows(job, 0, 10);
      const ends = rows.map(async ({ id }, index) => {
        const store = index ? other : one;
        await store.claim({ rows: [id], claim: `${job}-${index}`, at: Date.now() }, FREE);
        await store.move([{ row: id, from: "sending", to: "accepted" }], Date.now());
      });
      await Promise.all(ends);
      assert.deepEqual(
        (await one.due([`n${round}`], 10)).map((due) => due.job),
        [job],
      );
    }
  });

  it("give a report to one at a time, and to the other when the first closes", async () => {
    const { job } = await one.put(newJob(), [{ to: "x", outcome: { status: "rejected" } }]);
    const [due] = await one.due(["node"], 10);
    assert.equal(due?.job, job);
    assert.deepEqual(await other.due(["node"], 10), []);
    assert.deepEqual((await one.due(["node"], 10)).length, 1, "the same process may ask again");
    await one.close();
    const [again] = await other.due(["node"], 10);
    assert.equal(again?.job, job);
    await other.reported(again, Date.now());
    assert.deepEqual(await other.due(["node"], 10), []);
  });

  it("give a result to the one that took the message, and to another when that one is not there for the node any more", async () => {
    const [home, elsewhere] = await Promise.all([open({ home: randomUUID() }), open({ home: randomUUID() })]);
    const isThere = async (store: PostgresStore) => (await store.due(["node"], 10)).map(({ job }) => job);
    await isThere(home);
    const put = () => home.put(newJob(), [{ to: "x", outcome: { status: "rejected" } }]);
    const { job } = await put();
    assert.deepEqual(await isThere(elsewhere), []);
    assert.deepEqual(await isThere(home), [job]);
    await home.reported({ job, version: 1 }, Date.now());
    const { job: left } = await put();
    await passTime(connectionString);
    assert.deepEqual(await isThere(elsewhere), [left]);
  });

  it("know whether the other sends through an account", async () => {
    const [home, elsewhere] = await Promise.all([open({ home: randomUUID() }), open({ home: randomUUID() })]);
    await ready(home, "ours");
    assert.deepEqual([await home.isServed("ours"), await elsewhere.isServed("ours")], [false, true]);
    assert.equal(await elsewhere.isServed("others"), false);
    await passTime(connectionString);
    assert.equal(await elsewhere.isServed("ours"), false);
  });

  it("hold one maximum together, also when both fill it at the same time", async () => {
    const [small, too] = await Promise.all([open({ maxMessages: 10 }), open({ maxMessages: 10 })]);
    const puts = Array.from({ length: 30 }, (_, index) => (index % 2 ? small : too).put(newJob(), ROWS));
    const answers = await Promise.allSettled(puts);
    assert.equal(answers.filter(({ status }) => status === "fulfilled").length, 10);
    assert.equal((await one.counts()).queued, 10);
  });

  it("leave a job alone that the other is still putting, and send nothing of it", async () => {
    const { job } = await one.put(newJob({ total: 2 }), ROWS, true);
    const third = await open();
    assert.deepEqual(await third.targets(), []);
    assert.deepEqual(await ready(third), []);
    await one.append(job, 1, ROWS, false);
    assert.equal((await ready(third)).length, 2);
  });

  it("take over at once what one had in hand when it closes: requests are orphans, what it was putting is gone", async () => {
    await one.put(newJob(), ROWS);
    assert.equal(await claimOne(one, "a"), "claimed");
    const { job } = await one.put(newJob({ total: 2 }), ROWS, true);
    assert.deepEqual(await other.orphans(10), []);
    await one.close();
    assert.deepEqual(
      (await other.orphans(10)).map(({ claim }) => claim),
      ["a"],
    );
    assert.equal(await other.job(job), undefined);
  });

  it("hear of each other's messages at once", async () => {
    let heard = 0;
    await open({}, { onWork: () => (heard += 1) });
    await sleep(300);
    const before = heard;
    await one.put(newJob(), ROWS);
    await sleep(1000);
    assert.ok(heard > before);
  });

  it("are two outboxes with two schemas", async () => {
    const apart = await open({ schema: "alarms" });
    await one.put(newJob({ dedupeKey: "k" }), ROWS);
    assert.equal((await apart.put(newJob({ dedupeKey: "k" }), ROWS)).duplicateOf, undefined);
    assert.equal((await apart.counts()).queued, 1);
  });
});
