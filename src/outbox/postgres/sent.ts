import { isSent } from "../is-sent.ts";
import { MAX_FOUND, type SentMessage, type SentQuery } from "../sent.ts";
import type { Move } from "../store.ts";
import type { Query } from "./database.ts";
import { fromFacts, idOf } from "./records.ts";

/** A line of the table `sent` with that of its `letter`. */
interface SentRecord {
  job: number;
  provider: string | null;
  account: string | null;
  provider_id: string | null;
  reference: string | null;
  recipient: string;
  facts: string;
}

/** Lines removed in one transaction. */
const MAX_REMOVED = 2000;

/** Keeps what these moves say was sent, or may have been, for the reports on it. */
export async function keepSent(query: Query, schema: string, made: readonly Move[], at: number): Promise<void> {
  // Each row once: the latest move of it is the better informed.
  const moves = [...new Map(made.filter(isSent).map((move) => [move.row, move])).values()];
  if (moves.length === 0) return;
  const rows = moves.map(({ row }) => idOf(row));
  const outcomes = moves.map(({ set }) => set?.outcome);
  await query(
    `INSERT INTO ${schema}.sent AS s (row, job, provider, account, provider_id, reference, recipient, at)
     SELECT m.id, m.job, v.provider, v.account, v.provider_id, m.reference, m.recipient, $1
     FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[]) AS v(row, provider, account, provider_id)
       JOIN ${schema}.message m ON m.id = v.row
     ON CONFLICT (row) DO UPDATE SET provider = COALESCE(excluded.provider, s.provider), at = excluded.at,
       account = COALESCE(excluded.account, s.account), provider_id = COALESCE(excluded.provider_id, s.provider_id),
       reference = excluded.reference`,
    [
      at,
      rows,
      outcomes.map((outcome) => textOf(outcome?.provider)),
      outcomes.map((outcome) => textOf(outcome?.account)),
      outcomes.map((outcome) => textOf(outcome?.id)),
    ],
  );
  await query(
    `INSERT INTO ${schema}.letter (job, facts, at)
     SELECT id, facts, $1 FROM ${schema}.job WHERE id IN (SELECT job FROM ${schema}.message WHERE id = ANY($2))
     ON CONFLICT (job) DO UPDATE SET at = excluded.at`,
    [at, rows],
  );
}

export async function findSent(query: Query, schema: string, named: SentQuery): Promise<SentMessage[]> {
  const from = `SELECT s.job, s.provider, s.account, s.provider_id, s.reference, s.recipient, l.facts
    FROM ${schema}.sent s JOIN ${schema}.letter l ON l.job = s.job`;
  const records =
    "id" in named
      ? await query<SentRecord>(`${from} WHERE s.provider_id = $1 ORDER BY s.row DESC LIMIT ${MAX_FOUND}`, [
          textOf(named.id),
        ])
      : await query<SentRecord>(
          `${from} WHERE s.reference = $1
           ORDER BY s.recipient IS NOT DISTINCT FROM $2 DESC, s.row DESC LIMIT ${MAX_FOUND}`,
          [textOf(named.reference), named.to === undefined ? null : JSON.stringify(named.to)],
        );
  return records.map(asSent);
}

/** Forgets what is older, and the oldest where there are more: true when there is more to forget. */
export async function forgetSent(query: Query, schema: string, before: number, most: number): Promise<boolean> {
  const [counted] = await query<{ lines: number }>(`SELECT count(*) AS lines FROM ${schema}.sent`);
  const removed = await query(
    `DELETE FROM ${schema}.sent WHERE row IN (
       SELECT row FROM ${schema}.sent WHERE at < $1 OR $2::bigint > 0
       ORDER BY at LIMIT LEAST(${MAX_REMOVED}, GREATEST($2::bigint, (SELECT count(*) FROM ${schema}.sent WHERE at < $1)))
       FOR UPDATE SKIP LOCKED) RETURNING row`,
    [before, Math.max(0, Number(counted?.lines ?? 0) - most)],
  );
  const letters = await query(
    `DELETE FROM ${schema}.letter WHERE job IN (
       SELECT job FROM ${schema}.letter WHERE at < COALESCE((SELECT min(at) FROM ${schema}.sent), $1)
       ORDER BY at LIMIT ${MAX_REMOVED} FOR UPDATE SKIP LOCKED) RETURNING job`,
    [before],
  );
  return removed.length >= MAX_REMOVED || letters.length >= MAX_REMOVED;
}

function asSent({ job, provider_id: id, reference, recipient, facts, ...own }: SentRecord): SentMessage {
  const { provider, account, channel, about } = fromFacts(facts);
  return {
    job: String(job),
    provider: own.provider ?? provider,
    account: own.account ?? account,
    channel,
    ...(id !== null && { id }),
    ...(reference !== null && { reference }),
    to: JSON.parse(recipient) as string,
    about,
  };
}

/** PostgreSQL's text cannot hold a NUL: what has one is found by something else, or not at all. */
function textOf(text: string | undefined): string | null {
  return text === undefined || text.includes("\0") ? null : text;
}
