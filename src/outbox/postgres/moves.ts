import type { Query } from "./database.ts";
import { land } from "./flights.ts";
import { addWaiting } from "./put.ts";
import { idOf } from "./records.ts";
import { keepSent } from "./sent.ts";
import { settle } from "./settling.ts";
import type { State } from "../states.ts";
import type { StoredReply } from "../job.ts";
import type { Move } from "../store.ts";

/** `isNews`: somebody else may have something to do now. */
export interface Moved {
  readonly made: boolean[];
  readonly isNews: boolean;
}

const waits = (state: State) => state === "queued" || state === "sending";

/** Makes the moves within the transaction; those of one row one after the other. */
export async function makeMoves(
  query: Query,
  schema: string,
  moves: readonly Move[],
  at: number,
  reply?: { readonly job: string; readonly reply: StoredReply },
): Promise<Moved> {
  const ended = moves.flatMap(({ from, claim }) => (from === "sending" && claim !== undefined ? [claim] : []));
  await land(query, schema, [...new Set(ended)]);
  const jobs = await lockJobs(query, schema, moves);
  const made = moves.map(() => false);
  for (const round of rounds(moves)) {
    const done = await makeRound(query, schema, moves, round, at);
    for (const index of done) made[index] = true;
  }
  const real = moves.filter((_, index) => made[index]);
  if (real.length === 0) return { made, isNews: false };
  if (reply) await keepReply(query, schema, reply);
  await keepSent(query, schema, real, at);
  const isDue = await settle(query, schema, jobs, at);
  const left = real.filter(({ from, to }) => waits(from) && !waits(to)).length;
  const came = real.filter(({ from, to }) => !waits(from) && waits(to)).length;
  await addWaiting(query, schema, came - left);
  return { made, isNews: isDue || real.some(({ from, to }) => (to === "queued" && from !== to) || to === "uncertain") };
}

/** Two processes that move rows of one job do so one after the other: or neither would see that it has settled. */
async function lockJobs(query: Query, schema: string, moves: readonly Move[]): Promise<number[]> {
  const rows = moves.map(({ row }) => idOf(row));
  const jobs = await query<{ id: number }>(
    `SELECT j.id FROM ${schema}.job j
     WHERE j.id IN (SELECT m.job FROM ${schema}.message m WHERE m.id = ANY($1)) ORDER BY j.id FOR UPDATE`,
    [rows],
  );
  return jobs.map(({ id }) => id);
}

/** Indexes of the moves, so that in each round no row comes twice. */
function rounds(moves: readonly Move[]): number[][] {
  const found: number[][] = [];
  const seen = new Map<string, number>();
  moves.forEach(({ row }, index) => {
    const round = seen.get(row) ?? 0;
    seen.set(row, round + 1);
    (found[round] ??= []).push(index);
  });
  return found;
}

async function makeRound(
  query: Query,
  schema: string,
  moves: readonly Move[],
  round: readonly number[],
  at: number,
): Promise<number[]> {
  const changes = round.flatMap((index) => {
    const move = moves[index];
    return move ? [{ index, ...move, ...move.set }] : [];
  });
  const made = await query<{ index: number }>(
    `UPDATE ${schema}.message m SET state = v.to_state, next_at = v.next_at, orphaned = false, updated_at = $1,
       doubts = COALESCE(v.doubts, m.doubts), expires_at = COALESCE(v.expires_at, m.expires_at),
       possible_duplicate = COALESCE(v.possible_duplicate, m.possible_duplicate), outcome = COALESCE(v.outcome, m.outcome)
     FROM unnest($2::int[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::int[], $9::bool[],
       $10::bigint[], $11::text[])
       AS v(index, row, from_state, claim, to_state, next_at, doubts, possible_duplicate, expires_at, outcome)
     WHERE m.id = v.row AND m.state = v.from_state AND (v.claim IS NULL OR m.claim = v.claim) RETURNING v.index`,
    [
      at,
      changes.map(({ index }) => index),
      changes.map(({ row }) => idOf(row)),
      changes.map(({ from }) => from),
      changes.map(({ claim }) => claim ?? null),
      changes.map(({ to }) => to),
      changes.map(({ nextAt }) => nextAt ?? null),
      changes.map(({ doubts }) => doubts ?? null),
      changes.map(({ possibleDuplicate }) => possibleDuplicate ?? null),
      changes.map(({ expiresAt }) => expiresAt ?? null),
      changes.map(({ outcome }) => (outcome ? JSON.stringify(outcome) : null)),
    ],
  );
  return made.map(({ index }) => index);
}

async function keepReply(query: Query, schema: string, { job, reply }: { job: string; reply: StoredReply }) {
  await query(`INSERT INTO ${schema}.reply (job, body) VALUES ($1, $2)`, [idOf(job), JSON.stringify(reply)]);
}
