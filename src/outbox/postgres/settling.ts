import type { Query } from "./database.ts";

const OPEN = "(m.state IN ('queued', 'sending') OR (m.state = 'uncertain' AND m.next_at IS NOT NULL))";

/** Certainly nothing was sent of a job without such a row. */
const SENT = "(m.state IN ('accepted', 'uncertain') OR m.doubts > 0)";

/** Brings jobs up to date whose rows have moved; they must be locked. Resolves with whether a node can be told something. */
export async function settle(query: Query, schema: string, jobs: readonly number[], at: number): Promise<boolean> {
  const settled = await query<{ id: number; due: boolean; open: boolean }>(
    `WITH now AS (
       SELECT j.id, j.reported_at IS NULL AS first, j.told_doubt,
         EXISTS (SELECT 1 FROM ${schema}.message m WHERE m.job = j.id AND ${OPEN}) AS open,
         EXISTS (SELECT 1 FROM ${schema}.message m WHERE m.job = j.id AND m.state = 'uncertain') AS doubt
       FROM ${schema}.job j WHERE j.id = ANY($1) AND j.complete
     ), news AS (
       SELECT id, open, NOT open AND (first OR (told_doubt AND NOT doubt)) AS due FROM now
     )
     UPDATE ${schema}.job j SET version = j.version + 1,
       settled_at = CASE WHEN news.open THEN NULL ELSE $2::bigint END,
       due_no = CASE WHEN news.due THEN COALESCE(j.due_no, nextval('${schema}.due_no')) END
     FROM news WHERE j.id = news.id RETURNING j.id, news.due, news.open`,
    [jobs, at],
  );
  const over = settled.filter(({ open }) => !open).map(({ id }) => id);
  if (over.length > 0) await letGoOfKeys(query, schema, over);
  await settleDuplicates(query, schema, jobs, at);
  return settled.some(({ due }) => due);
}

/** A job of which certainly nothing was sent does not stand in the way of the next with its dedupe key. */
async function letGoOfKeys(query: Query, schema: string, jobs: readonly number[]): Promise<void> {
  await query(
    `DELETE FROM ${schema}.dedupe d WHERE d.job = ANY($1)
     AND NOT EXISTS (SELECT 1 FROM ${schema}.message m WHERE m.job = d.job AND ${SENT})`,
    [jobs],
  );
}

/** Those that wait for the result of one of these jobs are due as soon as it is settled. */
export async function settleDuplicates(
  query: Query,
  schema: string,
  firsts: readonly number[],
  at: number,
): Promise<void> {
  await query(
    `UPDATE ${schema}.job d SET version = d.version + 1,
       settled_at = CASE WHEN j.settled_at IS NOT NULL THEN $2::bigint END,
       due_no = CASE WHEN j.settled_at IS NOT NULL THEN COALESCE(d.due_no, nextval('${schema}.due_no')) END
     FROM ${schema}.job j
     WHERE j.id = ANY($1) AND d.duplicate_of = j.id AND d.reported_at IS NULL
       AND (d.settled_at IS NULL) <> (j.settled_at IS NULL)`,
    [firsts, at],
  );
}
