import type { Query } from "./database.ts";
import { isThere, ofNode } from "./presence.ts";
import { idOf } from "./records.ts";
import type { DueReport } from "../store.ts";

/** A process that was given a report and did not say within this time that it handed it on, has gone. */
const HANDING_SECONDS = 60;

/** Jobs removed in one step. */
const PRUNED = 100;

/**
 * Gives each report to one process at a time; the same process gets what it has again. To the one that took the message, as
 * long as that takes the results of the node: the flow there may remember more of it.
 */
export async function takeDue(
  query: Query,
  schema: string,
  { owner, home }: { owner: string; home: string },
  { nodes, limit, except }: { nodes: readonly string[]; limit: number; except: ReadonlySet<string> },
): Promise<DueReport[]> {
  const taken = await query<{ id: number; node: string; version: number; revised: boolean; due_no: number }>(
    `WITH next AS (
       SELECT id FROM ${schema}.job j
       WHERE due_no IS NOT NULL AND node = ANY($1) AND id <> ALL($5) AND (holder IS NULL OR holder = $3 OR held_until < now())
         AND (home = $4 OR NOT EXISTS (
           SELECT 1 FROM ${schema}.presence p WHERE p.home = j.home AND p.what = '${ofNode("")}' || j.node AND ${isThere("p")}
         ))
       ORDER BY due_no LIMIT $2 FOR UPDATE OF j SKIP LOCKED
     )
     UPDATE ${schema}.job j SET holder = $3, held_until = now() + interval '${HANDING_SECONDS} s'
     FROM next WHERE j.id = next.id
     RETURNING j.id, j.node, j.version, j.reported_at IS NOT NULL AS revised, j.due_no`,
    [nodes, limit, owner, home, [...except].map(idOf)],
  );
  return taken
    .sort((a, b) => a.due_no - b.due_no)
    .map(({ id, node, version, revised }) => ({ job: String(id), node, version, revised }));
}

/**
 * When the job has moved since the report was given out, the node was told of doubt: nothing else moves after settling. Then
 * it stays due if that doubt is over by now.
 */
export async function markReported(
  query: Query,
  schema: string,
  { job, version }: Pick<DueReport, "job" | "version">,
  at: number,
): Promise<void> {
  // Not in one statement: it would see the rows as they were before it waited for the lock.
  await query(`SELECT 1 FROM ${schema}.job WHERE id = $1 FOR UPDATE`, [idOf(job)]);
  await query(
    `UPDATE ${schema}.job j SET reported_at = $3, holder = NULL, held_until = NULL,
       told_doubt = j.duplicate_of IS NULL AND (doubt.now OR j.version <> $2),
       due_no = CASE WHEN j.version <> $2 AND NOT doubt.now THEN j.due_no END
     FROM (SELECT EXISTS (SELECT 1 FROM ${schema}.message m WHERE m.job = $1 AND m.state = 'uncertain') AS now) doubt
     WHERE j.id = $1`,
    [idOf(job), version, at],
  );
}

/** Whether a report waits that another process was given and never handed on. */
export async function hasLeftBehind(query: Query, schema: string): Promise<boolean> {
  const found = await query(`SELECT 1 FROM ${schema}.job WHERE due_no IS NOT NULL AND held_until < now() LIMIT 1`);
  return found.length > 0;
}

/** One step of `prune`: true when there may be more. */
export async function pruneSome(
  query: Query,
  schema: string,
  settledBefore: number,
  unreportedBefore: number,
): Promise<boolean> {
  const old = await query<{ id: number }>(
    `SELECT j.id FROM ${schema}.job j
     WHERE j.settled_at < GREATEST($1::bigint, $2::bigint) AND j.settled_at < CASE WHEN j.due_no IS NULL THEN $1::bigint ELSE $2::bigint END
       AND NOT EXISTS (SELECT 1 FROM ${schema}.message m WHERE m.job = j.id AND m.state = 'uncertain')
       AND NOT EXISTS (SELECT 1 FROM ${schema}.job d WHERE d.duplicate_of = j.id AND d.reported_at IS NULL)
     ORDER BY j.settled_at LIMIT ${PRUNED} FOR UPDATE SKIP LOCKED`,
    [settledBefore, unreportedBefore],
  );
  const ids = old.map(({ id }) => id);
  if (ids.length > 0) await query(`DELETE FROM ${schema}.job WHERE id = ANY($1) OR duplicate_of = ANY($1)`, [ids]);
  return ids.length === PRUNED;
}
