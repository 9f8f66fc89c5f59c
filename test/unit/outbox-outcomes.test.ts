import { strict as assert } from "node:assert";
import { MessagingError, type ErrorCode, type Outcome } from "../../src/error.ts";
import { afterRequest } from "../../src/outbox/after-request.ts";
import { backoffMs } from "../../src/outbox/backoff.ts";
import type { Row, RowOutcome } from "../../src/outbox/job.ts";
import * as outcomes from "../../src/outbox/outcome.ts";
import type { RecipientResult, SendResult } from "../../src/result.ts";
import { before, failed, LOOK_UP, NOW, SENDING, terms, withoutAttempts } from "../support/outbox-moves.ts";

describe("the end of a request", () => {
  const row: Row = {
    ...before(),
    job: "1",
    place: 0,
    to: "+56990000001",
    possibleDuplicate: false,
    createdAt: NOW,
    updatedAt: NOW,
  };
  const result = (messages: RecipientResult[], off = false): SendResult => ({
    provider: "p",
    channel: "sms",
    account: "a",
    id: "1",
    accepted: 1,
    rejected: 1,
    failed: 1,
    messages,
    ...(off && { off }),
    raw: { words: "raw" },
  });
  const one = (recipient: Partial<RecipientResult>) => {
    const [move] = afterRequest(
      [row],
      { result: result([{ to: row.to, status: "accepted", ...recipient }]) },
      terms(),
    ).moves;
    return move;
  };
  const about = (code: ErrorCode, outcome?: Outcome) => ({
    error: { code, message: "No.", ...(outcome && { outcome }) },
  });

  it("moves each recipient by its own part of the reply", () => {
    for (const status of ["accepted", "scheduled"] as const) {
      assert.deepEqual(one({ status, id: "9", parts: 2 }), {
        ...SENDING,
        to: "accepted",
        set: { outcome: { status, id: "9", parts: 2 } },
      });
    }
    const ways: [Partial<RecipientResult>, string][] = [
      [{ status: "rejected" }, "failed"],
      [{ status: "unknown" }, "uncertain"],
      [{ status: "failed" }, "queued"],
      [{ status: "failed", ...about("NOT_SUPPORTED", "not-sent") }, "failed"],
      [{ status: "failed", ...about("UNREACHABLE", "unknown") }, "uncertain"],
      [{ status: "rejected", ...about("RATE_LIMITED", "not-sent") }, "queued"],
      [{ status: "unknown", ...about("REJECTED", "rejected") }, "failed"],
      [{ status: "rejected", ...about("REJECTED") }, "failed"],
    ];
    for (const [recipient, to] of ways) assert.equal(one(recipient)?.to, to, JSON.stringify(recipient));
  });

  it("leaves in doubt whom the reply does not name, and keeps what the job's result needs", () => {
    const {
      moves: [move],
      reply,
    } = afterRequest([row], { result: result([]) }, terms());
    assert.deepEqual(move, { ...SENDING, to: "uncertain", set: { outcome: { status: "unknown" }, doubts: 1 } });
    assert.deepEqual(reply, { provider: "p", channel: "sms", account: "a", id: "1", raw: { words: "raw" } });
  });

  it("at an account that is off cancels all, and nothing went wrong", () => {
    const {
      moves: [move],
      reply,
    } = afterRequest([row], { result: result([{ to: row.to, status: "accepted" }], true) }, terms());
    const message = 'Not sent: the account\'s mode is "off".';
    assert.equal(move?.to, "cancelled");
    assert.deepEqual(withoutAttempts(move.set?.outcome), {
      status: "failed",
      ofRequest: true,
      error: { code: "NOT_SUPPORTED", message, outcome: "not-sent" },
      failure: { code: "NOT_SUPPORTED", outcome: "not-sent", retryable: false },
    });
    assert.equal((reply as { off?: boolean } | undefined)?.off, true);
  });

  it("that failed as a whole is a word against a recipient only where it was alone and refused", () => {
    const end = (code: ErrorCode, outcome: Outcome, rows = [row]) =>
      afterRequest(rows, { error: new MessagingError("No.", { code, outcome }) }, terms()).moves.map(({ to, set }) => [
        to,
        set?.outcome?.status,
        set?.outcome?.ofRequest,
      ]);
    assert.deepEqual(end("REJECTED", "rejected"), [["failed", "rejected", undefined]]);
    assert.deepEqual(end("REJECTED", "rejected", [row, row]), [
      ["failed", "rejected", true],
      ["failed", "rejected", true],
    ]);
    assert.deepEqual(end("NO_CREDIT", "rejected"), [["failed", "failed", true]]);
    assert.deepEqual(end("UNREACHABLE", "not-sent"), [["queued", "failed", true]]);
    assert.deepEqual(end("NOT_SUPPORTED", "not-sent"), [["failed", "failed", true]]);
    assert.deepEqual(end("TIMEOUT", "unknown"), [["uncertain", "unknown", true]]);
  });
});

describe("an outcome of the outbox", () => {
  it("is shown as a recipient's part, without what is the outbox's own", () => {
    assert.deepEqual(outcomes.asRecipient("+1", { ...failed, ofRequest: true }, false), {
      to: "+1",
      status: "failed",
      error: failed.error,
    });
    assert.deepEqual(outcomes.asRecipient("+1", undefined, true), {
      to: "+1",
      status: "unknown",
      possibleDuplicate: true,
    });
  });

  it("becomes the error again that it was made of", () => {
    const told = (outcome: RowOutcome) => {
      const { message, cause } = outcomes.errorOf(outcome);
      return { message, cause };
    };
    assert.deepEqual(told({ status: "rejected" }), {
      message: "The provider refused this recipient.",
      cause: { code: "REJECTED", outcome: "rejected", retryable: false, attempts: 1 },
    });
    assert.deepEqual(told({ status: "rejected", error: { code: "NO_CREDIT", message: "No.", providerCode: "7" } }), {
      message: "No.",
      cause: { code: "NO_CREDIT", outcome: "rejected", retryable: false, attempts: 1, providerCode: "7" },
    });
    assert.deepEqual(told(failed), { message: "No way.", cause: failed.failure });
  });

  it("of what was interrupted is in doubt, and says what to do", () => {
    const { code, message, cause } = outcomes.interrupted();
    assert.deepEqual([code, cause.outcome, cause.retryable], ["CANCELLED", "unknown", false]);
    assert.equal(message, `Node-RED ended while this was being sent: it may or may not have been taken. ${LOOK_UP}`);
  });

  it("is tried again after a pause that doubles up to five minutes", () => {
    const pauses = [1, 2, 3, 9, 10, 11, 1000].map((attempts) => backoffMs(attempts, 1));
    assert.deepEqual(pauses, [1000, 2000, 4000, 256_000, 300_000, 300_000, 300_000]);
    assert.equal(backoffMs(3, 0), 0);
    assert.equal(backoffMs(3, 0.25), 1000);
    assert.deepEqual([backoffMs(3, 0, 0), backoffMs(3, 1, 7000), backoffMs(3, 0.5, 7000)], [0, 7250, 7125]);
    assert.equal(backoffMs(3, 0, 3_600_000), 60_000);
  });
});
