import { MAX_UNDER_WAY } from "../bounds.ts";
import type { Chunk, Row } from "../job.ts";
import type { ReadyQuery } from "../store.ts";
import type { Query } from "./database.ts";
import { asChunkJob, asRow, idOf, LISTED, type ListedRecord } from "./records.ts";

/**
 * What can be sent now: from one job to the next by the index, however many rows each has, until enough were found that can be
 * sent; then the first rows of each, as many as there is room for beside those of it that are on their way, in any process.
 */
export async function findReady(query: Query, schema: string, target: string, want: ReadyQuery): Promise<Chunk[]> {
  const { now, chunkSize, limit, highOnly, inHand } = want;
  const values = [target, now, highOnly ? -1 : 0, [...inHand.keys()].map(idOf), chunkSize, limit];
  const chunks: { job: Chunk["job"]; rows: Row[] }[] = [];
  for (const record of await query<ListedRecord>(statement(schema), values)) {
    const last = chunks.at(-1);
    if (last?.job.id === String(record.job) && last.rows.length < chunkSize) last.rows.push(asRow(record));
    else chunks.push({ job: asChunkJob(record), rows: [asRow(record)] });
  }
  return chunks.slice(0, limit);
}

/** Its values: target, now, the lowest rank (-1 is high priority, 0 the other), ids in hand, rows of a chunk, chunks. */
function statement(schema: string): string {
  // As the index message_queue has it, so that no other is taken for it.
  const queue = `FROM ${schema}.message m WHERE (m.state || '') = 'queued' AND (m.target || '') = $1`;
  const rank = "(0 - m.priority)";
  const job = "(m.job + 0)";
  const isOfJob = `${rank} = one.rank AND ${job} = one.job`;
  const isRipe = "(m.next_at IS NULL OR m.next_at <= $2) AND m.expires_at > $2 AND m.id <> ALL($4)";
  return `WITH RECURSIVE busy AS MATERIALIZED (
      SELECT job, count(*)::int AS rows FROM (
        SELECT job FROM ${schema}.message WHERE target = $1 AND state = 'sending' AND NOT orphaned
        UNION ALL SELECT job FROM ${schema}.message WHERE id = ANY($4) AND state = 'queued'
      ) taken GROUP BY job
    ), walk AS (
      SELECT -2 AS rank, 0::bigint AS job, 0 AS room, 0 AS found
      UNION ALL
      SELECT one.rank, one.job, has.room, walk.found + (has.room > 0)::int
      FROM walk, LATERAL (
        SELECT ${rank} AS rank, m.job ${queue} AND (${rank}, ${job}) > (walk.rank, walk.job) AND ${rank} <= $3
        ORDER BY ${rank}, ${job}, m.place LIMIT 1
      ) one, LATERAL (
        SELECT CASE WHEN j.complete AND (SELECT m.id ${queue} AND ${isOfJob} AND ${isRipe} LIMIT 1) IS NOT NULL
          THEN GREATEST(0, ${MAX_UNDER_WAY} - COALESCE((SELECT rows FROM busy WHERE busy.job = j.id), 0)) ELSE 0 END AS room
        FROM ${schema}.job j WHERE j.id = one.job
      ) has WHERE walk.found < $6::int
    )
    SELECT ${LISTED} FROM walk one, LATERAL (
      SELECT m.* ${queue} AND ${isOfJob} AND ${isRipe} ORDER BY m.place LIMIT LEAST(one.room, $5::int * $6::int)
    ) m JOIN ${schema}.job j ON j.id = m.job
    WHERE one.room > 0 ORDER BY one.rank, m.job, m.place`;
}
