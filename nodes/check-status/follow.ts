import { setTimeout as sleep } from "node:timers/promises";
import { asMessagingError, type MessagingError } from "../../src/error.ts";
import type { StatusResult } from "../../src/result.ts";

/** Each wait is this much longer than the one before: most messages end soon, some after hours. */
const GROWTH = 1.5;
const LONGEST_WAIT_MS = 60_000;

export interface FollowPlan {
  /** First wait between two questions, in milliseconds. */
  readonly everyMs: number;
  /** How long to follow, in milliseconds. */
  readonly withinMs: number;
  /** Ends the following without a word. */
  readonly stop: AbortSignal;
}

/** How a following ended: at a final status, at its time limit (with the last status known), or because it was stopped. */
export type FollowEnd = { end: "final" | "stopped" } | { end: "overdue"; last: StatusResult };

/**
 * Asks for a status until it is final, and reports each change of it once. A temporary failure is not the message's
 * fault, so it only waits for the next question; a refusal rejects, and so does a time limit without a single answer.
 */
export async function follow(
  ask: () => Promise<StatusResult>,
  plan: FollowPlan,
  onChange: (status: StatusResult) => void,
): Promise<FollowEnd> {
  const deadline = performance.now() + plan.withinMs;
  let last: StatusResult | undefined;

  for (let wait = plan.everyMs; ; wait = Math.min(wait * GROWTH, Math.max(LONGEST_WAIT_MS, plan.everyMs))) {
    const { status, failure } = await attempt(ask);
    if (plan.stop.aborted) return { end: "stopped" };
    if (status && words(status) !== words(last)) onChange(status);
    if (status?.final) return { end: "final" };
    last = status ?? last;

    // A timer may fire a little early: less than a millisecond is no time.
    const left = deadline - performance.now();
    if (left < 1) return overdue(last, failure);
    if (!(await paused(Math.min(Math.max(wait, askedFor(failure)), left), plan.stop))) return { end: "stopped" };
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
    if (failure.cause.outcome === "rejected") throw failure;
    return { failure };
  }
}

/** All that counts as a change: the words for every message, and what happened to it. */
function words(result: StatusResult | undefined): string {
  if (!result) return "";
  const all = [result, ...(result.messages ?? [])];
  return JSON.stringify(
    all.map(({ id, providerStatus, status, events }) => [id, status, providerStatus, events?.length]),
  );
}

/** Whether the pause went by undisturbed. */
function paused(ms: number, stop: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal: stop }).catch(() => false);
}
