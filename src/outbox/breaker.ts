/** The latest calls that count. */
const WINDOW = 20;

/** Fewer say nothing. */
const LEAST = 10;

/** While it is open, one call in this time finds out whether the trouble is over. */
const PROBE_MS = 30_000;

/**
 * Holds an account's messages back while it is in trouble: in an outage each try would only cost time, or leave one more
 * message in doubt. Opens when half of at least ten calls failed for reasons of the account or its transport.
 */
export class Breaker {
  #calls: boolean[] = [];
  #openUntil = 0;
  #isOpen = false;

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Milliseconds until the next call may be made. */
  waitMs(now: number): number {
    return this.#isOpen ? Math.max(0, this.#openUntil - now) : 0;
  }

  /** Counts a call's end; true when that opens it. */
  count(isTrouble: boolean, now: number): boolean {
    if (this.#isOpen) {
      if (isTrouble) this.#openUntil = now + PROBE_MS;
      else this.reset();
      return false;
    }
    this.#calls = [...this.#calls, isTrouble].slice(-WINDOW);
    const failed = this.#calls.filter(Boolean).length;
    if (this.#calls.length < LEAST || failed * 2 < this.#calls.length) return false;
    this.#isOpen = true;
    this.#openUntil = now + PROBE_MS;
    return true;
  }

  /** As if nothing had happened. */
  reset(): void {
    this.#calls = [];
    this.#isOpen = false;
    this.#openUntil = 0;
  }
}
