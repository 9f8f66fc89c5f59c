import { createHash } from "node:crypto";
import { MessagingError } from "../../error.ts";
import type { Query } from "./database.ts";
import { settle, settleDuplicates } from "./settling.ts";
import { toFacts, toPriority } from "./records.ts";
import type { NewJob, NewRow } from "../job.ts";
import type { StoreOptions } from "../store.ts";

/** Which process puts, and what the store must know. */
export interface PutOptions extends StoreOptions {
  readonly home: string;
}

/** What `put` wrote. */
export interface Written {
  readonly job: number;
  readonly duplicateOf?: number;
}

/** Rows in one statement. */
const PAGE = 1000;

const SLOTS = 8;

const DAY_MS = 86_400_000;

/** Any number that nobody else is likely to lock. */
const LOCK = 7_264_819_036;

/** Adds to the number of those that wait. Spread over several rows, so that transactions do not queue for one. */
export async function addWaiting(query: Query, schema: string, number: number): Promise<void> {
  if (number === 0) return;
  const slot = Math.floor(Math.random() * SLOTS);
  await query(`UPDATE ${schema}.waiting SET number = number + $2 WHERE slot = $1`, [slot, number]);
}

/** Rejects with QUEUE_FULL when so many more cannot wait. */
export async function ensureRoom(query: Query, schema: string, more: number, { maxMessages }: StoreOptions) {
  // Of what is small and far from the bound, several may be written side by side.
  const isClose = async () => (await waiting(query, schema)) + more > maxMessages * 0.9;
  if (more > maxMessages / 100 || (await isClose()))
    await query("SELECT pg_advisory_xact_lock($1, $2)", lockOf(schema));
  if ((await waiting(query, schema)) + more > maxMessages) throw full(maxMessages);
}

async function waiting(query: Query, schema: string): Promise<number> {
  const [sum] = await query<{ number: number }>(`SELECT sum(number)::float8 AS number FROM ${schema}.waiting`);
  return sum?.number ?? 0;
}

function lockOf(schema: string): [number, number] {
  return [LOCK % 2 ** 31, createHash("sha256").update(schema).digest().readInt32BE()];
}

function full(maxMessages: number): MessagingError {
  const message =
    `The outbox holds the ${maxMessages} messages that it may: this one was not stored. ` +
    "Send it again later, or raise the outbox's maximum.";
  return new MessagingError(message, { code: "QUEUE_FULL", outcome: "not-sent" });
}

export async function insertJob(
  query: Query,
  schema: string,
  job: NewJob,
  { home, isComplete }: { home: string; isComplete: boolean },
): Promise<number> {
  const [made] = await query<{ id: number }>(
    `INSERT INTO ${schema}.job (home, node, target, priority, facts, properties, created_at, expires_at, total, complete)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
    [
      home,
      job.node,
      job.target,
      toPriority(job.priority),
      toFacts(job),
      job.properties,
      job.createdAt,
      job.expiresAt,
      job.total,
      isComplete,
    ],
  );
  return made?.id ?? 0;
}

/** Resolves with how many of them wait to be sent. */
export async function insertRows(
  query: Query,
  schema: string,
  job: number,
  firstPlace: number,
  rows: readonly NewRow[],
): Promise<number> {
  for (let at = 0; at < rows.length; at += PAGE) {
    const page = rows.slice(at, at + PAGE);
    await query(
      `INSERT INTO ${schema}.message
         (job, place, target, priority, state, recipient, message, outcome, expires_at, created_at, updated_at)
       SELECT j.id, $2 + r.n - 1, j.target, j.priority, CASE WHEN r.message IS NULL THEN 'failed' ELSE 'queued' END,
         r.recipient, r.message, r.outcome, j.expires_at, j.created_at, j.created_at
       FROM ${schema}.job j, unnest($3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS r(recipient, message, outcome, n)
       WHERE j.id = $1 ORDER BY r.n`,
      [
        job,
        firstPlace + at,
        page.map(({ to }) => JSON.stringify(to)),
        page.map((row) => ("message" in row ? JSON.stringify(row.message) : null)),
        page.map((row) => ("outcome" in row ? JSON.stringify(row.outcome) : null)),
      ],
    );
  }
  return rows.filter((row) => "message" in row).length;
}

/** Writes a job with (the first of) its rows, or only what a duplicate needs. */
export async function write(
  query: Query,
  schema: string,
  job: NewJob,
  rows: readonly NewRow[],
  more: boolean,
  options: PutOptions,
): Promise<Written> {
  const id = await insertJob(query, schema, job, { home: options.home, isComplete: !more });
  const holder = await holdKey(query, schema, id, job, options);
  if (holder !== undefined) return writeDuplicate(query, schema, { id, first: holder, at: job.createdAt }, options);
  await ensureRoom(query, schema, job.total, options);
  const queued = await insertRows(query, schema, id, 0, rows);
  // The room for those to come is kept.
  await addWaiting(query, schema, more ? queued + job.total - rows.length : queued);
  if (!more && queued === 0) await settle(query, schema, [id], job.createdAt);
  return { job: id };
}

/** Takes the dedupe key for a job, or resolves with the job that has it, locked against settling. */
async function holdKey(
  query: Query,
  schema: string,
  id: number,
  { dedupeKey, createdAt }: NewJob,
  { dedupeWindowMs = DAY_MS }: StoreOptions,
): Promise<number | undefined> {
  if (dedupeKey === undefined) return undefined;
  // Of any length, and with characters that an index would not take.
  const key = createHash("sha256").update(JSON.stringify(dedupeKey)).digest("hex");
  for (;;) {
    const [held] = await query(
      `INSERT INTO ${schema}.dedupe AS d (key, job) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET job = EXCLUDED.job
       WHERE EXISTS (SELECT 1 FROM ${schema}.job j WHERE j.id = d.job AND j.settled_at IS NOT NULL AND j.created_at <= $3)
       RETURNING 1`,
      [key, id, createdAt - dedupeWindowMs],
    );
    if (held) return undefined;
    const [holder] = await query<{ id: number }>(
      `SELECT j.id FROM ${schema}.job j JOIN ${schema}.dedupe d ON d.job = j.id WHERE d.key = $1 FOR UPDATE OF j`,
      [key],
    );
    if (!holder) continue;
    // It may have let go of the key while we waited for its lock.
    const [still] = await query(`SELECT 1 FROM ${schema}.dedupe WHERE key = $1 AND job = $2`, [key, holder.id]);
    if (still) return holder.id;
  }
}

/** It waits for the result of the first; as many of them can wait as messages. */
async function writeDuplicate(
  query: Query,
  schema: string,
  { id, first, at }: { id: number; first: number; at: number },
  { maxMessages }: StoreOptions,
): Promise<Written> {
  const [others] = await query<{ number: number }>(
    `SELECT count(*) AS number FROM ${schema}.job WHERE duplicate_of IS NOT NULL AND reported_at IS NULL`,
  );
  if ((others?.number ?? 0) >= maxMessages) throw full(maxMessages);
  await query(`UPDATE ${schema}.job SET duplicate_of = $2, complete = true WHERE id = $1`, [id, first]);
  await settleDuplicates(query, schema, [first], at);
  return { job: id, duplicateOf: first };
}
