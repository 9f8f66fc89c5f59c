import { backoffMs } from "./backoff.ts";

/** Jobs whose result could not be made: each is left out for a while, ever longer, so that those of the others go on. */
export class PutOff {
  readonly #jobs = new Map<string, { tries: number; until: number }>();

  /** Ids of those that are left out now. */
  get jobs(): string[] {
    const now = performance.now();
    return [...this.#jobs].filter(([, { until }]) => until > now).map(([job]) => job);
  }

  /** Milliseconds until this one is to be tried again. */
  add(job: string): number {
    const tries = (this.#jobs.get(job)?.tries ?? 0) + 1;
    const waitMs = backoffMs(tries, 1);
    this.#jobs.set(job, { tries, until: performance.now() + waitMs });
    return waitMs;
  }

  /** Its result was made. Whether it had been put off. */
  delete(job: string): boolean {
    return this.#jobs.delete(job);
  }
}
