import type { EmailMessage, SmsMessage } from "../../message.ts";
import type { Sharer } from "../sent.ts";
import { MAX_UNDER_WAY } from "../bounds.ts";
import { STATES, type State } from "../states.ts";
import type { Chunk, Job, ListedRow, Row, StoredReply } from "../job.ts";
import type { DueReport, ReadyQuery } from "../store.ts";
import {
  asJob,
  asListedRow,
  asRow,
  LISTED_COLUMNS,
  ROW_COLUMNS,
  type JobRecord,
  type ListedRecord,
  type RowRecord,
} from "./records.ts";
import type { Tables } from "./tables.ts";

/** Rows whose time has come and that are made ready at once. */
const MAX_RIPE = 1000;

/** What can be found. */
export class Reads {
  readonly #tables: Tables;
  readonly #session: string;

  constructor(tables: Tables, session: string) {
    this.#tables = tables;
    this.#session = session;
  }

  targets(): { target: string; nextAt: number }[] {
    const nextAt = new Map<string, number>();
    const later = "rows INDEXED BY rows_later WHERE state = 'queued' AND next_at > 0";
    for (const target of this.#targetsOf(later)) {
      const sql = `SELECT min(next_at) AS at FROM ${later} AND target = ?`;
      nextAt.set(target, this.#tables.get<{ at: number }>(sql, target)?.at ?? 0);
    }
    const now = "rows INDEXED BY rows_ready WHERE state = 'queued' AND next_at = 0";
    for (const target of this.#targetsOf(now)) nextAt.set(target, 0);
    return [...nextAt].map(([target, at]) => ({ target, nextAt: at }));
  }

  ready(target: string, { now, chunkSize, limit, highOnly, inHand }: ReadyQuery): Chunk[] {
    this.#ripen(target, now);
    const chunks: { job: Chunk["job"]; rows: Row[] }[] = [];
    const ofJob = new Map<number, number>();
    const count = (job: number) => ofJob.set(job, (ofJob.get(job) ?? 0) + 1);
    for (const job of inHand.values()) count(Number(job));
    for (const record of this.#queue(target, now, highOnly, (job) => (ofJob.get(job) ?? 0) >= MAX_UNDER_WAY)) {
      if (inHand.has(String(record.id))) continue;
      const last = chunks.at(-1);
      if (last?.job.id === String(record.job) && last.rows.length < chunkSize) last.rows.push(asRow(record));
      else if (chunks.length >= limit) break;
      else {
        const { row, job } = asListedRow(record);
        chunks.push({ job, rows: [row] });
      }
      count(record.job);
    }
    return chunks;
  }

  orphans(limit: number): Row[] {
    return this.#rows("rows WHERE state = 'sending' AND session IS NOT ? ORDER BY id LIMIT ?", this.#session, limit);
  }

  overdue(now: number, limit: number): Row[] {
    const expiring = "rows INDEXED BY rows_expiring WHERE state = 'queued'";
    return this.#rows(`${expiring} AND expires_at <= ? ORDER BY expires_at LIMIT ?`, now, limit);
  }

  sharers(reference: string, to: readonly string[]): Sharer[] {
    const records = this.#tables.all<{
      id: number;
      recipient: string;
      provider_id: string | null;
      message: string | null;
    }>(
      `SELECT sent.row AS id, sent.recipient, sent.provider_id, rows.message FROM sent LEFT JOIN rows ON rows.id = sent.row
       WHERE sent.reference = ?1 AND sent.recipient IN (SELECT value FROM json_each(?2))
       UNION ALL SELECT id, recipient, NULL, message FROM rows INDEXED BY rows_state
       WHERE state IN ('sending', 'uncertain') AND reference = ?1 AND recipient IN (SELECT value FROM json_each(?2))
         AND id NOT IN (SELECT row FROM sent WHERE reference = ?1)`,
      ...[reference, JSON.stringify(to)],
    );
    return records.map(({ id, recipient, provider_id: known, message }) => ({
      row: String(id),
      to: recipient,
      ...(known !== null && { id: known }),
      ...(message !== null && { message: JSON.parse(message) as SmsMessage | EmailMessage }),
    }));
  }

  doubtful(now: number, limit: number): ListedRow[] {
    const asked = "rows.state = 'uncertain' AND rows.next_at IS NOT NULL";
    return this.#listed(`${asked} AND rows.next_at <= ? ORDER BY rows.next_at LIMIT ?`, [now, limit], "rows_doubtful");
  }

  due(nodes: readonly string[], limit: number, except: ReadonlySet<string> = new Set()): DueReport[] {
    const records = nodes.flatMap((node) =>
      this.#tables.all<{ id: number; node: string; version: number; told: number; settled_at: number }>(
        "SELECT id, node, version, told, settled_at FROM jobs WHERE due = 1 AND node = ? ORDER BY settled_at LIMIT ?",
        // Those left out are among the oldest.
        ...[node, limit + except.size],
      ),
    );
    return records
      .filter(({ id }) => !except.has(String(id)))
      .sort((one, other) => one.settled_at - other.settled_at || one.id - other.id)
      .slice(0, limit)
      .map(({ id, node, version, told }) => ({ job: String(id), node, version, revised: told === 2 }));
  }

  job(id: string): { job: Job; replies: StoredReply[] } | undefined {
    const record = this.#tables.get<JobRecord>("SELECT * FROM jobs WHERE id = ?", Number(id));
    if (!record) return undefined;
    const replies = this.#tables.all<{ reply: string }>(
      "SELECT reply FROM replies WHERE job = ? ORDER BY id",
      Number(id),
    );
    return { job: asJob(record), replies: replies.map(({ reply }) => JSON.parse(reply) as StoredReply) };
  }

  rows(job: string, fromPlace: number, limit: number): Row[] {
    return this.#rows("rows WHERE job = ? AND place >= ? ORDER BY place LIMIT ?", Number(job), fromPlace, limit);
  }

  row(id: string): ListedRow | undefined {
    return /^\d{1,16}$/.test(id) ? this.#listed("rows.id = ?", [Number(id)])[0] : undefined;
  }

  counts(): Record<State, number> {
    const known = this.#tables.all<{ state: State; rows: number }>(
      "SELECT state, count(*) AS rows FROM rows GROUP BY state",
    );
    const counts = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<State, number>;
    for (const { state, rows } of known) counts[state] = rows;
    return counts;
  }

  list({ state, limit, offset }: { state?: State; limit: number; offset: number }): ListedRow[] {
    const order = "ORDER BY rows.id DESC LIMIT ? OFFSET ?";
    return state === undefined
      ? this.#listed(`true ${order}`, [limit, offset])
      : this.#listed(`rows.state = ? ${order}`, [state, limit, offset]);
  }

  /** Jobs of which not all rows came, as Node-RED ended meanwhile. */
  unfinished(): number[] {
    return this.#tables.all<{ id: number }>("SELECT id FROM jobs WHERE complete = 0").map(({ id }) => id);
  }

  /** What was to wait is ready when its time has come: then it goes by its place in the queue as all others. */
  #ripen(target: string, now: number): void {
    this.#tables.run(
      `UPDATE rows SET next_at = 0 WHERE id IN (
         SELECT id FROM rows WHERE state = 'queued' AND next_at > 0 AND target = ? AND next_at <= ? ORDER BY next_at LIMIT ?)`,
      ...[target, now, MAX_RIPE],
    );
  }

  /** What can be sent, in its order. Of a job that is full when its next row comes, all the others are jumped over. */
  *#queue(target: string, now: number, highOnly: boolean, isFull: (job: number) => boolean): Generator<ListedRecord> {
    for (const high of highOnly ? [1] : [1, 0]) {
      let job: number | undefined = 0;
      while (job !== undefined) job = yield* this.#behind(job, { target, now, high, isFull });
    }
  }

  /** Ends with the job that was full, if one was. */
  *#behind(
    job: number,
    { target, now, high, isFull }: { target: string; now: number; high: number; isFull: (job: number) => boolean },
  ): Generator<ListedRecord, number | undefined> {
    const records = this.#tables.each<ListedRecord>(
      `SELECT ${LISTED_COLUMNS} FROM rows INDEXED BY rows_ready JOIN jobs ON jobs.id = rows.job
       WHERE rows.state = 'queued' AND rows.next_at = 0 AND rows.target = ? AND rows.high = ? AND rows.job > ?
         AND rows.expires_at > ? AND jobs.complete = 1
       ORDER BY rows.job, rows.place`,
      ...[target, high, job, now],
    );
    for (const record of records) {
      if (isFull(record.job)) return record.job;
      yield record;
    }
    return undefined;
  }

  /** Each once, found by jumps through the index: it may have a hundred thousand entries for each. */
  #targetsOf(rows: string): string[] {
    const found: string[] = [];
    const sql = `SELECT min(target) AS target FROM ${rows} AND target > ?`;
    for (let last = ""; ;) {
      const next = this.#tables.get<{ target: string | null }>(sql, last)?.target;
      if (typeof next !== "string") return found;
      found.push(next);
      last = next;
    }
  }

  #rows(which: string, ...values: (string | number)[]): Row[] {
    return this.#tables.all<RowRecord>(`SELECT ${ROW_COLUMNS} FROM ${which}`, ...values).map(asRow);
  }

  #listed(condition: string, values: (string | number)[], index = ""): ListedRow[] {
    const rows = index ? `rows INDEXED BY ${index}` : "rows";
    const sql = `SELECT ${LISTED_COLUMNS} FROM ${rows} JOIN jobs ON jobs.id = rows.job WHERE ${condition}`;
    return this.#tables.all<ListedRecord>(sql, ...values).map(asListedRow);
  }
}
