import { asMessagingError, type MessagingError } from "../../src/error.ts";
import type { StatusResult } from "../../src/result.ts";
import { concerning, type Followed } from "./followed.ts";
import { Ear, notBack, updated, type Listen } from "./hearing.ts";

/** Each wait is this much longer than the one before: most messages end soon, some after hours. */
const GROWTH = 1.5;
const LONGEST_WAIT_MS = 60_000;

export interface FollowPlan {
  readonly followed: Followed;
  /** First wait between two questions, in milliseconds. */
  readonly everyMs: number;
  /** How long to follow, in milliseconds. */
  readonly withinMs: number;
  /** Ends the following without a word. */
  readonly stop: AbortSignal;
  /** Where reports come from. */
  readonly listen: Listen;
}

/** How a following ended: at a final status, at its time limit (with the last status known), or because it was stopped. */
export type FollowEnd = { end: "final" | "stopped" } | { end: "overdue"; last: StatusResult };

/**
 * Asks for a status until it is final, and reports each change of it once. A temporary failure is not the message's
 * fault, so it only waits for the next question; a refusal rejects, and so does a time limit without a single answer.
 * Once a webhook reports on the message, there is no need to ask but at the very end.
 */
export async function follow(
  ask: () => Promise<StatusResult>,
  plan: FollowPlan,
  onChange: (status: StatusResult) => void,
): Promise<FollowEnd> {
  const { followed, everyMs, stop } = plan;
  const deadline = performance.now() + plan.withinMs;
  // A timer may fire a little early: less than a millisecond is no time.
  const left = () => Math.max(deadline - performance.now() - 1, 0);
  const isStopped = () => stop.aborted;
  let last: StatusResult | undefined;
  let isReported = false;
  const ear = new Ear(plan.listen, (report) => concerning(report, followed, last));

  /** Whether this is the end. */
  const learn = (status: StatusResult | undefined): boolean => {
    if (status && words(status) !== words(last)) onChange(status);
    last = status ?? last;
    return status?.final === true;
  };

  /** Learns from reports until it is time to ask again; once there are any, that is at the very end. */
  const hear = async (askAt: number): Promise<boolean> => {
    const pause = () => 1 + (isReported ? left() : Math.min(askAt - performance.now(), left()));
    for (let report = await ear.next(pause(), stop); report; report = await ear.next(pause(), stop)) {
      isReported = true;
      if (learn(updated(report, followed.lookup, last))) return true;
    }
    return false;
  };

  try {
    for (let wait = everyMs; ; wait = Math.min(wait * GROWTH, Math.max(LONGEST_WAIT_MS, everyMs))) {
      const { status, failure } = await attempt(ask);
      if (isStopped()) return { end: "stopped" };
      if (learn(status && notBack(status, last))) return { end: "final" };
      if (left() === 0) return overdue(last, failure);
      if (await hear(performance.now() + Math.max(wait, askedFor(failure)))) return { end: "final" };
      if (isStopped()) return { end: "stopped" };
    }
  } finally {
    ear.close();
  }
}

function overdue(last: StatusResult | undefined, failure: MessagingError | undefined): FollowEnd {
  if (last) return { end: "overdue", last };
  throw asMessagingError(failure);
}

/** Milliseconds that a busy provider asked us to wait. */
function askedFor(failure: MessagingError | undefined): number {
  return failure?.cause.retryAfterMs ?? 0;
}

/** An answer, or why there is none yet. Rejects when there never will be. */
async function attempt(ask: () => Promise<StatusResult>): Promise<{ status?: StatusResult; failure?: MessagingError }> {
  try {
    return { status: await ask() };
  } catch (thrown) {
    const failure = asMessagingError(thrown);
    if (isVain(failure)) throw failure;
    return { failure };
  }
}

/** Whether the same question would fail again, however long we wait. That we are to stop is no answer. */
function isVain({ code, cause }: MessagingError): boolean {
  if (code === "CANCELLED") return false;
  return cause.outcome === "rejected" || (cause.outcome === "not-sent" && !cause.retryable);
}

/** All that counts as a change: the words for every message, and what happened to it. */
function words(result: StatusResult | undefined): string {
  if (!result) return "";
  const all = [result, ...(result.messages ?? [])];
  return JSON.stringify(
    all.map(({ id, providerStatus, status, events }) => [id, status, providerStatus, events?.length]),
  );
}
