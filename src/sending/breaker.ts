import type { ErrorCode, MessagingError } from "../error.ts";

/** The latest calls that are looked at; with fewer than these nothing is said of an account. */
const CALLS = 10;

const PROBE_MS = 30_000;

/** Failures for reasons of the account or of the way to it. All others are about the message or its recipient. */
const ACCOUNT_FAULTS: readonly ErrorCode[] = [
  "MISSING_ACCOUNT",
  "BAD_CREDENTIALS",
  "NO_CREDIT",
  "RATE_LIMITED",
  "UNREACHABLE",
  "TIMEOUT",
  "BAD_REPLY",
  "PROVIDER_ERROR",
];

/** Whether a failure says something of the account, and nothing of the message. */
export function isAccountFault(code: ErrorCode): boolean {
  return ACCOUNT_FAULTS.includes(code);
}

/** Whether a call failed for reasons of its account; undefined when it never got so far that it could tell. */
export function accountFailed({ code, cause }: Pick<MessagingError, "code" | "cause">): boolean | undefined {
  if (isAccountFault(code)) return true;
  return cause.attempts > 0 && code !== "CANCELLED" ? false : undefined;
}

/**
 * Remembers how an account's latest calls ended, so that it can be left alone while it fails: opens when half of the last
 * ten failed, then lets one call through every 30 s and closes when one ends well. It only tells: whoever has nothing
 * better may still call.
 */
export class Breaker {
  readonly #now: () => number;
  readonly #window: number;
  #failures: boolean[] = [];
  /** When the next probe may go; undefined while it is closed. */
  #probeAt: number | undefined;
  #opening = new AbortController();
  /** Counts the changes, so that a call which began before one says nothing after it. */
  #changes = 0;

  /**
   * `now`: milliseconds of a clock that never goes back. `window`: the most calls that are looked at; with more of them, it
   * opens less easily by chance.
   */
  constructor(now: () => number = () => performance.now(), window = CALLS) {
    this.#now = now;
    this.#window = window;
  }

  get isOpen(): boolean {
    return this.#probeAt !== undefined;
  }

  /** Milliseconds until it may be called: 0 while it is closed, and when a probe is due. */
  get skippedForMs(): number {
    return Math.max(0, (this.#probeAt ?? -Infinity) - this.#now());
  }

  /** Aborted when it opens, for those who wait for a turn at the account; a new one when it has closed. */
  get opening(): AbortSignal {
    return this.#opening.signal;
  }

  /** Takes the probe that is due, so that the next is not before another 30 s. */
  probe(): void {
    if (this.isOpen) this.#probeAt = this.#now() + PROBE_MS;
  }

  /** Notes that a call begins; the function that is returned takes how it ended, as `accountFailed` has it. */
  begin(): (failed: boolean | undefined) => void {
    const changes = this.#changes;
    return (failed) => {
      if (failed === undefined || changes !== this.#changes) return;
      if (!this.isOpen) this.#count(failed);
      else if (!failed) this.#close();
    };
  }

  #count(failed: boolean): void {
    this.#failures = [...this.#failures, failed].slice(-this.#window);
    const { length } = this.#failures;
    if (length < CALLS || this.#failures.filter(Boolean).length < length / 2) return;
    this.#changes += 1;
    this.#probeAt = this.#now() + PROBE_MS;
    this.#opening.abort();
  }

  #close(): void {
    this.#changes += 1;
    this.#failures = [];
    this.#probeAt = undefined;
    this.#opening = new AbortController();
  }
}

const breakers = new WeakMap<object, Breaker>();

/**
 * The breaker of an account: one for all routes that it is in, and a new one when it is deployed anew. `now`: of a new one,
 * as for its constructor.
 */
export function breakerOf(account: object, now?: () => number): Breaker {
  const known = breakers.get(account) ?? new Breaker(now);
  breakers.set(account, known);
  return known;
}
