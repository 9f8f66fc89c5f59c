import type { DueReport, OutboxStore } from "./store.ts";

/**
 * What was handed on stays due on disk for this long. Should Node-RED be killed meanwhile, what the flow had only in memory
 * comes again after the restart: rather twice than never.
 */
const LINGER_MS = 250;

/** Marked in one go, so that they share the disk's time and nobody waits long for them. */
const TOGETHER = 100;

/** Results that were handed on and are not marked so yet, with the moment at which they may be. */
export class HandedOn {
  readonly #store: Pick<OutboxStore, "reported">;
  readonly #waiting = new Map<string, { report: DueReport; at: number }>();

  constructor(store: Pick<OutboxStore, "reported">) {
    this.#store = store;
  }

  /** Ids of their jobs. */
  get jobs(): ReadonlySet<string> {
    return new Set(this.#waiting.keys());
  }

  /** Milliseconds until the first of them may be marked; undefined when there is none. */
  get waitMs(): number | undefined {
    const [first] = this.#waiting.values();
    return first && Math.max(0, first.at - performance.now());
  }

  add(report: DueReport): void {
    this.#waiting.set(report.job, { report, at: performance.now() + LINGER_MS });
  }

  /** Marks those whose time has come, or all. Rejects when the store is away: then they are still to be marked. */
  async mark(all = false): Promise<void> {
    const now = performance.now();
    const ripe = [...this.#waiting.values()].filter(({ at }) => all || at <= now);
    while (ripe.length > 0) {
      await Promise.all(
        ripe.splice(0, TOGETHER).map(async ({ report }) => {
          await this.#store.reported(report, Date.now());
          this.#waiting.delete(report.job);
        }),
      );
    }
  }
}
