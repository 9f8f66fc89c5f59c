import type { Progress } from "../result.ts";

export type OnProgress = (progress: Progress) => void;

/** What became of the recipients so far. */
export type Counts = Pick<Progress, "done" | "accepted" | "rejected" | "failed">;

const EVERY_MS = 200;

/** Tells how far a send is, not more often than a person can read. */
export class ProgressReport {
  readonly #total: number;
  readonly #tell: OnProgress | undefined;
  readonly #startedAt = performance.now();
  #toldAt = -Infinity;

  constructor(total: number, tell: OnProgress | undefined) {
    this.#total = total;
    this.#tell = tell;
  }

  /** After each request; the end tells itself. */
  after(counts: Counts): void {
    if (performance.now() - this.#toldAt >= EVERY_MS && counts.done < this.#total) this.#report(counts);
  }

  end(counts: Counts): void {
    this.#report(counts);
  }

  #report(counts: Counts): void {
    if (!this.#tell) return;
    this.#toldAt = performance.now();
    const seconds = Math.max(this.#toldAt - this.#startedAt, 1) / 1000;
    const perSecond = counts.done / seconds;
    const left = Math.max(0, this.#total - counts.done);
    this.#tell({
      ...counts,
      total: this.#total,
      perSecond: Math.round(perSecond * 10) / 10,
      etaSeconds: perSecond > 0 ? Math.ceil(left / perSecond) : 0,
    });
  }
}
