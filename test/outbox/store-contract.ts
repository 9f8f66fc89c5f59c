import { strict as assert } from "node:assert";
import fc from "fast-check";
import { MessagingError } from "../../src/error.ts";
import { isLegal, STATES, type State } from "../../src/outbox/states.ts";
import { describeSent } from "./store-contract-sent.ts";
import { describeSettling } from "./store-contract-settling.ts";
import type { Chunk } from "../../src/outbox/job.ts";
import { ACCEPTED, Desk, DOUBT, FREE, LATER, newJob, newRows, NOW, type MakeStore } from "./store-desk.ts";

export { newJob, newRows } from "./store-desk.ts";
export type { MakeStore, StoreUnderTest } from "./store-desk.ts";

/** What each store must do, tried on a real one. */
export function storeContract(name: string, make: MakeStore): void {
  describe(`the store contract, ${name}`, () => {
    const desk = new Desk(make);
    beforeEach(() => desk.begin());
    afterEach(() => desk.end());
    describeWaiting(desk);
    describeCompareAndSwap(desk);
    describeSettling(desk);
    describeSent(desk);

    it("refuses to work once it is closed", async () => {
      await desk.store.close();
      await assert.rejects(desk.put(), MessagingError);
      await assert.rejects(desk.store.counts(), MessagingError);
    });
  });
}

function describeWaiting(desk: Desk): void {
  describe("what waits", () => {
    it("keeps a job as it was put, also over a crash", async () => {
      const job = newJob({
        options: { reference: "r", at: "2030-01-01T00:00:00.000Z" },
        properties: '{"topic":"ä"}',
        about: { topic: "t" },
        priority: "high",
        dedupeKey: "k",
      });
      const { job: id } = await desk.store.put(job, newRows());
      await desk.crash();
      const kept = await desk.store.job(id);
      assert.deepEqual(kept, { job: { ...job, id }, replies: [] });
      const [row] = await desk.store.rows(id, 0, 10);
      assert.equal(row?.state, "queued");
      assert.deepEqual(row.message, { to: "+56990000000", text: "text 0" });
      assert.equal(row.nextAt, undefined);
      assert.equal(row.expiresAt, job.expiresAt);
    });

    it("gives high priority first, then in the order of putting, one job to a chunk", async () => {
      await desk.put({ properties: "1" }, 3);
      await desk.put({ properties: "2" });
      await desk.put({ properties: "3", priority: "high" });
      await desk.put({ target: "another" });
      const chunks = await desk.ready({ chunkSize: 2 });
      const ids = await Promise.all(chunks.map(async ({ job }) => (await desk.store.job(job.id))?.job.properties));
      assert.deepEqual(ids, ["3", "1", "1", "2"]);
      assert.deepEqual(
        chunks.map(({ rows }) => rows.map(({ place }) => place)),
        [[0], [0, 1], [2], [0]],
      );
      assert.equal((await desk.ready({ limit: 2 })).length, 2);
      assert.equal((await desk.ready({ highOnly: true })).length, 1);
      assert.equal((await desk.ready({}, "another")).length, 1);
      const inHand = new Map(chunks.slice(0, 2).flatMap(({ rows }) => rows.map(({ id, job }) => [id, job])));
      assert.deepEqual(
        (await desk.ready({ inHand })).map(({ rows }) => rows.length),
        [1, 1],
      );
    });

    it("gives out at most 100 of one job, in hand or not, and what waits behind them", async () => {
      const bulk = await desk.put({}, 250);
      await desk.put({}, 30);
      await desk.put();
      const shape = (chunks: Chunk[]) => chunks.map(({ rows }) => rows.length);
      const inHand = (chunks: Chunk[]) =>
        new Map(chunks.flatMap(({ rows }) => rows.map(({ id, job }): [string, string] => [id, job])));
      assert.deepEqual(shape(await desk.ready()), [100, 30, 1]);
      assert.deepEqual(shape(await desk.ready({ limit: 2 })), [100, 30]);
      const small = await desk.ready({ chunkSize: 60, limit: 3 });
      assert.deepEqual(shape(small), [60, 40, 30]);
      assert.deepEqual(
        small.map(({ rows }) => rows[0]?.place),
        [0, 60, 0],
      );
      assert.deepEqual(shape(await desk.ready({ inHand: inHand(small.slice(0, 1)) })), [40, 30, 1]);
      assert.deepEqual(shape(await desk.ready({ inHand: inHand(small) })), [1]);
      await desk.send("accepted");
      const [next] = await desk.ready({ chunkSize: 60 });
      assert.deepEqual([next?.job.id, next?.rows[0]?.place, next?.rows.length], [bulk.job, 100, 60]);
    });

    it("gives out nothing before its time nor after its expiry", async () => {
      await desk.put({ expiresAt: NOW + 1000 });
      assert.equal((await desk.ready({ now: NOW })).length, 1);
      assert.equal((await desk.ready({ now: NOW + 1000 })).length, 0);
      assert.equal((await desk.store.overdue(NOW + 999, 10)).length, 0);
      assert.equal((await desk.store.overdue(NOW + 1000, 10)).length, 1);
      await desk.put({ expiresAt: LATER * 2 });
      await desk.send("queued", { nextAt: LATER + 5000 });
      assert.equal((await desk.ready({ now: LATER + 4999 })).length, 0);
      assert.deepEqual(
        (await desk.store.targets()).map(({ target }) => target),
        ["account"],
      );
      assert.equal((await desk.ready({ now: LATER + 5000 })).length, 1);
    });

    it("ends what waits too long, and nothing that is in doubt or on its way: of that a lookup or a person decides", async () => {
      const set = { outcome: DOUBT };
      for (const [state, nextAt] of [["uncertain", LATER + 5000], ["uncertain"], ["failed"]] as const) {
        await desk.put({ expiresAt: LATER + 1 });
        await desk.send(state, { ...(nextAt !== undefined && { nextAt }), set });
      }
      await desk.put({ expiresAt: LATER + 1 });
      const [chunk] = await desk.ready({ limit: 1 });
      assert.equal(await desk.store.claim(desk.claimOf(chunk), FREE), "claimed");
      await desk.put({ expiresAt: LATER + 1 });
      const overdue = await desk.store.overdue(LATER + 10_000, 10);
      assert.deepEqual(
        overdue.map(({ state }) => state),
        ["queued"],
      );
      assert.equal((await desk.store.doubtful(LATER + 10_000, 10)).length, 1);
    });

    it("tells which targets have something, and from when on", async () => {
      assert.deepEqual(await desk.store.targets(), []);
      await desk.put({ target: "b" });
      await desk.put({ target: "a" });
      await desk.send("accepted").catch(() => undefined);
      await desk.put();
      await desk.send("queued", { nextAt: LATER + 1 });
      const targets = new Map((await desk.store.targets()).map(({ target, nextAt }) => [target, nextAt]));
      assert.deepEqual([...targets.keys()].sort(), ["a", "account", "b"]);
      assert.equal(targets.get("account"), LATER + 1);
      assert.ok((targets.get("a") ?? Infinity) <= LATER);
    });

    it("refuses what is too much, and then keeps nothing of it", async () => {
      await desk.renew({ maxMessages: 3 });
      await desk.put({}, 2);
      const refused = await desk.put({ dedupeKey: "k" }, 2).catch((error: unknown) => error);
      assert.ok(refused instanceof MessagingError);
      assert.equal(refused.code, "QUEUE_FULL");
      assert.equal(refused.cause.outcome, "not-sent");
      assert.equal((await desk.store.counts()).queued, 2);
      assert.equal((await desk.put({ dedupeKey: "k" })).duplicateOf, undefined);
      await desk.send("accepted");
      await desk.put({}, 2);
    });

    it("sends nothing of a job before all of its rows are there, and forgets one that never was complete", async () => {
      const { job } = await desk.store.put(newJob({ total: 3 }), newRows(2), true);
      assert.deepEqual(await desk.ready(), []);
      await desk.store.append(job, 2, newRows(1), false);
      assert.deepEqual(
        (await desk.ready()).map(({ rows }) => rows.map(({ place }) => place)),
        [[0, 1, 2]],
      );
      const half = await desk.store.put(newJob({ total: 3, dedupeKey: "k" }), newRows(2), true);
      await desk.crash();
      assert.equal(await desk.store.job(half.job), undefined);
      assert.equal((await desk.store.counts()).queued, 3);
      const another = await desk.store.put(newJob({ total: 3, dedupeKey: "k" }), newRows(2), true);
      assert.equal(another.duplicateOf, undefined);
      await desk.store.abandon(another.job);
      assert.equal((await desk.store.counts()).queued, 3);
      await desk.store.abandon(job);
      assert.equal((await desk.store.counts()).queued, 3);
    });
  });
}

function describeCompareAndSwap(desk: Desk): void {
  describe("compare and swap", () => {
    it("gives a claim to one of many who want it at once", async () => {
      await desk.put({}, 5);
      const chunks = await Promise.all([desk.ready(), desk.ready(), desk.ready()]);
      const claimed = await Promise.all(chunks.map(([chunk]) => desk.store.claim(desk.claimOf(chunk), FREE)));
      assert.deepEqual(claimed.filter((outcome) => outcome === "claimed").length, 1);
      assert.deepEqual(claimed.filter((outcome) => outcome === "lost").length, 2);
      assert.equal((await desk.store.counts()).sending, 5);
      assert.ok(
        (await desk.store.rows((await desk.store.list({ limit: 1, offset: 0 }))[0]?.row.job ?? "", 0, 9)).every(
          ({ attempts }) => attempts === 1,
        ),
      );
    });

    it("claims all of the rows or none", async () => {
      await desk.put({}, 3);
      const [chunk] = await desk.ready();
      const middle = chunk?.rows[1]?.id ?? "";
      assert.deepEqual(await desk.store.move([{ row: middle, from: "queued", to: "cancelled" }], LATER), [true]);
      assert.equal(await desk.store.claim(desk.claimOf(chunk), FREE), "lost");
      const { queued, sending, cancelled } = await desk.store.counts();
      assert.deepEqual({ queued, sending, cancelled }, { queued: 2, sending: 0, cancelled: 1 });
    });

    it("does not claim what has expired", async () => {
      await desk.put({ expiresAt: LATER + 1 });
      const [chunk] = await desk.ready();
      assert.equal(await desk.store.claim({ ...desk.claimOf(chunk), at: LATER + 1 }, FREE), "lost");
      assert.equal(await desk.store.claim(desk.claimOf(chunk), FREE), "claimed");
    });

    it("does not claim what was tried since it was read, as all that was known of it may be old", async () => {
      await desk.put();
      const [stale] = await desk.ready();
      await desk.send("queued", { set: { doubts: 1 } });
      const attempts = stale?.rows.map((row) => row.attempts) ?? [];
      assert.equal(await desk.store.claim({ ...desk.claimOf(stale), attempts }, FREE), "lost");
      const [again] = await desk.ready();
      assert.equal(again?.rows[0]?.doubts, 1);
      assert.equal(await desk.store.claim({ ...desk.claimOf(again), attempts: [1] }, FREE), "claimed");
    });

    it("moves a row only out of the state and claim that it is believed to have", async () => {
      await desk.put();
      const [chunk] = await desk.ready();
      const row = chunk?.rows[0]?.id ?? "";
      const claim = desk.claimOf(chunk);
      const to = "accepted";
      assert.deepEqual(await desk.store.move([{ row, from: "sending", to }], LATER), [false]);
      await desk.store.claim({ ...claim, reference: "r" }, FREE);
      assert.deepEqual(await desk.store.move([{ row, from: "queued", to: "cancelled" }], LATER), [false]);
      assert.deepEqual(await desk.store.move([{ row, from: "sending", claim: "another", to }], LATER), [false]);
      const before = (await desk.store.row(row))?.row;
      assert.deepEqual([before?.claim, before?.reference, before?.claimedAt], [claim.claim, "r", LATER]);
      const move = { row, from: "sending", claim: claim.claim, to, set: { outcome: ACCEPTED } } as const;
      assert.deepEqual(await desk.store.move([move, move], LATER), [true, false]);
      assert.deepEqual((await desk.store.row(row))?.row.outcome, ACCEPTED);
      assert.deepEqual(await desk.store.move([{ row: "0", from: "queued", to }], LATER), [false]);
    });

    it("agrees with a model, whatever is tried in whatever order", async () => {
      const step = fc.record({
        row: fc.nat(3),
        from: fc.constantFrom(...STATES),
        to: fc.constantFrom(...STATES),
        nextAt: fc.option(fc.integer({ min: NOW, max: LATER }), { nil: undefined }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const { job } = await desk.put({}, 4);
          const rows = await desk.store.rows(job, 0, 4);
          const model: State[] = ["queued", "queued", "queued", "queued"];
          for (const { row, from, to, nextAt } of steps.filter((one) => isLegal(one.from, one.to))) {
            const id = rows[row]?.id ?? "";
            const [made] = await desk.store.move(
              [{ row: id, from, to, ...(nextAt !== undefined && { nextAt }) }],
              LATER,
            );
            assert.equal(made, model[row] === from);
            if (made) model[row] = to;
          }
          const states = (await desk.store.rows(job, 0, 4)).map(({ state }) => state);
          assert.deepEqual(states, model);
        }),
        { numRuns: 20 },
      );
    });
  });
}
