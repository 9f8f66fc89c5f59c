import { MAX_PAUSE_MS } from "../sending/pace.ts";

/** Full jitter: the wait is anything up to this, then up to twice this, and so on. */
const BASE_MS = 1000;
const MAX_MS = 300_000;

/** When the provider says when to come back, only a little later, so that not all come at once. */
const SPREAD_MS = 250;

/** Milliseconds to wait after so many tries; `chance` is 0 to 1. A provider that asks for a longer pause is asked again as its account is. */
export function backoffMs(attempts: number, chance: number, retryAfterMs?: number): number {
  if (retryAfterMs !== undefined) return Math.round(Math.min(retryAfterMs, MAX_PAUSE_MS) + chance * SPREAD_MS);
  return Math.round(chance * Math.min(BASE_MS * 2 ** Math.min(attempts - 1, 20), MAX_MS));
}
