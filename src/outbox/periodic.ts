import { onAbort } from "../sending/signals.ts";

/** Does a piece of work again and again, with a pause after each, until the signal is aborted. */
export class Periodic {
  readonly #work: () => Promise<void>;
  readonly #everyMs: number;
  readonly #signal: AbortSignal;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Whether its next time came while it was at work. */
  #again = false;
  /** Epoch milliseconds. */
  #nextAt = Infinity;

  constructor(everyMs: number, signal: AbortSignal, work: () => Promise<void>) {
    this.#work = work;
    this.#everyMs = everyMs;
    this.#signal = signal;
    onAbort(signal, () => clearTimeout(this.#timer));
  }

  /** Begins with the first time, now. */
  start(): void {
    clearTimeout(this.#timer);
    this.#nextAt = Infinity;
    this.#again = this.#running !== undefined;
    if (this.#signal.aborted || this.#running) return;
    this.#running = this.#work().finally(() => {
      this.#running = undefined;
      this.by(Date.now() + (this.#again ? 0 : this.#everyMs));
    });
  }

  /** Sees to it that the next time is at this moment (epoch milliseconds) or before. */
  by(at: number): void {
    if (this.#signal.aborted || at >= this.#nextAt) return;
    this.#nextAt = at;
    clearTimeout(this.#timer);
    // Timers may be early by a part of a millisecond, and then nothing is due.
    this.#timer = setTimeout(() => this.start(), Math.max(0, at - Date.now()) + 2);
    this.#timer.unref();
  }

  /** Resolves when it is not at work. */
  async idle(): Promise<void> {
    await this.#running;
  }
}
