import type { ErrorCode, Outcome } from "./error.ts";

/** One line of a table of verdicts. In `what`, {host}, {seconds} and {cause} are filled in. */
export interface VerdictRow {
  readonly code: ErrorCode;
  /** What was wrong, as the end of "send_sms was not sent: …"; no stop at its end. */
  readonly what: string;
  /** What to do next; begins in lower case, ends without a stop. */
  readonly advice?: string;
  /** Only where it differs from "what was not sent can be sent again". */
  readonly retryable?: boolean;
}

export interface StatusRow extends VerdictRow {
  readonly from: number;
  readonly to?: number;
  readonly outcome: Outcome;
  /** Fits only a reply that says when to come back. */
  readonly asksToWait?: boolean;
}

const CHECK_URL = "check the base URL";

/** Whatever the status with which a provider says that there is no credit. */
export const TOP_UP = "top it up at the provider";

/** What the status of a reply that was read to its end means. The first row that fits counts. */
export const STATUSES: readonly StatusRow[] = [
  // The method must be kept, so the server did nothing yet.
  {
    from: 301,
    code: "BAD_REPLY",
    outcome: "rejected",
    what: "{host} redirects elsewhere, which is not followed",
    advice: CHECK_URL,
  },
  {
    from: 307,
    to: 308,
    code: "BAD_REPLY",
    outcome: "rejected",
    what: "{host} redirects elsewhere, which is not followed",
    advice: CHECK_URL,
  },
  // "See the result there": how many servers answer a POST that they took.
  {
    from: 302,
    to: 303,
    code: "BAD_REPLY",
    outcome: "unknown",
    what: "{host} redirects elsewhere, which is not followed",
    advice: CHECK_URL,
  },
  {
    from: 401,
    code: "BAD_CREDENTIALS",
    outcome: "rejected",
    what: "the credentials are not accepted",
    advice: "check the account's credentials",
  },
  {
    from: 402,
    code: "NO_CREDIT",
    outcome: "rejected",
    what: "the account has no credit left",
    advice: TOP_UP,
  },
  {
    from: 403,
    code: "BAD_CREDENTIALS",
    outcome: "rejected",
    what: "the credentials do not allow this",
    advice: "check the account's credentials, and at the provider what they may do and from which addresses",
  },
  {
    from: 404,
    to: 405,
    code: "REJECTED",
    outcome: "rejected",
    what: "{host} does not know this call or what it asks for",
    advice: "check the base URL and the id or name that you gave",
  },
  { from: 408, code: "TIMEOUT", outcome: "unknown", what: "{host} gave up waiting for the request" },
  {
    from: 413,
    code: "REJECTED",
    outcome: "rejected",
    what: "it is larger than {host} takes",
    advice: "send fewer or shorter messages at once",
  },
  {
    from: 414,
    code: "REJECTED",
    outcome: "not-sent",
    retryable: false,
    what: "its URL is longer than {host} takes",
    advice: "let the account send its parameters in the body",
  },
  {
    from: 431,
    code: "REJECTED",
    outcome: "not-sent",
    retryable: false,
    what: "its URL and headers are longer than {host} takes",
    advice: "let the account send its parameters in the body",
  },
  {
    from: 429,
    code: "RATE_LIMITED",
    outcome: "not-sent",
    what: "{host} gets too many requests",
    advice: "lower the account's rate",
  },
  {
    from: 400,
    to: 499,
    code: "REJECTED",
    outcome: "rejected",
    what: "{host} gave no reason",
    advice: "check the values that you gave",
  },
  {
    from: 503,
    code: "PROVIDER_ERROR",
    outcome: "not-sent",
    asksToWait: true,
    what: "{host} is overloaded or under maintenance",
    advice: "try again later",
  },
  { from: 500, to: 599, code: "PROVIDER_ERROR", outcome: "unknown", what: "{host} had an error of its own" },
];

/** A status that HTTP does not know, or that is no answer to what we asked. */
export const OTHER_STATUS: StatusRow = {
  from: 0,
  code: "BAD_REPLY",
  outcome: "unknown",
  what: "{host} gave an answer that makes no sense",
};
