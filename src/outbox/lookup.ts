import { asMessagingError, type ErrorCode } from "../error.ts";
import type { OutboxContext } from "./context.ts";
import { grouped, judged } from "./judging.ts";
import { askAt } from "./moves.ts";
import type { ListedRow } from "./job.ts";
import type { Move } from "./store.ts";

const PAGE = 500;

/** After these the next question would wait as long for nothing. */
const SILENT: readonly ErrorCode[] = ["TIMEOUT", "MISSING_ACCOUNT", "CANCELLED"];

/** After so many of these in a row nor would it fare better; one alone, as a reset, says little. */
const FAILING: readonly ErrorCode[] = ["UNREACHABLE", "RATE_LIMITED"];
const MAX_FAILURES = 3;

/** Where there is no schedule. */
const LAST_CHECK_MS = 120_000;

/** Asks the providers about what is in doubt and whose time to ask has come. */
export async function lookUpDoubtful(context: OutboxContext): Promise<void> {
  const listed = await context.store.doubtful(Date.now(), PAGE);
  const requests = grouped(listed, ({ row, job }) => `${job.target} ${row.claim}`);
  // The last may be cut off by the page: its recipients are judged together, the next time.
  const whole = [...requests.values()].slice(0, listed.length === PAGE && requests.size > 1 ? -1 : undefined);
  const failures = new Map<string, number>();
  for (const request of whole) {
    if (context.closing.aborted) return;
    const moves = await settle(context, request, failures);
    await context.store.move(moves, Date.now());
    for (const { nextAt } of moves) if (nextAt !== undefined) context.lookUpAt(nextAt);
    if (moves.some(({ to }) => to === "queued")) context.pump(request[0]?.job.target ?? "");
    context.settled();
  }
}

/** What comes next for the rows of one request. `failures`: how often in a row accounts did not answer just now. */
async function settle(
  context: OutboxContext,
  listed: readonly ListedRow[],
  failures: Map<string, number>,
): Promise<Move[]> {
  const rows = listed.map(({ row }) => row);
  const [first] = listed;
  const { reference, claimedAt = 0 } = first?.row ?? {};
  if (!first || reference === undefined) return rows.map((row) => askAt(row));
  const later = nextLook(context, claimedAt) ?? retryAt(context);
  const { target, channel } = first.job;
  const failed = failures.get(target) ?? 0;
  if (failed >= MAX_FAILURES) return rows.map((row) => askAt(row, later));
  try {
    const sender = await context.sender(target);
    const call = { signal: context.closing, attempts: 1 };
    const found = await sender.find(channel, reference, new Date(claimedAt), call);
    failures.delete(target);
    const to = [...new Set(rows.map((row) => row.to))];
    const sharers = found.length > 0 ? await context.store.sharers(reference, to) : [];
    return judged(rows, { found, sharers, nextAt: nextLook(context, claimedAt) });
  } catch (thrown) {
    const { code } = asMessagingError(thrown);
    // Where the provider cannot be asked, or not in time, it is for a person.
    if (code === "NOT_SUPPORTED") return rows.map((row) => askAt(row));
    if (SILENT.includes(code)) failures.set(target, MAX_FAILURES);
    else if (FAILING.includes(code)) failures.set(target, failed + 1);
    return rows.map((row) => askAt(row, later < row.expiresAt ? later : undefined));
  }
}

/** When a message that the provider does not know yet is asked for again; undefined after the last time. */
function nextLook({ checkAfterMs }: OutboxContext, claimedAt: number): number | undefined {
  return checkAfterMs.map((ms) => claimedAt + ms).find((at) => at > Date.now());
}

/** A provider that could not be asked the last time is asked again after a quarter to a half of that time. */
function retryAt({ checkAfterMs }: OutboxContext): number {
  return Math.round(Date.now() + (checkAfterMs.at(-1) ?? LAST_CHECK_MS) * (0.25 + 0.25 * Math.random()));
}
