import type { RowOutcome } from "../../src/outbox/job.ts";
import type { Before, Terms } from "../../src/outbox/moves.ts";

export const NOW = 1_800_000_000_000;
export const LATER = NOW + 60_000;
export const LOOK_UP = "Look it up at the provider before you send it again.";

/** A row that is being sent, at its first attempt. */
export function before(more: Partial<Before> = {}): Before {
  return { id: "7", state: "sending", claim: "mine", attempts: 1, doubts: 0, expiresAt: LATER, ...more };
}

export function terms(more: Partial<Terms> = {}): Terms {
  return { onUnknown: "hold", isRepeat: () => false, now: NOW, random: () => 0.5, ...more };
}

export const SENDING = { row: "7", from: "sending", claim: "mine" } as const;

/** Of a request that certainly did not get there. */
export const failed: RowOutcome = {
  status: "failed",
  error: { code: "UNREACHABLE", message: "No way.", outcome: "not-sent" },
  failure: { code: "UNREACHABLE", outcome: "not-sent", retryable: true, attempts: 2, httpStatus: 503 },
};

export function withoutAttempts(outcome: RowOutcome | undefined): unknown {
  const { failure, ...rest } = outcome ?? { status: "unknown" };
  const { attempts: _, ...facts } = failure ?? { attempts: 0 };
  return { ...rest, failure: facts };
}
