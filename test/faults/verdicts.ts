import type { ErrorCode, Outcome } from "../../src/error.ts";

/** What a failure means to the flow (docs: what a failure means). */
export interface Verdict {
  readonly code: ErrorCode;
  readonly outcome: Outcome;
  /** Whether the flow may try again. `readings`: a call that changes nothing at the provider may, as its doubt is harmless. */
  readonly retryable: "always" | "never" | "readings";
}

export const NOT_REACHED: Verdict = { code: "UNREACHABLE", outcome: "not-sent", retryable: "always" };
export const LATE_UNSENT: Verdict = { code: "TIMEOUT", outcome: "not-sent", retryable: "always" };
export const BUSY: Verdict = { code: "RATE_LIMITED", outcome: "not-sent", retryable: "always" };
export const ASKS_TO_WAIT: Verdict = { code: "PROVIDER_ERROR", outcome: "not-sent", retryable: "always" };
export const TOO_LONG: Verdict = { code: "REJECTED", outcome: "not-sent", retryable: "never" };

export const REFUSED: Verdict = { code: "REJECTED", outcome: "rejected", retryable: "never" };
/** As REFUSED, but of the call as such and not of what it was given. */
export const NO_SUCH_CALL: Verdict = { ...REFUSED };
/** As NO_ACCESS, but of who asks and not of what they may do. */
export const NOT_KNOWN: Verdict = { code: "BAD_CREDENTIALS", outcome: "rejected", retryable: "never" };
export const NO_ACCESS: Verdict = { code: "BAD_CREDENTIALS", outcome: "rejected", retryable: "never" };
export const NO_CREDIT: Verdict = { code: "NO_CREDIT", outcome: "rejected", retryable: "never" };
export const MISDIRECTED: Verdict = { code: "BAD_REPLY", outcome: "rejected", retryable: "never" };

export const CONNECTION_LOST: Verdict = { code: "UNREACHABLE", outcome: "unknown", retryable: "readings" };
export const LATE: Verdict = { code: "TIMEOUT", outcome: "unknown", retryable: "readings" };
export const SERVER_ERROR: Verdict = { code: "PROVIDER_ERROR", outcome: "unknown", retryable: "readings" };
/** Asking again would bring the same answer. */
export const UNREADABLE: Verdict = { code: "BAD_REPLY", outcome: "unknown", retryable: "never" };
