import { databaseError } from "./errors.ts";
import type { Database, Query } from "./database.ts";
import { land } from "./flights.ts";
import { abandonJobs } from "./unfinished.ts";
import { HEARTBEAT_SECONDS, type Leased, type Leases } from "./leases.ts";
import { hasLeftBehind } from "./reports.ts";
import type { StoreEvents } from "../store.ts";

export const BEAT_MS = 2000;

/** After so many good beats a trouble is over; what was under way when it began may fail until then. */
const WELL_BEATS = 3;

/** What a process does all the time: it shows that it lives, and looks for those that do not. */
export class Pulse {
  readonly #database: Database;
  readonly #schema: string;
  readonly #leases: Leases;
  readonly #events: StoreEvents;
  /** Since when no beat failed or came late. */
  #steadySince = performance.now();
  #lastBeat = performance.now();
  #isTroubled = false;
  #goodBeats = 0;

  constructor(database: Database, schema: string, leases: Leases, events: StoreEvents) {
    this.#database = database;
    this.#schema = schema;
    this.#leases = leases;
    this.#events = events;
  }

  /** One beat. Never rejects. */
  async beat(): Promise<void> {
    try {
      await this.#live();
      await this.#judge();
      this.#isTroubled = false;
      this.#goodBeats += 1;
      if (this.#goodBeats >= WELL_BEATS) this.#events.onWell?.();
    } catch (thrown) {
      this.#steadySince = Infinity;
      this.#goodBeats = 0;
      // Once per trouble.
      if (!this.#isTroubled) this.#events.onError?.(databaseError(thrown));
      this.#isTroubled = true;
    }
  }

  async #live(): Promise<void> {
    const { held } = this.#leases;
    if (held.length === 0) return;
    const isNeeded = await this.#needed(held.map(([, leased]) => leased));
    const ids = (needed: boolean) => held.filter(([, leased]) => isNeeded(leased) === needed).map(([id]) => id);
    await this.#leases.beat(ids(true), ids(false));
  }

  async #needed(leased: readonly Leased[]): Promise<(one: Leased) => boolean> {
    const found = await this.#database.query<{ claim: string | null; job: number | null }>(
      `SELECT DISTINCT claim, NULL::bigint AS job FROM ${this.#schema}.message WHERE state = 'sending' AND claim = ANY($1)
       UNION ALL SELECT NULL, id FROM ${this.#schema}.job WHERE id = ANY($2) AND NOT complete`,
      [
        leased.flatMap((one) => ("claim" in one ? [one.claim] : [])),
        leased.flatMap((one) => ("job" in one ? [one.job] : [])),
      ],
    );
    const claims = new Set(found.map(({ claim }) => claim));
    const jobs = new Set(found.map(({ job }) => job));
    return (one) => ("claim" in one ? claims.has(one.claim) : jobs.has(one.job));
  }

  /**
   * After the server was away, or we were asleep, the others' leases look as old as if they were dead: they are given the
   * time to speak up first.
   */
  async #judge(): Promise<void> {
    const now = performance.now();
    if (now - this.#lastBeat > HEARTBEAT_SECONDS * 500 || this.#steadySince === Infinity) this.#steadySince = now;
    this.#lastBeat = now;
    if (now - this.#steadySince > HEARTBEAT_SECONDS * 1000) await this.#leases.supervise();
    const isNews = await this.#database.transaction((query) => this.#takeLost(query));
    if (isNews || (await hasLeftBehind(this.#database.query.bind(this.#database), this.#schema)))
      this.#events.onWork?.();
  }

  /** What the dead had in hand: requests become orphans, what was being put goes, results are for the others to hand on. */
  async #takeLost(query: Query): Promise<boolean> {
    const lost = await this.#leases.lost(query);
    if (lost.length === 0) return false;
    const claims = lost.flatMap(({ leased }) => ("claim" in leased ? [leased.claim] : []));
    await orphan(query, this.#schema, claims);
    const jobs = lost.flatMap(({ leased }) => ("job" in leased ? [leased.job] : []));
    await abandonJobs(query, this.#schema, jobs);
    await letGoOfReports(
      query,
      this.#schema,
      lost.map(({ owner }) => owner),
    );
    return true;
  }
}

/** Nobody has a hold of these requests any more. */
export async function orphan(query: Query, schema: string, claims: readonly string[]): Promise<void> {
  await query(`UPDATE ${schema}.message SET orphaned = true WHERE state = 'sending' AND claim = ANY($1)`, [claims]);
  await land(query, schema, claims);
}

export async function letGoOfReports(query: Query, schema: string, owners: readonly string[]): Promise<void> {
  await query(`UPDATE ${schema}.job SET holder = NULL, held_until = NULL WHERE holder = ANY($1::uuid[])`, [owners]);
}
