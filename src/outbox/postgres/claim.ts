import { MAX_UNDER_WAY } from "../bounds.ts";
import type { Query } from "./database.ts";
import { admit, BUSY_MS } from "./flights.ts";
import { idOf } from "./records.ts";
import type { State } from "../states.ts";
import type { Claim, Claimed, Pass } from "../store.ts";

interface Candidate {
  id: number;
  job: number;
  /** Rows of its job. */
  total: number;
  target: string;
  state: State;
  expires_at: number;
  next_at: number | null;
  attempts: number;
}

/** Moves the rows to `sending` within the transaction, if they are as they were and the account may begin one more. */
export async function makeClaim(query: Query, schema: string, claim: Claim, pass: Pass): Promise<Claimed> {
  const rows = claim.rows.map(idOf);
  // By id only, and looked at here: what else a row has would lead the planner to an index of all that wait.
  const found = await query<Candidate>(
    `SELECT id, job, (SELECT total FROM ${schema}.job WHERE id = m.job) AS total, target, state, expires_at, next_at, attempts
     FROM ${schema}.message m WHERE id = ANY($1) ORDER BY id FOR UPDATE`,
    [rows],
  );
  const tried = new Map(rows.map((id, index) => [id, claim.attempts?.[index]]));
  const isAsRead = ({ id, attempts }: Candidate) => (tried.get(Number(id)) ?? attempts) === attempts;
  const [first] = found;
  const canAllBegin = found.every((row) => canBegin(row, claim.at) && isAsRead(row));
  if (!first || found.length < rows.length || !canAllBegin) return "lost";
  if (await isTooMuch(query, schema, first, rows.length)) return { waitMs: BUSY_MS };
  const { account = first.target } = pass;
  const waitMs = await admit(query, schema, { id: claim.claim, claim: claim.claim, account }, pass);
  if (waitMs > 0) return { waitMs };
  await query(
    `UPDATE ${schema}.message SET state = 'sending', claim = $2, reference = $3, claimed_at = $4, updated_at = $4,
       attempts = attempts + 1, next_at = NULL, orphaned = false WHERE id = ANY($1)`,
    [rows, claim.claim, claim.reference ?? null, claim.at],
  );
  return "claimed";
}

function canBegin(row: Candidate, at: number): boolean {
  return row.state === "queued" && row.expires_at > at && (row.next_at ?? 0) <= at;
}

/**
 * Whether more of the job would be on their way than a crash may leave in doubt, with those of other processes. What is ready
 * says so already; this is for two that found it ready at the same time.
 */
async function isTooMuch(query: Query, schema: string, { job, total }: Candidate, more: number): Promise<boolean> {
  if (total <= MAX_UNDER_WAY) return false;
  await query("SELECT pg_advisory_xact_lock(hashtextextended($1, $2))", [schema, job]);
  const [now] = await query<{ rows: number }>(
    `SELECT (count(*) FILTER (WHERE job = $1))::int AS rows FROM ${schema}.message WHERE state = 'sending' AND NOT orphaned`,
    [job],
  );
  return (now?.rows ?? 0) + more > MAX_UNDER_WAY;
}
