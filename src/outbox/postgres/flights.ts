import type { Query } from "./database.ts";
import type { Boarding } from "../shared-store.ts";
import type { Limits } from "../store.ts";

/** While as many requests are on their way as may be: a look again after this. */
export const BUSY_MS = 100;

/** Moments remembered for a rate; above that the second is divided. */
const MAX_BEGUN = 100;

/** A request on its way through an account. */
export interface Flight {
  readonly id: string;
  readonly claim: string;
  readonly account: string;
}

/**
 * Milliseconds to wait, or 0: then the request is counted. All processes go through the one row of the account, and by the
 * server's clock. A whole rate may be used at once, then the second must pass, as in `Pace`; any other is spread evenly.
 */
export async function admit(query: Query, schema: string, flight: Flight, limits: Limits): Promise<number> {
  const { account } = flight;
  await query(`INSERT INTO ${schema}.pace VALUES ($1, '{}') ON CONFLICT DO NOTHING`, [account]);
  const [pace] = await query<{ begun: number[] }>(`SELECT begun FROM ${schema}.pace WHERE target = $1 FOR UPDATE`, [
    account,
  ]);
  // None lasts so long: what is older was left behind.
  const [now] = await query<{ busy: number; at: number }>(
    `SELECT count(*)::int AS busy, extract(epoch FROM clock_timestamp())::float8 * 1000 AS at
     FROM ${schema}.flight WHERE account = $1 AND began_at > now() - interval '15 minutes'`,
    [account],
  );
  if (!pace || !now) return BUSY_MS;
  if (now.busy >= limits.concurrency) return BUSY_MS;
  const waitMs = await countBegun(query, schema, account, { begun: pace.begun, at: now.at, ...limits });
  if (waitMs > 0) return waitMs;
  await query(`INSERT INTO ${schema}.flight (id, claim, account) VALUES ($1, $2, $3)`, [
    flight.id,
    flight.claim,
    account,
  ]);
  return 0;
}

async function countBegun(
  query: Query,
  schema: string,
  account: string,
  { begun, at, ratePerSecond }: { begun: readonly number[]; at: number; ratePerSecond: number },
): Promise<number> {
  if (ratePerSecond <= 0) return 0;
  const atOnce = Number.isInteger(ratePerSecond) ? Math.min(ratePerSecond, MAX_BEGUN) : 1;
  const windowMs = (1000 * atOnce) / ratePerSecond;
  // A clock that was set back must not hold all up.
  const recent = begun.filter((moment) => moment > at - windowMs && moment <= at);
  const oldest = recent[recent.length - atOnce];
  if (oldest !== undefined) return Math.max(1, Math.ceil(oldest + windowMs - at));
  await query(`UPDATE ${schema}.pace SET begun = $2 WHERE target = $1`, [account, [...recent, at]]);
  return 0;
}

/** One more request of a claim; "lost" where that is nobody's any more. */
export async function board(
  query: Query,
  schema: string,
  { id, claim, account, over }: Boarding,
  limits: Limits,
): Promise<number | "lost"> {
  // First, and also where there is no room yet: two that wait for each other's accounts would wait for ever.
  if (over.length > 0) await letGo(query, schema, over);
  const [held] = await query(
    `SELECT 1 FROM ${schema}.message WHERE claim = $1 AND state = 'sending' AND NOT orphaned LIMIT 1`,
    [claim],
  );
  return held ? admit(query, schema, { id, claim, account }, limits) : "lost";
}

/** These requests are over; more may come of their claims. */
export async function letGo(query: Query, schema: string, requests: readonly string[]): Promise<void> {
  await query(`DELETE FROM ${schema}.flight WHERE id = ANY($1)`, [requests]);
}

/** The requests of these claims are over, or their process is gone. */
export async function land(query: Query, schema: string, claims: readonly string[]): Promise<void> {
  if (claims.length === 0) return;
  await query(`DELETE FROM ${schema}.flight WHERE claim = ANY($1)`, [claims]);
}
