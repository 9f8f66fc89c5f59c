import { MessagingError } from "../../error.ts";
import { isSent } from "../is-sent.ts";
import type { NewJob, NewRow, StoredReply } from "../job.ts";
import type { Claim, Claimed, Move, Put } from "../store.ts";
import { checksumOf } from "./records.ts";
import type { Sent } from "./sent.ts";
import type { Settling } from "./settling.ts";
import type { Tables } from "./tables.ts";
import type { Tally } from "./tally.ts";

/** What bounds the store. */
export interface Bounds {
  readonly maxMessages: number;
  readonly dedupeWindowMs: number;
  /** Pages of the file beyond which nothing new is taken in; the rest is for what is there already. */
  readonly maxPages: number;
}

/** Settled jobs that make room for a new one at a time. */
const MAKE_ROOM = 200;

/** What comes in and what becomes of it. Each is called within a transaction. */
export class Writes {
  readonly #tables: Tables;
  readonly #tally: Tally;
  readonly #settling: Settling;
  readonly #sent: Sent;
  readonly #bounds: Bounds;
  /** Tells the claims of this opening from earlier ones. */
  readonly #session: string;

  constructor(
    tables: Tables,
    tally: Tally,
    settling: Settling,
    { sent, bounds, session }: { sent: Sent; bounds: Bounds; session: string },
  ) {
    this.#tables = tables;
    this.#tally = tally;
    this.#settling = settling;
    this.#sent = sent;
    this.#bounds = bounds;
    this.#session = session;
  }

  put(job: NewJob, rows: readonly NewRow[], more = false): Put {
    const { dedupeKey, createdAt } = job;
    const first = dedupeKey === undefined ? undefined : this.#settling.holder(dedupeKey, createdAt);
    if (first !== undefined) return this.#putDuplicate(job, first);
    this.#refuseIfFull(this.#tally.waiting + job.total);
    const id = this.#insertJob(job, { complete: !more });
    if (dedupeKey !== undefined) this.#settling.hold(dedupeKey, id, createdAt + this.#bounds.dedupeWindowMs);
    this.#insertRows(id, job, 0, rows);
    if (!more) this.#settling.reconsider(id, createdAt);
    return { job: String(id) };
  }

  append(job: string, firstPlace: number, rows: readonly NewRow[], more: boolean): void {
    const id = Number(job);
    const unfinished = this.#tables.get<{ target: string; high: number; created_at: number; expires_at: number }>(
      "SELECT target, high, created_at, expires_at FROM jobs WHERE id = ? AND complete = 0",
      id,
    );
    if (!unfinished) throw new Error("There is no such unfinished job.");
    const { target, high, created_at: createdAt, expires_at: expiresAt } = unfinished;
    this.#refuseIfFull(this.#tally.waiting + rows.length);
    this.#insertRows(id, { target, priority: high === 1 ? "high" : "normal", createdAt, expiresAt }, firstPlace, rows);
    if (more) return;
    this.#tables.run("UPDATE jobs SET complete = 1 WHERE id = ?", id);
    this.#settling.reconsider(id, createdAt);
  }

  abandon(job: string): void {
    const id = Number(job);
    if (!this.#tables.get("SELECT id FROM jobs WHERE id = ? AND complete = 0", id)) return;
    this.#settling.remove(id);
    this.#tally.recount();
  }

  claim({ rows, attempts, claim, reference, at }: Claim): Claimed {
    for (const [index, row] of rows.entries()) {
      const changed = this.#tables.run(
        `UPDATE rows SET state = 'sending', claim = ?, session = ?, reference = ?, claimed_at = ?, attempts = attempts + 1,
           next_at = NULL, updated_at = ?
         WHERE id = ? AND state = 'queued' AND expires_at > ? AND attempts = coalesce(?, attempts)`,
        ...[claim, this.#session, reference ?? null, at, at, Number(row), at, attempts?.[index] ?? null],
      );
      if (changed === 0) return "lost";
    }
    return "claimed";
  }

  move(moves: readonly Move[], at: number, reply?: { readonly job: string; readonly reply: StoredReply }): boolean[] {
    const touched = new Set<number>();
    const made = moves.map((move) => {
      const job = this.#moveOne(move, at);
      if (job !== undefined) touched.add(job);
      return job !== undefined;
    });
    if (reply && made.includes(true)) {
      const { job, reply: kept } = reply;
      this.#tables.run("INSERT INTO replies (job, reply) VALUES (?, ?)", Number(job), JSON.stringify(kept));
    }
    for (const job of touched) this.#settling.reconsider(job, at);
    this.#keepSent(
      moves.filter((_, index) => made[index]),
      touched,
      at,
    );
    return made;
  }

  #keepSent(made: readonly Move[], jobs: Iterable<number>, at: number): void {
    const sent = made.filter(isSent);
    // What is left of the file then is for what becomes of messages.
    if (sent.length === 0 || this.#pages() > this.#bounds.maxPages) return;
    for (const { row, set } of sent) this.#sent.keep(Number(row), set?.outcome, at);
    for (const job of jobs) this.#sent.keepJob(job, at);
  }

  /** The change, if the row still is as it was believed to be; then its job's id. */
  #moveOne({ row, from, claim, to, nextAt, set = {} }: Move, at: number): number | undefined {
    const { doubts, possibleDuplicate, expiresAt, outcome } = set;
    const changed = this.#tables.get<{ job: number }>(
      `UPDATE rows SET state = ?, next_at = ?, updated_at = ?, doubts = coalesce(?, doubts),
         possible_duplicate = coalesce(?, possible_duplicate), expires_at = coalesce(?, expires_at),
         outcome = coalesce(?, outcome)
       WHERE id = ? AND state = ? AND (?10 IS NULL OR claim = ?10)
       RETURNING job`,
      ...[to, nextAt ?? (to === "queued" ? 0 : null), at, doubts ?? null],
      ...[possibleDuplicate === undefined ? null : Number(possibleDuplicate), expiresAt ?? null],
      ...[outcome ? JSON.stringify(outcome) : null, Number(row), from, claim ?? null],
    );
    if (changed) this.#tally.moved(from, to);
    return changed?.job;
  }

  #putDuplicate(job: NewJob, first: number): Put {
    const sql = "SELECT count(*) AS waiting FROM jobs WHERE duplicate_of IS NOT NULL AND told = 0";
    this.#refuseIfFull((this.#tables.get<{ waiting: number }>(sql)?.waiting ?? 0) + 1);
    const id = this.#insertJob(job, { complete: true, duplicateOf: first });
    this.#settling.reconsiderDuplicates(first, job.createdAt);
    return { job: String(id), duplicateOf: String(first) };
  }

  #insertJob(job: NewJob, { complete, duplicateOf }: { complete: boolean; duplicateOf?: number }): number {
    const { node, target, provider, account, channel, priority, options, properties, about, dedupeKey } = job;
    return this.#tables.insert(
      `INSERT INTO jobs (node, target, provider, account, channel, high, options, properties, about, dedupe_key,
         duplicate_of, created_at, expires_at, total, complete)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[node, target, provider, account, channel, Number(priority === "high"), JSON.stringify(options), properties],
      ...[JSON.stringify(about), dedupeKey ?? null, duplicateOf ?? null, job.createdAt, job.expiresAt, job.total],
      Number(complete),
    );
  }

  #insertRows(
    id: number,
    job: Pick<NewJob, "target" | "priority" | "createdAt" | "expiresAt">,
    firstPlace: number,
    rows: readonly NewRow[],
  ): void {
    for (const [index, row] of rows.entries()) {
      const [state, message, nextAt, outcome] =
        "message" in row
          ? (["queued", JSON.stringify(row.message), 0, null] as const)
          : (["failed", null, null, JSON.stringify(row.outcome)] as const);
      this.#tables.run(
        `INSERT INTO rows (job, place, target, high, state, recipient, message, checksum, next_at, expires_at, outcome,
           created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[id, firstPlace + index, job.target, Number(job.priority === "high"), state, row.to, message],
        ...[checksumOf(row.to, message), nextAt, job.expiresAt, outcome, job.createdAt, job.createdAt],
      );
      this.#tally.add(state);
    }
  }

  #refuseIfFull(waiting: number): void {
    const { maxMessages, maxPages } = this.#bounds;
    if (waiting > maxMessages) throw full(maxMessages);
    if (this.#pages() <= maxPages) return;
    this.#sent.forget(0, 0);
    if (this.#pages() <= maxPages) return;
    this.#settling.forgetOldest(MAKE_ROOM);
    if (this.#pages() > maxPages) throw noSpace();
  }

  /** Pages of the file that hold something. */
  #pages(): number {
    const count = this.#tables.get<{ page_count: number }>("PRAGMA page_count")?.page_count ?? 0;
    const free = this.#tables.get<{ freelist_count: number }>("PRAGMA freelist_count")?.freelist_count ?? 0;
    return count - free;
  }
}

function full(maxMessages: number): MessagingError {
  const message =
    `The outbox is full: ${maxMessages} messages are waiting in it. This one was not stored and not sent. ` +
    "Send it again later, send less, or raise the outbox's limit.";
  return new MessagingError(message, { code: "QUEUE_FULL", outcome: "not-sent" });
}

/** The file is as large as it may become, or the disk is full. */
export function noSpace(): MessagingError {
  const message =
    "The outbox has no more space on its disk. This message was not stored and not sent. " +
    "Make room on the disk, or decide on the uncertain messages in the outbox's list; then send it again.";
  return new MessagingError(message, { code: "QUEUE_FULL", outcome: "not-sent" });
}
