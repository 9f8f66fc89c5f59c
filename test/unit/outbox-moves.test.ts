import { strict as assert } from "node:assert";
import fc from "fast-check";
import { MessagingError, type ErrorCode, type Outcome } from "../../src/error.ts";
import { afterRequest, type Ended } from "../../src/outbox/after-request.ts";
import {
  accept,
  askAt,
  cancel,
  decided,
  doubt,
  expire,
  holdBack,
  notFound,
  refuse,
  tryAgain,
} from "../../src/outbox/moves.ts";
import type { Before, Terms } from "../../src/outbox/moves.ts";
import { interrupted, outcomeOf } from "../../src/outbox/outcome.ts";
import { isLegal, STATES, TRANSITIONS } from "../../src/outbox/states.ts";
import type { Row, RowOutcome } from "../../src/outbox/job.ts";
import type { Move } from "../../src/outbox/store.ts";
import type { RecipientResult, SendResult } from "../../src/result.ts";

const NOW = 1_800_000_000_000;

const code = fc.constantFrom<ErrorCode>(
  "REJECTED",
  "UNREACHABLE",
  "TIMEOUT",
  "NO_CREDIT",
  "NOT_SUPPORTED",
  "CANCELLED",
);
const outcome = fc.constantFrom<Outcome>("not-sent", "rejected", "unknown");
const retryAfterMs = fc.option(fc.nat(600_000), { nil: undefined });
const error = fc
  .record({ code, outcome, retryAfterMs })
  .map(
    ({ retryAfterMs: wait, ...facts }) =>
      new MessagingError("words", { ...facts, ...(wait !== undefined && { retryAfterMs: wait }) }),
  );
const terms: fc.Arbitrary<Terms> = fc.record({
  onUnknown: fc.constantFrom("hold", "resend", "check"),
  checkAfterMs: fc.nat(10_000),
  isRepeat: fc.constant((word: string) => word === "REPEAT"),
  now: fc.constant(NOW),
  random: fc.double({ min: 0, max: 0.999, noNaN: true }).map((chance) => () => chance),
});
const row: fc.Arbitrary<Row> = fc.record({
  id: fc.nat(9).map(String),
  job: fc.constant("1"),
  place: fc.constant(0),
  state: fc.constant("sending"),
  to: fc.constant("+56990000001"),
  claim: fc.constant("claim"),
  attempts: fc.integer({ min: 1, max: 50 }),
  doubts: fc.nat(2),
  possibleDuplicate: fc.boolean(),
  expiresAt: fc.integer({ min: NOW - 1000, max: NOW + 86_400_000 }),
  createdAt: fc.constant(NOW),
  updatedAt: fc.constant(NOW),
});
const recipient: fc.Arbitrary<RecipientResult> = fc.record({
  to: fc.constant("+56990000001"),
  status: fc.constantFrom("accepted", "scheduled", "rejected", "failed", "unknown"),
});

function resultWith(messages: RecipientResult[], off = false): SendResult {
  const counts = { accepted: 0, rejected: 0, failed: 0 };
  return { provider: "p", channel: "sms", account: "a", id: "1", ...counts, messages, ...(off && { off }), raw: null };
}

const ended: fc.Arbitrary<Ended> = fc.oneof(
  error.map((failed) => ({ error: failed })),
  fc.array(recipient, { maxLength: 3 }).map((messages) => ({ result: resultWith(messages) })),
  fc.constant({ result: resultWith([], true) }),
);

describe("the outbox's state machine", () => {
  it("lets nothing leave a final state, and reaches sending from queued alone", () => {
    for (const state of ["accepted", "failed", "expired", "cancelled"] as const)
      assert.deepEqual(TRANSITIONS[state], []);
    assert.deepEqual(
      STATES.filter((state) => isLegal(state, "sending")),
      ["queued"],
    );
  });

  it("makes legal moves only, of what holds the claim, whatever becomes of a request", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 3 }), ended, terms, (rows, end, given) => {
        const { moves } = afterRequest(rows, end, given);
        assert.equal(moves.length, rows.length);
        moves.forEach((move, index) => {
          assert.equal(move.row, rows[index]?.id);
          assert.equal(move.claim, "claim");
          assert.ok(isLegal(move.from, move.to), `${move.from} → ${move.to}`);
        });
      }),
      { numRuns: 2000 },
    );
  });

  it("puts back into the queue what was not taken, and what is in doubt only where the user chose so", () => {
    fc.assert(
      fc.property(row, error, terms, (one, failed, given) => {
        const { moves } = afterRequest([one], { error: failed }, given);
        const [move] = moves;
        const mayResend =
          failed.cause.outcome === "not-sent" || (failed.cause.outcome === "unknown" && given.onUnknown === "resend");
        if (move?.to !== "queued") return;
        assert.ok(mayResend);
        assert.ok((move.nextAt ?? 0) >= NOW && (move.nextAt ?? 0) <= one.expiresAt);
        const wait = (move.nextAt ?? 0) - NOW;
        const most = failed.cause.outcome === "not-sent" && failed.cause.retryAfterMs !== undefined ? 60_250 : 300_000;
        assert.ok(wait <= most, `${wait} ms`);
        if (failed.cause.outcome === "unknown") assert.equal(move.set?.possibleDuplicate, true);
      }),
      { numRuns: 2000 },
    );
  });

  it("holds what is in doubt however late it is, and counts the doubt", () => {
    fc.assert(
      fc.property(row, terms, (one, given) => {
        const move = doubt(one, outcomeOf(interrupted(), 1), { ...given, onUnknown: "hold" });
        assert.deepEqual([move.to, move.nextAt, move.set?.doubts], ["uncertain", undefined, one.doubts + 1]);
      }),
    );
  });

  it("never calls a message unsent that an earlier request may have brought", () => {
    const doubtful = row.filter(({ doubts }) => doubts > 0);
    fc.assert(
      fc.property(doubtful, ended, terms, (one, end, given) => {
        for (const { to, set } of afterRequest([one], end, given).moves) {
          const final = to === "failed" || to === "expired";
          if (final) assert.equal(set?.outcome?.status, "unknown");
        }
      }),
    );
  });

  it("takes a refusal as a repeat for a message that was in doubt as the proof that it was taken", () => {
    const refusal: RowOutcome = {
      status: "rejected",
      error: { code: "REJECTED", message: "again?", providerCode: "REPEAT" },
    };
    const isRepeat = (word: string) => word === "REPEAT";
    const before = (doubts: number): Before => ({ id: "1", state: "sending", attempts: 2, doubts, expiresAt: NOW + 1 });
    assert.equal(refuse(before(0), refusal, { isRepeat }).to, "failed");
    assert.equal(refuse(before(1), refusal, { isRepeat }).to, "accepted");
    assert.equal(refuse(before(1), refusal, { isRepeat: () => false }).to, "failed");
  });

  it("makes legal moves only of whatever a person, the clock or the provider says", () => {
    const any = fc.record({
      id: fc.constant("1"),
      state: fc.constantFrom(...STATES),
      claim: fc.constantFrom("claim", undefined),
      attempts: fc.nat(5),
      doubts: fc.nat(2),
      expiresAt: fc.constantFrom(NOW - 1, NOW + 1000),
    });
    const isFine = (before: Pick<Row, "state" | "claim">, move: Move) => {
      assert.equal(move.from, before.state);
      assert.ok(isLegal(move.from, move.to), `${move.from} → ${move.to}`);
      assert.equal(move.claim, before.state === "queued" ? undefined : before.claim);
    };
    fc.assert(
      fc.property(any, terms, ({ claim, ...rest }, given) => {
        const before: Before = { ...rest, ...(claim !== undefined && { claim }) };
        for (const decision of ["resend", "drop", "accept"] as const) {
          const move = decided(before, decision, { now: NOW, expireAfterMs: 1000 });
          const isPossible = before.state === "uncertain" || (before.state === "queued" && decision === "drop");
          assert.equal(move !== undefined, isPossible);
          if (move) isFine(before, move);
          if (move?.to === "queued") assert.ok((move.set?.expiresAt ?? 0) > NOW);
        }
        if (before.state === "queued") {
          isFine(before, expire(before));
          isFine(before, holdBack(before, NOW + 1, { status: "failed" }));
        }
        if (before.state !== "uncertain") return;
        for (const move of [notFound(before, { now: NOW }), askAt(before), askAt(before, NOW + 1)])
          isFine(before, move);
        isFine(before, refuse(before, { status: "rejected" }, given));
        isFine(before, accept(before, { status: "accepted" }));
        isFine(before, cancel(before, { status: "failed" }));
      }),
    );
  });

  it("waits longer after each try, but never more than five minutes, and comes back when it is told to", () => {
    const before: Before = { id: "1", state: "sending", attempts: 1, doubts: 0, expiresAt: Infinity };
    const given: Terms = { onUnknown: "hold", isRepeat: () => false, now: NOW, random: () => 0.999 };
    const waits = [1, 2, 3, 9, 10, 60].map((attempts) => {
      const { nextAt = 0 } = tryAgain({ ...before, attempts }, { status: "failed" }, given);
      return Math.round((nextAt - NOW) / 1000);
    });
    assert.deepEqual(waits, [1, 2, 4, 256, 300, 300]);
    const failure = new MessagingError("later", { code: "RATE_LIMITED", outcome: "not-sent", retryAfterMs: 7000 });
    const told = tryAgain(before, outcomeOf(failure, 1), { ...given, random: () => 0 });
    assert.equal((told.nextAt ?? 0) - NOW, 7000);
  });

  it("comes back after a minute at most, however long it is told to wait, as the account does", () => {
    const before: Before = { id: "1", state: "sending", attempts: 1, doubts: 0, expiresAt: NOW + 1_800_000 };
    const given: Terms = { onUnknown: "hold", isRepeat: () => false, now: NOW, random: () => 0 };
    const hour = new MessagingError("later", { code: "RATE_LIMITED", outcome: "not-sent", retryAfterMs: 3_600_000 });
    const { to, nextAt } = tryAgain(before, outcomeOf(hour, 1), given);
    assert.deepEqual([to, nextAt], ["queued", NOW + 60_000]);
  });

  it("lets no message end before its expiry, as long as it may be sent", () => {
    const given: Terms = { onUnknown: "resend", isRepeat: () => false, now: NOW, random: () => 0.999 };
    const hour = new MessagingError("later", { code: "RATE_LIMITED", outcome: "not-sent", retryAfterMs: 3_600_000 });
    const early = { id: "1", state: "sending", attempts: 60, doubts: 0, expiresAt: NOW + 4000 } as const;
    for (const next of [tryAgain, doubt]) {
      const move = next(early, outcomeOf(hour, 1), given);
      assert.deepEqual([move.to, move.nextAt], ["queued", NOW + 4000]);
      assert.equal(next({ ...early, expiresAt: NOW }, outcomeOf(hour, 1), given).to, "expired");
    }
  });

  it("says of what expires whether it may have been taken", () => {
    const before: Before = { id: "1", state: "queued", attempts: 3, doubts: 0, expiresAt: NOW };
    const said = (doubts: number) => expire({ ...before, doubts, outcome: outcomeOf(interrupted(), 1) }).set?.outcome;
    assert.match(said(0)?.error?.message ?? "", /^Not sent: it expired in the outbox/);
    assert.match(
      said(2)?.error?.message ?? "",
      /^It expired in the outbox.* may have been taken.* The last try: Node-RED/,
    );
    assert.doesNotMatch(said(1)?.error?.message ?? "", /not sent/i);
    assert.deepEqual([said(1)?.status, said(1)?.error?.outcome], ["unknown", "unknown"]);
    // The provider was asked since then and knows none of them.
    assert.match(said(-2)?.error?.message ?? "", /^Not sent/);
  });
});
