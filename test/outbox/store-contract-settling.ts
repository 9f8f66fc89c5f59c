import { strict as assert } from "node:assert";
import type { Move } from "../../src/outbox/store.ts";
import { ACCEPTED, DOUBT, FREE, LATER, newJob, NOW, type Desk } from "./store-desk.ts";

/** The part of the contract that is about what became of messages. */
export function describeSettling(desk: Desk): void {
  describe("doubt", () => {
    it("calls orphans what a dead process was sending, and nothing else", async () => {
      await desk.put();
      await desk.put();
      await desk.put();
      await desk.send("accepted");
      const [chunk] = await desk.ready({ limit: 1 });
      const claim = desk.claimOf(chunk);
      await desk.store.claim(claim, FREE);
      assert.deepEqual(await desk.store.orphans(10), []);
      await desk.crash();
      const orphans = await desk.store.orphans(10);
      assert.deepEqual(
        orphans.map(({ id, state, claim: held }) => ({ id, state, held })),
        [{ id: claim.rows[0], state: "sending", held: claim.claim }],
      );
      const { queued, accepted } = await desk.store.counts();
      assert.deepEqual({ queued, accepted }, { queued: 1, accepted: 1 });
    });

    it("finds what the provider is to be asked about when its time has come", async () => {
      await desk.put();
      await desk.put();
      await desk.send("uncertain", { nextAt: LATER + 10, set: { doubts: 1, outcome: DOUBT } });
      await desk.send("uncertain");
      assert.deepEqual(await desk.store.doubtful(LATER + 9, 10), []);
      const [found, another] = await desk.store.doubtful(LATER + 10, 10);
      assert.equal(found?.row.doubts, 1);
      assert.deepEqual(found.row.outcome, DOUBT);
      assert.equal(found.job.target, "account");
      assert.equal(another, undefined);
    });
  });

  describe("reports", () => {
    it("makes a job due when its last row is settled, to its own node, until it was reported", async () => {
      const { job } = await desk.put({ total: 2 });
      const [chunk] = await desk.ready();
      const claim = desk.claimOf(chunk);
      await desk.store.claim(claim, FREE);
      const [one = "", other = ""] = claim.rows;
      const accept = (row: string): Move => ({ row, from: "sending", to: "accepted", set: { outcome: ACCEPTED } });
      const reply = { provider: "p", channel: "sms", account: "a", id: "1", raw: { ok: 1 } } as const;
      await desk.store.move([accept(one)], LATER, { job, reply });
      assert.deepEqual(await desk.due(), []);
      await desk.store.move([accept(other)], LATER, { job, reply: { ...reply, id: "2" } });
      assert.deepEqual(await desk.due(["another"]), []);
      assert.deepEqual(
        (await desk.due()).map(({ job: id, revised }) => ({ id, revised })),
        [{ id: job, revised: false }],
      );
      assert.deepEqual(
        (await desk.store.job(job))?.replies.map(({ id }) => id),
        ["1", "2"],
      );
      assert.deepEqual(await desk.store.due(["node"], 10, new Set([job])), [], "left out");
      assert.equal((await desk.store.due(["node"], 10, new Set(["0"]))).length, 1);
      await desk.crash();
      await desk.report();
      assert.deepEqual(await desk.due(), []);
    });

    it("reports a job at once whose recipients are all no good", async () => {
      const outcome = { status: "rejected", error: { code: "INVALID_NUMBER", message: "no number" } } as const;
      await desk.store.put(newJob({ total: 2 }), [
        { to: "x", outcome },
        { to: "y", outcome },
      ]);
      assert.equal((await desk.due()).length, 1);
      assert.equal((await desk.store.counts()).failed, 2);
    });

    it("reports doubt once, and the decision on the last doubt once more", async () => {
      const { job } = await desk.put({ total: 2 });
      await desk.send("uncertain", { set: { doubts: 1, outcome: DOUBT } });
      assert.equal((await desk.report()).revised, false);
      const [one, other] = await desk.store.rows(job, 0, 2);
      await desk.store.move([{ row: one?.id ?? "", from: "uncertain", to: "cancelled" }], LATER);
      assert.deepEqual(await desk.due(), []);
      await desk.store.move([{ row: other?.id ?? "", from: "uncertain", to: "accepted" }], LATER);
      assert.equal((await desk.report()).revised, true);
      assert.deepEqual(await desk.due(), []);
    });

    it("waits for the provider's answer before it reports doubt", async () => {
      await desk.put();
      await desk.send("uncertain", { nextAt: LATER + 1 });
      assert.deepEqual(await desk.due(), []);
      const [doubtful] = await desk.store.doubtful(LATER + 1, 1);
      await desk.store.move([{ row: doubtful?.row.id ?? "", from: "uncertain", to: "uncertain" }], LATER);
      assert.equal((await desk.due()).length, 1);
    });

    it("does not take a report for the latest that was made before a decision", async () => {
      const { job } = await desk.put();
      await desk.send("uncertain");
      const [stale] = await desk.due();
      assert.ok(stale);
      const [row] = await desk.store.rows(job, 0, 1);
      await desk.store.move([{ row: row?.id ?? "", from: "uncertain", to: "queued" }], LATER);
      assert.deepEqual(await desk.due(), []);
      await desk.store.reported(stale, LATER);
      await desk.send("accepted");
      assert.equal((await desk.report()).revised, true);
      assert.deepEqual(await desk.due(), []);
    });
  });

  describe("dedupe keys", () => {
    it("gives the first one's result to all with the same key, before and after it came", async () => {
      const first = await desk.put({ dedupeKey: "k", properties: '"first"' });
      const second = await desk.put({ dedupeKey: "k", properties: '"second"', node: "other" });
      assert.equal(second.duplicateOf, first.job);
      assert.equal((await desk.store.counts()).queued, 1);
      assert.deepEqual(await desk.due(["node", "other"]), []);
      await desk.send("accepted");
      const reports = await desk.due(["node", "other"]);
      assert.deepEqual(reports.map(({ job }) => job).sort(), [first.job, second.job].sort());
      assert.equal((await desk.store.job(second.job))?.job.duplicateOf, first.job);
      for (const one of reports) await desk.store.reported(one, LATER);
      const third = await desk.put({ dedupeKey: "k" });
      assert.equal(third.duplicateOf, first.job);
      assert.deepEqual(
        (await desk.due()).map(({ job }) => job),
        [third.job],
      );
      assert.equal((await desk.put({ dedupeKey: "another" })).duplicateOf, undefined);
    });

    it("gives one of many with the same key at once the right to be sent", async () => {
      const all = await Promise.all(Array.from({ length: 20 }, () => desk.put({ dedupeKey: "k" })));
      assert.equal(all.filter(({ duplicateOf }) => duplicateOf === undefined).length, 1);
      assert.equal((await desk.store.counts()).queued, 1);
    });

    it("keeps a key for its window, and as long as its job is unsettled", async () => {
      await desk.renew({ dedupeWindowMs: 1000 });
      await desk.put({ dedupeKey: "k" });
      assert.ok((await desk.put({ dedupeKey: "k", createdAt: NOW + 5000 })).duplicateOf);
      await desk.send("accepted");
      assert.ok((await desk.put({ dedupeKey: "k", createdAt: NOW + 999 })).duplicateOf);
      assert.equal((await desk.put({ dedupeKey: "k", createdAt: NOW + 1000 })).duplicateOf, undefined);
    });

    it("lets go of a key when certainly nothing was sent, and not in doubt", async () => {
      await desk.put({ dedupeKey: "k" });
      await desk.send("failed");
      assert.equal((await desk.put({ dedupeKey: "k" })).duplicateOf, undefined);
      await desk.send("uncertain", { set: { doubts: 1 } });
      assert.ok((await desk.put({ dedupeKey: "k" })).duplicateOf);
      const [doubtful] = await desk.store.list({ state: "uncertain", limit: 1, offset: 0 });
      await desk.store.move([{ row: doubtful?.row.id ?? "", from: "uncertain", to: "cancelled" }], LATER);
      assert.ok((await desk.put({ dedupeKey: "k" })).duplicateOf);
    });
  });

  describe("looking in", () => {
    it("counts and lists by state, newest first, a page at a time", async () => {
      await desk.put({ properties: "1" }, 3);
      await desk.put({ channel: "email", node: "mail", target: "a mailbox" });
      await desk.send("accepted");
      const { queued, accepted } = await desk.store.counts();
      assert.deepEqual({ queued, accepted }, { queued: 1, accepted: 3 });
      const all = await desk.store.list({ limit: 10, offset: 0 });
      assert.deepEqual(
        all.map(({ row }) => row.state),
        ["queued", "accepted", "accepted", "accepted"],
      );
      assert.deepEqual([all[0]?.job.node, all[0]?.job.target, all[0]?.job.channel], ["mail", "a mailbox", "email"]);
      const page = await desk.store.list({ state: "accepted", limit: 2, offset: 1 });
      assert.deepEqual(
        page.map(({ row }) => row.place),
        [1, 0],
      );
      assert.deepEqual((await desk.store.row(all[0]?.row.id ?? ""))?.row, all[0]?.row);
      for (const nonsense of ["", "0", "x", "1 OR 1", "99999999999999999999"]) {
        assert.equal(await desk.store.row(nonsense), undefined);
      }
    });

    it("forgets what is settled and reported, never what is in doubt or awaited", async () => {
      await desk.put({ properties: "gone", dedupeKey: "k" });
      await desk.send("accepted");
      await desk.report();
      await desk.put({ properties: "unreported" });
      await desk.send("accepted");
      await desk.put({ properties: "doubt" });
      await desk.send("uncertain");
      await desk.store.reported((await desk.due())[1] ?? assert.fail(), LATER);
      await desk.put({ properties: "waiting" });
      while (await desk.store.prune(LATER + 1, LATER));
      const left = await desk.store.list({ limit: 10, offset: 0 });
      assert.deepEqual(
        left.map(({ row }) => row.state),
        ["queued", "uncertain", "accepted"],
      );
      assert.equal((await desk.put({ dedupeKey: "k" })).duplicateOf, undefined);
      while (await desk.store.prune(LATER + 1, LATER + 1));
      assert.equal((await desk.store.counts()).accepted, 0);
      assert.equal((await desk.store.counts()).uncertain, 1);
    });

    it("keeps a result that a duplicate still waits for", async () => {
      await desk.put({ dedupeKey: "k" });
      await desk.send("accepted");
      await desk.report();
      await desk.put({ dedupeKey: "k", node: "away" });
      while (await desk.store.prune(LATER + 1, NOW));
      assert.equal((await desk.store.counts()).accepted, 1);
      const [waiting] = await desk.due(["away"]);
      await desk.store.reported(waiting ?? assert.fail(), LATER);
      while (await desk.store.prune(LATER + 1, NOW));
      assert.equal((await desk.store.counts()).accepted, 0);
    });
  });
}
