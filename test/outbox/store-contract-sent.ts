import { strict as assert } from "node:assert";
import type { SentMessage } from "../../src/outbox/sent.ts";
import { ACCEPTED, DOUBT, FREE, LATER, type Desk } from "./store-desk.ts";

/** The part of the contract that is about what reports are asked for. */
export function describeSent(desk: Desk): void {
  const named = (found: readonly SentMessage[]) => found.map(({ id, to }) => [id, to]);

  describe("what was sent", () => {
    it("is found by the provider's id, with what it was put with, over a crash and after its job was removed", async () => {
      const { job } = await desk.put({ about: { topic: "ä", context: { order: 7 } } });
      await desk.send("accepted", { set: { outcome: { ...ACCEPTED, id: "p-1" } } });
      await desk.crash();
      for (const report of await desk.due()) await desk.store.reported(report, LATER);
      while (await desk.store.prune(LATER + 1, LATER + 1));
      assert.equal(await desk.store.job(job), undefined);
      const [found, another] = await desk.store.sent({ id: "p-1" });
      const { reference: _, provider: __, account: ___, ...rest } = found ?? ({} as SentMessage);
      const about = { topic: "ä", context: { order: 7 } };
      assert.deepEqual(rest, { job, channel: "sms", id: "p-1", to: "+56990000000", about });
      assert.equal(another, undefined);
      assert.deepEqual(await desk.store.sent({ id: "p-2" }), []);
    });

    it("has the provider and account of its outcome, where that names them", async () => {
      await desk.put({ provider: "route", account: "Both" }, 2);
      const own = { ...ACCEPTED, id: "p-1", provider: "p", account: "Second" };
      await desk.send("accepted", { set: { outcome: own } });
      const [found] = await desk.store.sent({ id: "p-1" });
      assert.deepEqual([found?.provider, found?.account], ["p", "Second"]);
    });

    it("is found by its reference as long as it is in doubt, those to the number first", async () => {
      await desk.put({}, 3);
      const [chunk] = await desk.ready();
      const claim = { ...desk.claimOf(chunk), reference: "r-1" };
      await desk.store.claim(claim, FREE);
      const doubt = claim.rows.map(
        (row) => ({ row, from: "sending", to: "uncertain", set: { outcome: DOUBT } }) as const,
      );
      await desk.store.move(doubt, LATER);
      const [first, second, third] = (chunk?.rows ?? []).map(({ to }) => [undefined, to]);
      assert.deepEqual(named(await desk.store.sent({ reference: "r-1" })), [third, second, first]);
      const toFirst = { reference: "r-1", to: chunk?.rows[0]?.to };
      assert.deepEqual(named(await desk.store.sent(toFirst)), [first, third, second]);
      const known = { row: claim.rows[1] ?? "", from: "uncertain", to: "accepted" } as const;
      await desk.store.move([{ ...known, set: { outcome: { ...ACCEPTED, id: "p-2" } } }], LATER + 1);
      assert.deepEqual(named(await desk.store.sent({ id: "p-2" })), [["p-2", second?.[1]]]);
      assert.equal((await desk.store.sent({ reference: "r-1" })).length, 3);
    });

    it("is known with all that share its reference and recipient, on their way, in doubt or taken, and with their ids", async () => {
      const reference = "r-1";
      const begin = async () => {
        const [chunk] = await desk.ready({ limit: 1 });
        const claim = { ...desk.claimOf(chunk), reference };
        assert.equal(await desk.store.claim(claim, FREE), "claimed");
        return claim.rows.map((row) => ({ row, from: "sending" }) as const);
      };
      const ids: string[] = [];
      for (const id of ["p-1", undefined]) {
        await desk.put();
        const [taken] = await begin();
        const set = id === undefined ? { outcome: DOUBT } : { outcome: { ...ACCEPTED, id } };
        const to = id === undefined ? "uncertain" : "accepted";
        if (taken) await desk.store.move([{ ...taken, to, set }], LATER);
        ids.push(taken?.row ?? "");
      }
      await desk.put();
      ids.push(...(await begin()).map(({ row }) => row));
      await desk.put();
      const to = "+56990000000";
      const text = { to, text: "text 0" };
      const sharers = await desk.store.sharers(reference, [to, "+56990000001"]);
      assert.deepEqual(
        sharers.sort((one, other) => ids.indexOf(one.row) - ids.indexOf(other.row)),
        [
          { row: ids[0], to, id: "p-1", message: text },
          { row: ids[1], to, message: text },
          { row: ids[2], to, message: text },
        ],
      );
      assert.deepEqual(await desk.store.sharers(reference, ["+56990000001"]), []);
      assert.deepEqual(await desk.store.sharers("r-2", [to]), []);
      for (const report of await desk.due()) await desk.store.reported(report, LATER);
      while (await desk.store.prune(LATER + 1, LATER + 1));
      const [pruned] = (await desk.store.sharers(reference, [to])).filter(({ row }) => row === ids[0]);
      assert.deepEqual(pruned, { row: ids[0], to, id: "p-1" });
    });

    it("is nothing that waits, or failed without an id", async () => {
      await desk.put({}, 2);
      await desk.put();
      const reference = "r-1";
      const [chunk] = await desk.ready({ limit: 1 });
      const claim = { ...desk.claimOf(chunk), reference };
      assert.equal(await desk.store.claim(claim, FREE), "claimed");
      const [one = "", other = ""] = claim.rows;
      const failed = { from: "sending", to: "failed" } as const;
      const known = { outcome: { status: "rejected", id: "p-1" } } as const;
      await desk.store.move(
        [
          { row: one, ...failed, set: { outcome: { status: "rejected" } } },
          { row: other, ...failed, set: known },
        ],
        LATER,
      );
      assert.deepEqual(named(await desk.store.sent({ reference })), [["p-1", "+56990000001"]]);
    });

    it("has the id of what was in doubt and then found refused, so that it is no proof for the next like it", async () => {
      await desk.put();
      const reference = "r-1";
      const [chunk] = await desk.ready({ limit: 1 });
      const claim = { ...desk.claimOf(chunk), reference };
      assert.equal(await desk.store.claim(claim, FREE), "claimed");
      const [row = ""] = claim.rows;
      await desk.store.move([{ row, from: "sending", to: "uncertain", set: { outcome: DOUBT } }], LATER);
      const refused = { status: "rejected", id: "p-1" } as const;
      await desk.store.move([{ row, from: "uncertain", to: "failed", set: { outcome: refused } }], LATER);
      const [sharer] = await desk.store.sharers(reference, ["+56990000000"]);
      assert.deepEqual([sharer?.row, sharer?.id], [row, "p-1"]);
    });

    it("is forgotten when it is old, and the oldest when there is too much of it", async () => {
      for (const id of ["1", "2", "3"]) {
        await desk.put();
        await desk.send("accepted", { set: { outcome: { ...ACCEPTED, id } } });
      }
      while (await desk.store.forgetSent(0, 2));
      const known = async () => {
        const found = await Promise.all(["1", "2", "3"].map((id) => desk.store.sent({ id })));
        return found.flat().length;
      };
      assert.equal(await known(), 2);
      while (await desk.store.forgetSent(LATER * 2, 100));
      assert.equal(await known(), 0);
    });
  });
}
