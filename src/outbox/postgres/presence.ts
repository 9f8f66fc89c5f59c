import { randomUUID } from "node:crypto";
import type { Query } from "./database.ts";

/** This process, whatever is deployed in it: results go back to where their messages came from. */
export const HERE = randomUUID();

/** Whoever was not seen for so long at what it does there, is taken to have gone. */
const GONE_SECONDS = 15;

/** How often it is written that we are there; a sweep of the outbox comes every 5 s. */
const WRITE_MS = 4000;

export const ofNode = (node: string) => `node ${node}`;
export const ofTarget = (target: string) => `target ${target}`;

/** Which process takes the results of which nodes, and sends through which accounts. */
export class Presence {
  readonly #schema: string;
  readonly #home: string;
  /** When it was written last that we are there for it, milliseconds of the process. */
  readonly #written = new Map<string, number>();

  constructor(schema: string, home: string) {
    this.#schema = schema;
    this.#home = home;
  }

  /** To be called again and again while we are there for these. */
  async tell(query: Query, whats: readonly string[]): Promise<void> {
    const now = performance.now();
    const due = whats.filter((what) => now - (this.#written.get(what) ?? -Infinity) > WRITE_MS).sort();
    if (due.length === 0) return;
    await query(
      `INSERT INTO ${this.#schema}.presence (home, what, seen_at) SELECT $1, what, now() FROM unnest($2::text[]) what
       ON CONFLICT (home, what) DO UPDATE SET seen_at = EXCLUDED.seen_at`,
      [this.#home, due],
    );
    for (const what of due) this.#written.set(what, now);
  }

  /** Whether another process is there for it. */
  async isElsewhere(query: Query, what: string): Promise<boolean> {
    const found = await query(
      `SELECT 1 FROM ${this.#schema}.presence p WHERE p.what = $1 AND p.home <> $2 AND ${isThere("p")} LIMIT 1`,
      [what, this.#home],
    );
    return found.length > 0;
  }
}

/** Of a row of the table `presence`. */
export function isThere(alias: string): string {
  return `${alias}.seen_at > now() - interval '${GONE_SECONDS} s'`;
}

/** Processes that are long gone. */
export async function forgetGone(query: Query, schema: string): Promise<void> {
  await query(`DELETE FROM ${schema}.presence WHERE seen_at < now() - interval '1 day'`);
}
