import { randomUUID } from "node:crypto";
import type { Db, PgBoss } from "pg-boss";
import type { Query } from "./database.ts";

/** What a lease is for: a request on its way, or a job that is still being put. */
export type Leased = { readonly claim: string } | { readonly job: number };

/** What pg-boss keeps of it. */
export interface Lost {
  readonly owner: string;
  readonly leased: Leased;
}

const LEASES = "leases";
const LOST = "lost-leases";

/** A process that did not speak for so long is taken for dead; pg-boss allows no less. */
export const HEARTBEAT_SECONDS = 10;

/** No request takes so long: a process that holds one for longer has lost its way. */
const EXPIRE_SECONDS = 900;

const PAGE = 100;

/** Leases that were not ours to fetch are removed; more than a few would mean that somebody else uses the queue. */
const MAX_STRANGERS = 10;

/**
 * Who is at work on what, as jobs of pg-boss: one for each request on its way, made in the transaction of the claim and
 * active from the start. The process that holds it touches it; when it stops, pg-boss fails the job, without a retry, into
 * the dead-letter queue, where the others find it.
 */
export class Leases {
  /** Of this process, for pg-boss's jobs and for reports that are being handed over. */
  readonly owner = randomUUID();
  readonly #boss: PgBoss;
  readonly #held = new Map<string, Leased>();

  constructor(boss: PgBoss) {
    this.#boss = boss;
  }

  /** Makes the queues, where they are not there. */
  async open(): Promise<void> {
    const kept = { retentionSeconds: 365 * 86_400 };
    await this.#boss.createQueue(LOST, { ...kept, retryLimit: 10 });
    const settings = { retryLimit: 0, heartbeatSeconds: HEARTBEAT_SECONDS, expireInSeconds: EXPIRE_SECONDS };
    await this.#boss.createQueue(LEASES, { ...kept, ...settings, deadLetter: LOST });
    // Made with other settings by another version.
    await this.#boss.updateQueue(LEASES, { ...settings, deadLetter: LOST });
  }

  /** A lease that stands with the transaction. `hold` must follow when it is committed. */
  async take(query: Query, leased: Leased): Promise<string> {
    const db = within(query);
    const id = await this.#boss.send(LEASES, { owner: this.owner, leased } satisfies Lost, { db });
    for (let strangers = 0; id !== null && strangers < MAX_STRANGERS; strangers++) {
      const [job] = await this.#boss.fetch(LEASES, { db });
      if (!job) break;
      if (job.id === id) return id;
      await this.#boss.deleteJob(LEASES, job.id, { db });
    }
    throw new Error("No lease could be had.");
  }

  /** From now on it is kept alive. */
  hold(id: string, leased: Leased): void {
    this.#held.set(id, leased);
  }

  /** What this process has a hold of now, by lease. */
  get held(): (readonly [string, Leased])[] {
    return [...this.#held];
  }

  get claims(): string[] {
    return this.held.flatMap(([, leased]) => ("claim" in leased ? [leased.claim] : []));
  }

  get jobs(): number[] {
    return this.held.flatMap(([, leased]) => ("job" in leased ? [leased.job] : []));
  }

  /** Keeps some alive and lets go of others. */
  async beat(needed: readonly string[], over: readonly string[]): Promise<void> {
    if (needed.length > 0) await this.#boss.touch(LEASES, [...needed]);
    if (over.length > 0) await this.#boss.deleteJob(LEASES, [...over]);
    for (const id of over) this.#held.delete(id);
  }

  /** Lets go of all, within the transaction. */
  async release(query: Query): Promise<void> {
    const ids = [...this.#held.keys()];
    if (ids.length > 0) await this.#boss.deleteJob(LEASES, ids, { db: within(query) });
  }

  /** Makes pg-boss look for those that were not touched in time. */
  async supervise(): Promise<void> {
    await this.#boss.supervise(LEASES);
  }

  /** Takes the lost ones out of the dead-letter queue, within the transaction. */
  async lost(query: Query): Promise<Lost[]> {
    const db = within(query);
    const jobs = await this.#boss.fetch<Lost>(LOST, { db, batchSize: PAGE });
    if (jobs.length > 0) {
      await this.#boss.deleteJob(
        LOST,
        jobs.map(({ id }) => id),
        { db },
      );
    }
    return jobs.map(({ data }) => data);
  }
}

/** Lets pg-boss work inside our transaction. */
function within(query: Query): Db {
  return { executeSql: async (text, values) => ({ rows: await query(text, values) }) };
}
