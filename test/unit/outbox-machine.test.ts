import { strict as assert } from "node:assert";
import type { Failure, Outcome } from "../../src/error.ts";
import type { RowOutcome } from "../../src/outbox/job.ts";
import * as moves from "../../src/outbox/moves.ts";
import type { Before } from "../../src/outbox/moves.ts";
import { before, failed, LATER, LOOK_UP, NOW, SENDING, terms, withoutAttempts } from "../support/outbox-moves.ts";

/** Each move of the state machine as a whole, so that nothing in it can change unseen. */

const WAITING = before({ state: "queued" });
const UNCERTAIN = { row: "7", from: "uncertain", claim: "mine" } as const;

/** As `failed`, of a message that an earlier request may have brought. */
const doubtful: RowOutcome = {
  status: "unknown",
  ofRequest: true,
  error: { code: "UNREACHABLE", message: "No way.", outcome: "unknown" },
  failure: { code: "UNREACHABLE", outcome: "unknown", retryable: false, attempts: 2, httpStatus: 503 },
};

function expired(message: string, isDoubtful: boolean): RowOutcome {
  const outcome = isDoubtful ? "unknown" : "not-sent";
  return {
    status: isDoubtful ? "unknown" : "failed",
    ofRequest: true,
    error: { code: "EXPIRED", message, outcome },
    failure: { ...failed.failure, code: "EXPIRED", outcome, retryable: false } as Failure,
  };
}

describe("a move of the outbox's state machine", () => {
  it("accepts, cancels and holds back what became of a message", () => {
    const outcome: RowOutcome = { status: "accepted", id: "1" };
    assert.deepEqual(moves.accept(before(), outcome), { ...SENDING, to: "accepted", set: { outcome } });
    assert.deepEqual(moves.cancel(before(), failed), { ...SENDING, to: "cancelled", set: { outcome: failed } });
    const { claim: _, ...unclaimed } = WAITING;
    for (const waiting of [WAITING, unclaimed]) {
      assert.deepEqual(moves.holdBack(waiting, LATER, failed), {
        row: "7",
        from: "queued",
        to: "queued",
        nextAt: LATER,
        set: { outcome: failed },
      });
    }
    const { claim: __, ...nobodys } = before({ state: "uncertain" });
    assert.deepEqual(moves.askAt(nobodys), { row: "7", from: "uncertain", to: "uncertain" });
    assert.deepEqual(moves.askAt(before({ state: "uncertain" }), LATER), {
      ...UNCERTAIN,
      to: "uncertain",
      nextAt: LATER,
    });
  });

  it("refuses, and after a doubt neither denies that it may have come nor takes a repeat for a refusal", () => {
    const isRepeat = (word: string) => word === "AGAIN";
    const refusal = (providerCode?: string): RowOutcome => ({
      status: "rejected",
      error: { code: "REJECTED", message: "No.", ...(providerCode !== undefined && { providerCode }) },
    });
    for (const outcome of [refusal(), refusal("AGAIN")]) {
      assert.deepEqual(moves.refuse(before(), outcome, { isRepeat }), { ...SENDING, to: "failed", set: { outcome } });
    }
    // A doubt that a lookup has cleared is no doubt, but the request that it was about was made.
    for (const doubts of [1, -1]) {
      assert.deepEqual(moves.refuse(before({ doubts }), refusal("AGAIN"), { isRepeat }), {
        ...SENDING,
        to: "accepted",
        set: { outcome: { status: "accepted" } },
      });
    }
    assert.deepEqual(moves.refuse(before({ doubts: -1 }), refusal(), { isRepeat }).set, { outcome: refusal() });
    const asked: string[] = [];
    assert.deepEqual(
      moves.refuse(before({ doubts: 1 }), { status: "rejected" }, { isRepeat: (word) => !asked.push(word) }).set,
      {
        outcome: { status: "unknown", ofRequest: true },
      },
    );
    assert.deepEqual(asked, [""]);
    assert.deepEqual(moves.refuse(before({ doubts: 1 }), failed, { isRepeat }).set, { outcome: doubtful });
  });

  it("tries again later, at its expiry at the latest, and not after it", () => {
    const again = (expiresAt: number, retryAfterMs?: number) => {
      const failure = { ...failed.failure, ...(retryAfterMs !== undefined && { retryAfterMs }) } as Failure;
      return moves.tryAgain(before({ expiresAt, attempts: 2 }), { ...failed, failure }, terms());
    };
    assert.deepEqual(again(LATER), { ...SENDING, to: "queued", nextAt: NOW + 1000, set: { outcome: failed } });
    assert.equal(again(LATER, 5000).nextAt, NOW + 5125);
    assert.equal(again(NOW + 10, 5000).nextAt, NOW + 10);
    const words = "Not sent: it expired in the outbox before it could be sent. The last try: No way.";
    assert.deepEqual(again(NOW), { ...SENDING, to: "expired", set: { outcome: expired(words, false) } });
    assert.equal(again(NOW + 1).to, "queued");
  });

  it("holds a doubt, asks about it, or sends again, as the user chose", () => {
    const set = { outcome: failed, doubts: 1 };
    assert.deepEqual(moves.doubt(before(), failed, terms({ checkAfterMs: 100 })), { ...SENDING, to: "uncertain", set });
    assert.deepEqual(moves.doubt(before(), failed, terms({ onUnknown: "check" })), {
      ...SENDING,
      to: "uncertain",
      set,
    });
    assert.deepEqual(moves.doubt(before({ doubts: -2 }), failed, terms({ onUnknown: "check", checkAfterMs: 100 })), {
      ...SENDING,
      to: "uncertain",
      nextAt: NOW + 100,
      set: { outcome: failed, doubts: 3 },
    });
    const resend = (expiresAt: number) =>
      moves.doubt(
        before({ doubts: 1, expiresAt, attempts: 2 }),
        failed,
        terms({ onUnknown: "resend", checkAfterMs: 100 }),
      );
    const sent = { outcome: failed, doubts: 2, possibleDuplicate: true } as const;
    assert.deepEqual(resend(LATER), { ...SENDING, to: "queued", nextAt: NOW + 1000, set: sent });
    assert.deepEqual(resend(NOW + 10), { ...SENDING, to: "queued", nextAt: NOW + 10, set: sent });
    const words =
      "It expired in the outbox before it was known to be sent; it may have been taken all the same. " +
      `${LOOK_UP} The last try: No way.`;
    assert.deepEqual(resend(NOW), {
      ...SENDING,
      to: "expired",
      set: { outcome: expired(words, true), doubts: 2 },
    });
  });

  it("expires with the words about the last try, and gives the advice once", () => {
    const said = (last: RowOutcome | undefined, doubts: number) => {
      const { outcome } = moves.expire({ ...before({ doubts }), ...(last && { outcome: last }) }).set ?? {};
      return [outcome?.status, outcome?.error?.message];
    };
    const unsent = "Not sent: it expired in the outbox before it could be sent.";
    const known = "It expired in the outbox before it was known to be sent; it may have been taken all the same.";
    assert.deepEqual(said(undefined, 0), ["failed", unsent]);
    assert.deepEqual(said({ status: "unknown" }, 0), ["failed", unsent]);
    assert.deepEqual(said(failed, -1), ["failed", `${unsent} The last try: No way.`]);
    assert.deepEqual(said(undefined, 1), ["unknown", `${known} ${LOOK_UP}`]);
    assert.deepEqual(said(failed, 1), ["unknown", `${known} ${LOOK_UP} The last try: No way.`]);
    assert.deepEqual(said(doubtful, 1), ["unknown", `${known} The last try: No way.`]);
  });

  it("puts back what a provider knows nothing of, its doubts cleared, unless its time is over", () => {
    const asked = (doubts: number, expiresAt = LATER) =>
      moves.notFound(before({ state: "uncertain", doubts, expiresAt }), { now: NOW });
    for (const doubts of [2, -2]) assert.deepEqual(asked(doubts), { ...UNCERTAIN, to: "queued", set: { doubts: -2 } });
    const late = asked(2, NOW);
    assert.deepEqual([late.to, late.set?.doubts, late.set?.outcome?.status], ["expired", -2, "failed"]);
    assert.equal(asked(2, NOW + 1).to, "queued");
  });
});

describe("a person's decision", () => {
  const decide = (decision: "resend" | "drop" | "accept", more: Partial<Before>) =>
    moves.decided(before(more), decision, { now: NOW, expireAfterMs: 1000 });
  const dropped = (message: string, outcome: Outcome, status: RowOutcome["status"]): RowOutcome => ({
    status,
    ofRequest: true,
    error: { code: "CANCELLED", message, outcome },
    failure: { code: "CANCELLED", outcome, retryable: false, attempts: 0 },
  });

  it("to drop ends what waits or is in doubt, and says which", () => {
    const unsent = "Dropped by a person before it was sent.";
    const inDoubt = "Dropped by a person. It was in doubt before: the receiver may have got it all the same.";
    const drop = (state: Before["state"], doubts: number) => decide("drop", { state, doubts });
    const set = (outcome: RowOutcome) => ({ to: "cancelled" as const, set: { outcome: withoutAttempts(outcome) } });
    const seen = (move: ReturnType<typeof decide>) =>
      move && { to: move.to, set: { outcome: withoutAttempts(move.set?.outcome) } };
    assert.deepEqual(seen(drop("queued", 0)), set(dropped(unsent, "not-sent", "failed")));
    assert.deepEqual(seen(drop("queued", -1)), set(dropped(unsent, "not-sent", "failed")));
    assert.deepEqual(seen(drop("queued", 1)), set(dropped(unsent, "unknown", "unknown")));
    assert.deepEqual(seen(drop("uncertain", 1)), set(dropped(inDoubt, "unknown", "unknown")));
    assert.deepEqual(seen(drop("uncertain", 0)), set(dropped(inDoubt, "unknown", "unknown")));
    for (const state of ["sending", "accepted", "failed"] as const) assert.equal(drop(state, 0), undefined);
  });

  it("to accept or to send again is about what is in doubt alone, and gives it time", () => {
    assert.deepEqual(decide("accept", { state: "uncertain" }), {
      ...UNCERTAIN,
      to: "accepted",
      set: { outcome: { status: "accepted" } },
    });
    const resent = (expiresAt: number) => decide("resend", { state: "uncertain", expiresAt });
    assert.deepEqual(resent(NOW - 5), {
      ...UNCERTAIN,
      to: "queued",
      set: { possibleDuplicate: true, expiresAt: NOW + 1000 },
    });
    assert.equal(resent(LATER)?.set?.expiresAt, LATER);
    for (const decision of ["accept", "resend"] as const)
      assert.equal(decide(decision, { state: "queued" }), undefined);
  });
});
