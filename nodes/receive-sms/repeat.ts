import { setTimeout as sleep } from "node:timers/promises";
import { asMessagingError, type MessagingError } from "../../src/error.ts";

/** A provider in trouble is asked ever more seldom, down to this. */
const LONGEST_WAIT_MS = 300_000;

export interface Plan {
  /** Ends it. */
  readonly stop: AbortSignal;
  /** Milliseconds from the end of one question to the next, asked for after each. */
  readonly everyMs: () => number;
  /** A question failed, for another reason than the one before it. */
  readonly onFailure: (error: MessagingError) => void;
  /** A question was answered after one or more that failed. */
  readonly onRecovery: () => void;
}

/**
 * Asks again and again until it is stopped, never two questions at a time. After failures the waits double, up to five minutes
 * (or to `everyMs`, where that is longer); a provider that says how long to wait is left alone for that long. Never rejects.
 */
export async function repeat(ask: () => Promise<void>, { stop, everyMs, onFailure, onRecovery }: Plan): Promise<void> {
  const isStopped = () => stop.aborted;
  let failures = 0;
  let told: MessagingError | undefined;
  while (!isStopped()) {
    const failure = await ask().then(() => undefined, asMessagingError);
    if (isStopped()) return;
    // The account is being deployed anew: that is no trouble.
    const isTrouble = failure !== undefined && failure.code !== "CANCELLED";
    if (isTrouble && failure.code !== told?.code) onFailure(failure);
    if (!failure && told) onRecovery();
    if (isTrouble) told = failure;
    else if (!failure) told = undefined;
    failures = isTrouble ? failures + 1 : 0;
    const usual = everyMs();
    const wait = Math.min(usual * 2 ** failures, Math.max(usual, LONGEST_WAIT_MS));
    await sleep(Math.max(wait, failure?.cause.retryAfterMs ?? 0), undefined, { signal: stop }).catch(() => undefined);
  }
}
