import type { OutboxContext } from "./context.ts";

const DAY_MS = 24 * 3_600_000;

/** A result that nobody takes, as its node was deleted, is kept for so long. */
const UNREPORTED_MS = 30 * DAY_MS;

/** What was sent is known for so long to those who have reports on it, and so much of it. */
const REPORTS_MS = 7 * DAY_MS;
const MAX_SENT = 100_000;

/** Removes what has been kept for long enough: of messages that settled and whose results were taken, `keepMs`. */
export async function removeOld({ store, closing }: OutboxContext, keepMs: number): Promise<void> {
  const now = Date.now();
  while (!closing.aborted && (await store.prune(now - keepMs, now - UNREPORTED_MS)));
  while (!closing.aborted && (await store.forgetSent(now - REPORTS_MS, MAX_SENT)));
}
