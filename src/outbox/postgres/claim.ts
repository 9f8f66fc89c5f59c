import type { Query } from "./database.ts";
import { idOf } from "./records.ts";
import type { State } from "../states.ts";
import type { Claim, Claimed, Limits } from "../store.ts";

/** While as many requests are on their way as may be: a look again after this. */
const BUSY_MS = 100;

/** Moments remembered for a rate; above that the second is divided. */
const MAX_BEGUN = 100;

interface Candidate {
  id: number;
  target: string;
  state: State;
  expires_at: number;
  next_at: number | null;
  attempts: number;
}

/** Moves the rows to `sending` within the transaction, if they are as they were and the account may begin one more. */
export async function makeClaim(query: Query, schema: string, claim: Claim, limits: Limits): Promise<Claimed> {
  const rows = claim.rows.map(idOf);
  // By id only, and looked at here: what else a row has would lead the planner to an index of all that wait.
  const found = await query<Candidate>(
    `SELECT id, target, state, expires_at, next_at, attempts FROM ${schema}.message
     WHERE id = ANY($1) ORDER BY id FOR UPDATE`,
    [rows],
  );
  const tried = new Map(rows.map((id, index) => [id, claim.attempts?.[index]]));
  const isAsRead = ({ id, attempts }: Candidate) => (tried.get(Number(id)) ?? attempts) === attempts;
  const [first] = found;
  const canAllBegin = found.every((row) => canBegin(row, claim.at) && isAsRead(row));
  if (!first || found.length < rows.length || !canAllBegin) return "lost";
  const waitMs = await begin(query, schema, first.target, limits);
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
 * Milliseconds to wait, or 0: then the request is counted. All processes go through the one row of the target, and by the
 * server's clock. A whole rate may be used at once, then the second must pass, as in `Pace`; any other is spread evenly.
 */
async function begin(query: Query, schema: string, target: string, limits: Limits): Promise<number> {
  await query(`INSERT INTO ${schema}.pace VALUES ($1, '{}') ON CONFLICT DO NOTHING`, [target]);
  const [pace] = await query<{ begun: number[] }>(`SELECT begun FROM ${schema}.pace WHERE target = $1 FOR UPDATE`, [
    target,
  ]);
  const [now] = await query<{ busy: number; at: number }>(
    `SELECT count(DISTINCT claim)::int AS busy, extract(epoch FROM clock_timestamp())::float8 * 1000 AS at
     FROM ${schema}.message WHERE target = $1 AND state = 'sending' AND NOT orphaned`,
    [target],
  );
  if (!pace || !now) return BUSY_MS;
  if (now.busy >= limits.concurrency) return BUSY_MS;
  if (limits.ratePerSecond <= 0) return 0;
  const atOnce = Number.isInteger(limits.ratePerSecond) ? Math.min(limits.ratePerSecond, MAX_BEGUN) : 1;
  const windowMs = (1000 * atOnce) / limits.ratePerSecond;
  // A clock that was set back must not hold all up.
  const recent = pace.begun.filter((at) => at > now.at - windowMs && at <= now.at);
  const oldest = recent[recent.length - atOnce];
  if (oldest !== undefined) return Math.max(1, Math.ceil(oldest + windowMs - now.at));
  await query(`UPDATE ${schema}.pace SET begun = $2 WHERE target = $1`, [target, [...recent, now.at]]);
  return 0;
}
