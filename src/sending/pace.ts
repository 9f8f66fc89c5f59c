import { MessagingError } from "../error.ts";
import { queueFull } from "./queue-full.ts";
import { Queue } from "../queue.ts";
import { onAbort } from "./signals.ts";

export interface PaceOptions {
  /** Tasks at a time. */
  readonly concurrency?: number;
  /** Tasks begun within any second, fractions allowed; 0 for no limit. */
  readonly ratePerSecond?: number;
  /** Tasks that may wait, counted apart for urgent ones, so that a crowd never turns an alarm away. */
  readonly maxWaiting?: number;
}

export interface Turn {
  /** Takes the task out of the queue; one that has begun is not disturbed. */
  readonly signal?: AbortSignal | undefined;
  /** Goes before all that are not. */
  readonly priority?: "high" | undefined;
  /** Called when the task cannot begin at once. */
  readonly onWait?: () => void;
  /** Longest pause that it waits for, in milliseconds; any when absent. */
  readonly patienceMs?: number;
}

interface Waiting {
  readonly patienceMs: number;
  begin(slot: number): void;
  refuse(error: MessagingError): void;
}

/** A provider that asks for a longer pause, in milliseconds, is asked again after this. */
export const MAX_PAUSE_MS = 60_000;

/** Longest time that a timer can be set to. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Lets an account's requests go no faster than its limits, and in order. */
export class Pace {
  readonly #concurrency: number;
  readonly #maxWaiting: number;
  readonly #urgent = new Queue<Waiting>();
  readonly #usual = new Queue<Waiting>();
  /** When the latest tasks began, as a ring: as many as may begin within the window. */
  readonly #begun: Float64Array;
  readonly #windowMs: number;
  #next = 0;
  #running = 0;
  #pausedUntil = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;
  #onIdle: (() => void) | undefined;

  constructor({ concurrency = 10, ratePerSecond = 0, maxWaiting = 10_000 }: PaceOptions = {}) {
    this.#concurrency = concurrency;
    this.#maxWaiting = maxWaiting;
    // A whole rate may be used at once, then the second must pass; any other is spread evenly.
    const atOnce = Number.isInteger(ratePerSecond) ? ratePerSecond : 1;
    this.#begun = new Float64Array(atOnce).fill(-Infinity);
    this.#windowMs = ratePerSecond > 0 ? (1000 * atOnce) / ratePerSecond : 0;
  }

  /** Milliseconds until a pause is over; 0 when there is none. */
  get pausedForMs(): number {
    return Math.max(0, this.#pausedUntil - performance.now());
  }

  /**
   * Runs a task when it is its turn, and settles as it does. Rejects without running it with QUEUE_FULL when too many
   * wait, and with CANCELLED when the signal is aborted first or the pace is closed; both have outcome `not-sent`. A task that
   * comes to nothing calls `forgo`: it is no part of the rate then.
   */
  async run<T>(task: (forgo: () => void) => Promise<T>, turn: Turn = {}): Promise<T> {
    if (this.#closed) throw closed();
    if (turn.signal?.aborted) throw cancelled();
    const isFree = this.#waiting === 0 && this.#running < this.#concurrency && this.#delayMs() === 0;
    const slot = isFree ? this.#begin() : await this.#wait(turn);
    const begunAt = this.#begun[slot];
    try {
      return await task(() => {
        if (this.#begun[slot] === begunAt) this.#begun[slot] = -Infinity;
      });
    } finally {
      this.#running -= 1;
      this.#admit();
      if (this.#running === 0) this.#onIdle?.();
    }
  }

  /** Counts a request that a running task makes besides its first, such as a retry, so that the rate holds on average. */
  countRequest(): number {
    const slot = this.#next;
    this.#begun[slot] = performance.now();
    this.#next = (slot + 1) % (this.#begun.length || 1);
    return slot;
  }

  /** Lets no task begin before this moment (epoch milliseconds), as a provider's Retry-After asks. */
  pauseUntil(epochMs: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + epochMs - Date.now());
  }

  /** Refuses what waits and has no patience for a pause of so many milliseconds. */
  refuse(pauseMs: number, why: () => MessagingError): void {
    for (const queue of [this.#urgent, this.#usual]) {
      for (const one of queue.takeAll(({ patienceMs }) => patienceMs < pauseMs)) one.refuse(why());
    }
  }

  /** Refuses what waits and what comes; resolves when nothing runs any more. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  get #waiting(): number {
    return this.#urgent.size + this.#usual.size;
  }

  #wait({ signal, priority, onWait, patienceMs = Infinity }: Turn): Promise<number> {
    const queue = priority === "high" ? this.#urgent : this.#usual;
    if (queue.size >= this.#maxWaiting) throw queueFull(this.#maxWaiting, "account");
    onWait?.();
    return new Promise((resolve, reject) => {
      const leave = queue.push({
        patienceMs,
        begin: (slot) => (forget(), resolve(slot)),
        refuse: (error) => (forget(), reject(error)),
      });
      const cancel = () => (forget(), leave(), reject(cancelled()));
      const forget = signal ? onAbort(signal, cancel) : () => undefined;
      this.#admit();
    });
  }

  #admit(): void {
    while (this.#waiting > 0 && this.#running < this.#concurrency) {
      const delayMs = this.#delayMs();
      if (delayMs > 0) {
        this.#timer ??= setTimeout(() => this.#onTime(), Math.min(Math.ceil(delayMs), MAX_TIMER_MS));
        return;
      }
      const next = this.#urgent.shift() ?? this.#usual.shift();
      const slot = this.#begin();
      next?.begin(slot);
    }
  }

  #onTime(): void {
    this.#timer = undefined;
    this.#admit();
  }

  #begin(): number {
    this.#running += 1;
    return this.countRequest();
  }

  #delayMs(): number {
    const earliest = (this.#begun[this.#next] ?? -Infinity) + this.#windowMs;
    return Math.max(0, earliest - performance.now(), this.pausedForMs);
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    for (const queue of [this.#urgent, this.#usual]) {
      for (const one of queue.takeAll()) one.refuse(closed());
    }
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
  }
}

/** Ended by whoever asked for it, before anything was sent. */
export function cancelled(message = "Cancelled while it waited for its turn: it was not sent."): MessagingError {
  return new MessagingError(message, { code: "CANCELLED", outcome: "not-sent", retryable: false });
}

/** The account went away: the message is as good as before. */
export function closed(): MessagingError {
  const message = "The account was closed or deployed anew before this could be sent. Send it again.";
  return new MessagingError(message, { code: "CANCELLED", outcome: "not-sent" }, { kind: "accountClosed" });
}
