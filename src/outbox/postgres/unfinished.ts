import type { Query } from "./database.ts";
import { addWaiting, insertRows } from "./put.ts";
import { settle } from "./settling.ts";
import type { NewRow } from "../job.ts";

/** Adds rows to a job that is not finished; true when it is now. Rejects when there is no such job. */
export async function appendRows(
  query: Query,
  schema: string,
  job: number,
  firstPlace: number,
  rows: readonly NewRow[],
  more: boolean,
): Promise<void> {
  const [open] = await query<{ total: number }>(
    `SELECT total FROM ${schema}.job WHERE id = $1 AND NOT complete FOR UPDATE`,
    [job],
  );
  if (!open) throw new Error("The message is not being put any more.");
  const queued = await insertRows(query, schema, job, firstPlace, rows);
  // Room was kept for all; what did not come, or cannot be sent, gives it back.
  const missing = more ? 0 : open.total - firstPlace - rows.length;
  await addWaiting(query, schema, queued - rows.length - missing);
  if (more) return;
  await query(`UPDATE ${schema}.job SET complete = true WHERE id = $1`, [job]);
  await settle(query, schema, [job], Date.now());
}

/** Removes jobs that are not finished, and gives their room back. */
export async function abandonJobs(query: Query, schema: string, jobs: readonly number[]): Promise<void> {
  const open = await query<{ id: number; total: number }>(
    `SELECT id, total FROM ${schema}.job WHERE id = ANY($1) AND NOT complete ORDER BY id FOR UPDATE`,
    [jobs],
  );
  if (open.length === 0) return;
  const ids = open.map(({ id }) => id);
  const [failed] = await query<{ number: number }>(
    `SELECT count(*) AS number FROM ${schema}.message WHERE job = ANY($1) AND state <> 'queued'`,
    [ids],
  );
  await query(`DELETE FROM ${schema}.job WHERE id = ANY($1)`, [ids]);
  const total = open.reduce((sum, one) => sum + one.total, 0);
  await addWaiting(query, schema, (failed?.number ?? 0) - total);
}
