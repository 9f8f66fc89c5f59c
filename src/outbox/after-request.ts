import type { MessagingError } from "../error.ts";
import type { RecipientResult, SendResult } from "../result.ts";
import { accept, cancel, doubt, refuse, tryAgain, type Before, type Terms } from "./moves.ts";
import { outcomeOf, switchedOff } from "./outcome.ts";
import type { Row, RowOutcome, StoredReply } from "./job.ts";
import type { Move } from "./store.ts";

/** How a request ended. */
export type Ended = { readonly result: SendResult } | { readonly error: MessagingError };

/** What to make of a request's end: a move for each row that was in it, and what the job's result needs of the reply. */
export interface After {
  readonly moves: Move[];
  readonly reply?: StoredReply;
}

/** `rows`: as they were in the request, state `sending` with its claim. */
export function afterRequest(rows: readonly Row[], ended: Ended, terms: Terms): After {
  if ("error" in ended) return afterFailure(rows, ended.error, terms);
  const { messages, accepted: _, rejected: __, failed: ___, ...reply } = ended.result;
  if (ended.result.off) {
    const outcome = outcomeOf(switchedOff(), 1);
    return { moves: rows.map((row) => cancel(row, outcome)), reply };
  }
  return { moves: rows.map((row, index) => afterReply(row, messages[index], terms)), reply };
}

function afterFailure(rows: readonly Row[], error: MessagingError, terms: Terms): After {
  const outcome = outcomeOf(error, rows.length);
  const next = nextAfter(error.cause.outcome, error.code);
  return { moves: rows.map((row) => next(row, outcome, terms)) };
}

function afterReply(row: Row, recipient: RecipientResult | undefined, terms: Terms): Move {
  const { to: _, ...outcome } = recipient ?? { to: row.to, status: "unknown" as const };
  if (outcome.status === "accepted" || outcome.status === "scheduled") return accept(row, outcome);
  const said = { rejected: "rejected", unknown: "unknown", failed: "not-sent" } as const;
  return nextAfter(outcome.error?.outcome ?? said[outcome.status], outcome.error?.code)(row, outcome, terms);
}

function nextAfter(
  outcome: MessagingError["cause"]["outcome"],
  code?: MessagingError["code"],
): (row: Before, outcome: RowOutcome, terms: Terms) => Move {
  if (outcome === "unknown") return doubt;
  // What the account cannot do now it cannot do later.
  return outcome === "rejected" || code === "NOT_SUPPORTED" ? refuse : tryAgain;
}
