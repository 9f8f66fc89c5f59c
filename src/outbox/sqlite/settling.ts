import type { Tables } from "./tables.ts";

/** Has something left to do. As in the index `rows_open`. */
const OPEN = "state IN ('queued', 'sending') OR (state = 'uncertain' AND next_at IS NOT NULL)";

/** Rows removed in one transaction, so that others need not wait long. */
const MAX_REMOVED = 2000;

/** When a job is due for its report, who waits for it, and when it is forgotten. Each is called within a transaction. */
export class Settling {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** Sees whether a job is due, or is not any more, after something of it changed. */
  reconsider(job: number, at: number): void {
    const { told = 0 } = this.#tables.get<{ told: number }>("SELECT told FROM jobs WHERE id = ?", job) ?? {};
    const isOpen = this.#isOpen(job);
    const isDue = !isOpen && (told === 0 || (told === 2 && !this.#isInDoubt(job)));
    this.#tables.run(
      "UPDATE jobs SET version = version + 1, due = ?, settled_at = ? WHERE id = ?",
      ...[Number(isDue), isOpen ? null : at, job],
    );
    if (!isOpen && !this.#has(job, "doubts > 0 OR state IN ('accepted', 'uncertain')")) {
      this.#tables.run("DELETE FROM keys WHERE job = ?", job);
    }
    this.reconsiderDuplicates(job, at);
  }

  /** Those that wait for a job's result are due as soon as it is settled. */
  reconsiderDuplicates(first: number, at: number): void {
    const isOpen = this.#isOpen(first);
    this.#tables.run(
      "UPDATE jobs SET due = ?, settled_at = ? WHERE duplicate_of = ? AND told = 0",
      ...[isOpen ? 0 : 1, isOpen ? null : at, first],
    );
  }

  reported({ job, version }: { readonly job: string; readonly version: number }, at: number): void {
    const id = Number(job);
    const isLatest = this.#tables.run(
      "UPDATE jobs SET due = 0, settled_at = ?, told = ? WHERE id = ? AND version = ?",
      ...[at, this.#isInDoubt(id) ? 2 : 1, id, version],
    );
    // What was handed over had recipients in doubt, as only those can change afterwards.
    if (isLatest === 0) this.#tables.run("UPDATE jobs SET told = 2 WHERE id = ? AND told = 0", id);
  }

  /** The job that has this dedupe key: as long as it is unsettled, and until the window is over. */
  holder(key: string, now: number): number | undefined {
    const held = this.#tables.get<{ job: number; held_until: number }>(
      "SELECT job, held_until FROM keys WHERE key = ?",
      key,
    );
    return held && (held.held_until > now || this.#isOpen(held.job)) ? held.job : undefined;
  }

  hold(key: string, job: number, until: number): void {
    this.#tables.run("INSERT OR REPLACE INTO keys (key, job, held_until) VALUES (?, ?, ?)", key, job, until);
  }

  /** Removes what settled before this moment, a step at a time: true when there is more. */
  prune(settledBefore: number, unreportedBefore: number): boolean {
    // Nothing of it is left undecided, and nobody waits for it any more.
    const old = this.#tables.each<{ id: number; total: number }>(
      `SELECT id, total FROM jobs
       WHERE settled_at < max(?1, ?2) AND settled_at < CASE WHEN told = 1 THEN ?1 ELSE ?2 END
         AND NOT EXISTS (SELECT 1 FROM rows INDEXED BY rows_uncertain WHERE job = jobs.id AND state = 'uncertain')
         AND NOT EXISTS (SELECT 1 FROM jobs AS other WHERE other.duplicate_of = jobs.id AND other.told = 0)
       ORDER BY settled_at`,
      ...[settledBefore, unreportedBefore],
    );
    return this.#removeSome(old);
  }

  /** Makes room: the oldest that are settled and reported go before their time, but for those that hold a dedupe key. */
  forgetOldest(limit: number): void {
    this.#removeSome(
      this.#tables.each<{ id: number; total: number }>(
        `SELECT id, total FROM jobs
         WHERE settled_at IS NOT NULL AND told = 1 AND NOT EXISTS (SELECT 1 FROM keys WHERE job = jobs.id)
           AND NOT EXISTS (SELECT 1 FROM jobs AS other WHERE other.duplicate_of = jobs.id AND other.told = 0)
         ORDER BY settled_at LIMIT ?`,
        limit,
      ),
    );
  }

  remove(job: number): void {
    for (const table of ["rows", "replies", "keys"]) this.#tables.run(`DELETE FROM ${table} WHERE job = ?`, job);
    this.#tables.run("DELETE FROM jobs WHERE id = ? OR duplicate_of = ?", job, job);
  }

  /** Removes jobs until it was enough for one transaction: true then. */
  #removeSome(jobs: Iterable<{ id: number; total: number }>): boolean {
    const some: number[] = [];
    let rows = 0;
    for (const { id, total } of jobs) {
      some.push(id);
      rows += total + 1;
      if (rows >= MAX_REMOVED) break;
    }
    for (const id of some) this.remove(id);
    return rows >= MAX_REMOVED;
  }

  #isOpen(job: number): boolean {
    return (
      this.#has(job, OPEN) || this.#tables.get("SELECT 1 FROM jobs WHERE id = ? AND complete = 0", job) !== undefined
    );
  }

  #isInDoubt(job: number): boolean {
    const sql = "SELECT 1 FROM rows INDEXED BY rows_uncertain WHERE job = ? AND state = 'uncertain' LIMIT 1";
    return this.#tables.get(sql, job) !== undefined;
  }

  #has(job: number, condition: string): boolean {
    return this.#tables.get(`SELECT 1 FROM rows WHERE job = ? AND (${condition}) LIMIT 1`, job) !== undefined;
  }
}
