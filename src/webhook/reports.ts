import type { StatusReport } from "../result.ts";

type Listener = (report: StatusReport) => void;

/** Delivery reports on their way to whoever waits for one in this process, such as a check that follows a message. */
export class Reports {
  readonly #listeners = new Set<Listener>();

  publish(report: StatusReport): void {
    for (const listener of this.#listeners) listener(report);
  }

  /** Returns what ends the listening. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  get size(): number {
    return this.#listeners.size;
  }
}

/** Those of this process. */
export const reports = new Reports();
