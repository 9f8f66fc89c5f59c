import { backoffMs } from "./backoff.ts";
import type { OnUnknown } from "./contract.ts";
import { dropped, expired, inDoubt, outcomeOf } from "./outcome.ts";
import type { Row, RowOutcome } from "./job.ts";
import type { Move } from "./store.ts";

/*
 * The state machine: what comes next for a row, by what became of it. Nothing here is asynchronous or knows a store; each
 * function says which change to make if the row still is as it was read.
 */

/** What decides what comes next for a row. */
export interface Terms {
  readonly onUnknown: OnUnknown;
  /** How long after a request in doubt the provider is asked; absent where it cannot be asked for this row. */
  readonly checkAfterMs?: number;
  /** Whether this code refuses a message because the provider took the same one before. */
  readonly isRepeat: (providerCode: string) => boolean;
  readonly now: number;
  /** 0 to 1, for the jitter. */
  readonly random: () => number;
}

/** What of a row its next move depends on. */
export type Before = Pick<Row, "id" | "state" | "claim" | "attempts" | "doubts" | "expiresAt" | "outcome">;

/** The provider took it. */
export function accept(row: Before, outcome: RowOutcome): Move {
  return { ...from(row), to: "accepted", set: { outcome } };
}

/** It was refused. A refusal as a repeat says that an earlier request, which ended in doubt, had been taken. */
export function refuse(row: Before, outcome: RowOutcome, { isRepeat }: Pick<Terms, "isRepeat">): Move {
  if (row.doubts !== 0 && isRepeat(outcome.error?.providerCode ?? "")) return accept(row, { status: "accepted" });
  return { ...from(row), to: "failed", set: { outcome: row.doubts > 0 ? inDoubt(outcome) : outcome } };
}

/** It certainly was not taken: once more, later, if there is still time. */
export function tryAgain(row: Before, outcome: RowOutcome, { now, random }: Terms): Move {
  if (now >= row.expiresAt) return expire({ ...row, outcome });
  const nextAt = now + backoffMs(row.attempts, random(), outcome.failure?.retryAfterMs);
  return { ...from(row), to: "queued", nextAt: untilExpiry(row, nextAt), set: { outcome } };
}

/** Nobody can say whether it was taken: the user's choice decides. */
export function doubt(row: Before, outcome: RowOutcome, terms: Terms): Move {
  const doubts = Math.abs(row.doubts) + 1;
  const { onUnknown, checkAfterMs, now, random } = terms;
  if (onUnknown === "resend") {
    if (now >= row.expiresAt) {
      const move = expire({ ...row, doubts, outcome });
      return { ...move, set: { ...move.set, doubts } };
    }
    const nextAt = untilExpiry(row, now + backoffMs(row.attempts, random()));
    return { ...from(row), to: "queued", nextAt, set: { outcome, doubts, possibleDuplicate: true } };
  }
  const asks = onUnknown === "check" && checkAfterMs !== undefined;
  return { ...from(row), to: "uncertain", ...(asks && { nextAt: now + checkAfterMs }), set: { outcome, doubts } };
}

/** Its time is over. */
export function expire(row: Before): Move {
  const outcome = outcomeOf(expired(row.outcome, row.doubts > 0), 1);
  return { ...from(row), to: "expired", set: { outcome: row.doubts > 0 ? inDoubt(outcome) : outcome } };
}

/** Nothing was tried, as it has no account now: it stays in the queue, and is looked at again at this moment. */
export function holdBack(row: Before, nextAt: number, outcome: RowOutcome): Move {
  return { ...from(row), to: "queued", nextAt, set: { outcome } };
}

/** It will not be sent, and nothing went wrong. */
export function cancel(row: Before, outcome: RowOutcome): Move {
  return { ...from(row), to: "cancelled", set: { outcome } };
}

/** The provider was asked and knows nothing of it: it was not taken, so that it can be sent again without doubling it. */
export function notFound(row: Before, { now }: Pick<Terms, "now">): Move {
  const cleared = { ...row, doubts: -Math.abs(row.doubts) };
  const move: Move = now >= row.expiresAt ? expire(cleared) : { ...from(row), to: "queued" };
  return { ...move, set: { ...move.set, doubts: cleared.doubts } };
}

/** The provider is to be asked, or asked again, at this moment; without one a person decides. */
export function askAt(row: Before, nextAt?: number): Move {
  return { ...from(row), to: "uncertain", ...(nextAt !== undefined && { nextAt }) };
}

/** What a person decided; undefined where that cannot be decided in this state. */
export function decided(
  row: Before,
  decision: "resend" | "drop" | "accept",
  terms: { now: number; expireAfterMs: number },
): Move | undefined {
  const { state } = row;
  if (decision === "drop" && (state === "queued" || state === "uncertain")) {
    const outcome = outcomeOf(dropped(state === "uncertain"), 1);
    return cancel(row, row.doubts > 0 ? inDoubt(outcome) : outcome);
  }
  if (state !== "uncertain") return undefined;
  if (decision === "accept") return accept(row, { status: "accepted" });
  const expiresAt = Math.max(row.expiresAt, terms.now + terms.expireAfterMs);
  return { ...from(row), to: "queued", set: { possibleDuplicate: true, expiresAt } };
}

/** A pause that lasts longer than the message may wait ends with it: a wake-up before that may still bring it on its way. */
function untilExpiry({ expiresAt }: Before, nextAt: number): number {
  return Math.min(nextAt, expiresAt);
}

function from({ id, state, claim }: Before): Pick<Move, "row" | "from" | "claim"> {
  // Who holds a claim is the only one to settle it; what waits belongs to nobody.
  return { row: id, from: state, ...(state !== "queued" && claim !== undefined && { claim }) };
}
