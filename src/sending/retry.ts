import { setTimeout as delay } from "node:timers/promises";
import { asMessagingError, type ErrorCode, type MessagingError } from "../error.ts";
import { cancelled } from "./pace.ts";
import { linked } from "./signals.ts";

/** Requests for one message, the first included. */
const MAX_ATTEMPTS = 3;

/** Full jitter: the wait is anything up to this, then up to twice this. */
const BASE_MS = 1000;

/** When the provider says when to come back, only a little more, so that not all come at once. */
const SPREAD_MS = 250;

/** These end in not-sent because of us; trying again in a moment is no use. */
const OUR_OWN: readonly ErrorCode[] = ["QUEUE_FULL", "CANCELLED"];

/** Retries that one message earns; with the reserve, still fewer than one in ten from 300 messages on. */
const EARNED = 1 / 12;

/** Retries in reserve, for a moment's trouble with many requests on their way. */
const RESERVE = 5;

/** A lone message now and then is retried in full, however little traffic there is to earn from. */
const FLOOR = 2;
const FLOOR_MS = 30_000;

/** Keeps an account's retries below a tenth of its traffic: in an outage, more requests would only make it longer. */
export class RetryBudget {
  readonly #now: () => number;
  #tokens = RESERVE;
  #floorAt: number;

  /** `now`: milliseconds of a clock that never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#floorAt = now();
  }

  /** Counts a message's first request. */
  earn(): void {
    this.#tokens = Math.min(RESERVE, this.#tokens + EARNED);
  }

  /** Whether one more retry may be made; if so, it is counted. */
  spend(): boolean {
    const periods = Math.floor((this.#now() - this.#floorAt) / FLOOR_MS);
    this.#floorAt += periods * FLOOR_MS;
    if (this.#tokens < FLOOR) this.#tokens = Math.min(FLOOR, this.#tokens + periods);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

export interface Retries {
  readonly budget: RetryBudget;
  /** Milliseconds within which another attempt may still begin. */
  readonly leftMs: () => number;
  /** Each ends the waiting between attempts, never an attempt. */
  readonly signals?: readonly (AbortSignal | undefined)[];
  /** Attempts at most; 3 when absent. */
  readonly attempts?: number | undefined;
  /** Called before each wait. */
  readonly onWait?: (() => void) | undefined;
  /** 0 to 1, for the jitter. */
  readonly random?: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Tries again what was certainly not sent and can succeed later: with full jitter from 1 s on, or when the provider says.
 * Rejects with the last error; with CANCELLED when the signal ends the waiting.
 */
export async function withRetries<T>(attempt: () => Promise<T>, retries: Retries): Promise<T> {
  const {
    budget,
    leftMs,
    signals = [],
    onWait,
    attempts: most = MAX_ATTEMPTS,
    random = Math.random,
    sleep = pause,
  } = retries;
  budget.earn();
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt();
    } catch (thrown) {
      const error = asMessagingError(thrown);
      const waitMs = waitAfter(error, attempts, random());
      if (attempts >= most || !isSafe(error) || waitMs > leftMs() || !isAllowed(error, budget)) throw error;
      onWait?.();
      // Linked only now, as most messages never wait.
      const ending = linked(...signals);
      await sleep(waitMs, ending.signal).catch(() => undefined);
      ending.release();
      if (ending.signal.aborted) throw cancelled("Cancelled while it waited to be tried again: it was not sent.");
    }
  }
}

/** Milliseconds; `chance` is 0 to 1. */
function waitAfter({ cause: { retryAfterMs } }: MessagingError, attempts: number, chance: number): number {
  if (retryAfterMs !== undefined) return retryAfterMs + chance * SPREAD_MS;
  return chance * BASE_MS * 2 ** (attempts - 1);
}

function isSafe({ code, cause }: MessagingError): boolean {
  return cause.outcome === "not-sent" && cause.retryable && !OUR_OWN.includes(code);
}

/** A provider that says when to come back is not in an outage, and the whole account waits until then. */
function isAllowed({ code, cause }: MessagingError, budget: RetryBudget): boolean {
  return (code === "RATE_LIMITED" && (cause.retryAfterMs ?? 0) > 0) || budget.spend();
}

function pause(ms: number, signal: AbortSignal): Promise<unknown> {
  return delay(ms, undefined, { signal });
}
