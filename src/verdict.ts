import { MessagingError } from "./error.ts";
import type { ErrorCode, Failure, Outcome } from "./error.ts";
import type { Explanation } from "./http-request.ts";
import { FAILURES_AFTER, FAILURES_BEFORE, OTHER_FAILURE } from "./verdict-failures.ts";
import { OTHER_STATUS, STATUSES, TOP_UP } from "./verdict-statuses.ts";
import type { StatusRow } from "./verdict-statuses.ts";
import { tidyWords } from "./words.ts";

/** What a failed request means, in the terms of MessagingError. */
export interface Verdict {
  code: ErrorCode;
  outcome: Outcome;
  retryable: boolean;
  /** Milliseconds, 0 to 3,600,000. */
  retryAfterMs?: number;
  /** As in `Failure`. */
  reason?: string;
  message: string;
}

/** What a verdict needs to know of the request. */
export interface Attempt {
  readonly operation: string;
  /** Whether it only asks and changes nothing at the provider. */
  readonly asks: boolean;
  /** Host, with its port where it is not the usual one: all that a message says of the address. */
  readonly host: string;
  /** Whether the request began to be written to a connection to the provider. */
  readonly written: boolean;
  /** What it had in milliseconds: for all of it, or to begin to be written when it was not. */
  readonly timeoutMs: number;
}

const MAX_WAIT_MS = 3_600_000;

/** A longer wait is told in words too. */
const WORTH_TELLING_MS = 60_000;

/** Milliseconds of the units in which a wait is told, largest first. */
const UNITS = [
  ["days", 86_400_000],
  ["hours", 3_600_000],
  ["minutes", 60_000],
] as const;

/** Codes of failures that a request which changes nothing may simply meet again, or not. */
const PASSING: readonly ErrorCode[] = ["UNREACHABLE", "TIMEOUT", "PROVIDER_ERROR"];

/**
 * The verdict on a failure without a whole reply. `cause` is the `code` of the error as Node, undici or we ourselves set it;
 * an unforeseen one counts as not sent or unknown, by whether the request was written.
 */
export function failureVerdict(cause: string, attempt: Attempt): Verdict {
  const rows = attempt.written ? FAILURES_AFTER : FAILURES_BEFORE;
  const { code, what, advice, ...row } = rows.find(({ causes }) => causes.test(cause)) ?? OTHER_FAILURE;
  const outcome = row.outcome ?? (attempt.written ? "unknown" : "not-sent");
  return {
    code,
    outcome,
    retryable: isRetryable(code, outcome, attempt.asks, row.retryable),
    ...(isCode(cause) && { reason: cause }),
    message: sentence(attempt, outcome, "", fill(what, attempt, cause), advice),
  };
}

/** The verdict on a reply that was read to its end; undefined when it is a success (2xx). */
export function statusVerdict(
  reply: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
  attempt: Attempt,
  explanation: Explanation = {},
  now = Date.now(),
): Verdict | undefined {
  const { status } = reply;
  if (status >= 200 && status < 300) return undefined;
  const wait = waitOf(reply.headers, now);
  const row = rowFor(status, wait !== undefined);
  const { code = row.code, outcome = row.outcome, text = "" } = explanation;
  const advice = [code === "NO_CREDIT" ? TOP_UP : row.advice, comeBack(wait)].filter(Boolean).join(", and ");
  const words = quotable(text);
  const what = words ? `the provider says "${words}"` : fill(row.what, attempt);
  return {
    code,
    outcome,
    retryable: isRetryable(code, outcome, attempt.asks, outcome === row.outcome ? row.retryable : undefined),
    ...(outcome === "not-sent" && wait !== undefined && { retryAfterMs: clamp(wait) }),
    message: sentence(attempt, outcome, ` (HTTP ${status})`, what, advice),
  };
}

/** The wait that a reply asks for, counted from its own date: the clock of a small machine may be years off. */
function waitOf(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  return askedWait(headers["retry-after"], Date.parse(headers.date ?? "") || now);
}

/** When to come back, in the provider's own number and not in ours, where that is not soon. */
function comeBack(waitMs = 0): string {
  if (waitMs < WORTH_TELLING_MS) return "";
  const [unit, unitMs] = UNITS.find(([, ms]) => waitMs >= 2 * ms) ?? UNITS[2];
  const count = Math.ceil(waitMs / unitMs);
  return `come back in ${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
}

function rowFor(status: number, asksToWait: boolean): StatusRow {
  const fits = ({ from, to = from, ...row }: StatusRow) =>
    status >= from && status <= to && (asksToWait || !row.asksToWait);
  return STATUSES.find(fits) ?? OTHER_STATUS;
}

/** A verdict as the error that a flow sees. `host`: as in the attempt, for words in other languages. */
export function asError(verdict: Verdict, facts: Partial<Failure> = {}, host?: string): MessagingError {
  const { message, ...failure } = verdict;
  const phrase = host === undefined ? undefined : { kind: "request", values: { host } };
  return new MessagingError(message, { ...facts, ...failure }, phrase);
}

/**
 * Milliseconds that a `Retry-After` asks for, clamped to an hour: seconds, an HTTP date, or undefined when it is neither.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const waitMs = askedWait(value, now);
  return waitMs === undefined ? undefined : clamp(waitMs);
}

/** The same as it is, negative or of years. */
function askedWait(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? "";
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  // Only texts that begin as a date does: Date.parse takes "in 5" for a date as well.
  if (!/^([A-Z][a-z]{2,8},? |\d{4}-\d{2}-\d{2}T)/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at - now;
}

function clamp(milliseconds: number): number {
  return Math.round(Math.min(Math.max(milliseconds, 0), MAX_WAIT_MS));
}

/** What was not sent can be sent again; a question changes nothing, so that its doubt is harmless. */
function isRetryable(code: ErrorCode, outcome: Outcome, asks: boolean, said: boolean | undefined): boolean {
  if (outcome === "not-sent") return said ?? true;
  return outcome === "unknown" && asks && PASSING.includes(code);
}

function sentence(
  { operation, asks }: Attempt,
  outcome: Outcome,
  status: string,
  what: string,
  advice?: string,
): string {
  const lead = {
    "not-sent": status ? "was turned away" : "was not sent",
    rejected: status ? "was refused" : "was not sent",
    unknown: asks ? "got no usable answer" : "may or may not have been taken",
  }[outcome];
  const caution = outcome === "unknown" && !asks ? "look it up at the provider before you send it again" : "";
  const next = [advice, caution].filter(Boolean).join(", and ");
  const end = what.endsWith("?") ? "" : ".";
  return `${operation} ${lead}${status}: ${what}${end}${next && ` ${next.charAt(0).toUpperCase()}${next.slice(1)}.`}`;
}

function fill(what: string, { host, timeoutMs }: Attempt, cause = ""): string {
  return what
    .replaceAll("{host}", host)
    .replaceAll("{seconds}", String(Math.round(timeoutMs / 100) / 10))
    .replaceAll("{cause}", named(cause));
}

/** Whatever does not look like a code may hold anything, so it is not shown. */
function isCode(cause: string): boolean {
  return /^[A-Z][A-Z0-9_]{1,59}$/.test(cause);
}

/** A cause as a word in brackets. */
function named(cause: string): string {
  if (!isCode(cause)) return "no code";
  return cause.replace(/^PROXY_(?=\d)/, "HTTP ").replace(/^PROXY_/, "");
}

/** The provider's words as part of a sentence: also without addresses, and characters that cannot be seen. */
function quotable(words: string): string {
  const text = words.replace(/\b[a-z]+:\/\/\S+/gi, "…").replace(/[\p{Cc}\p{Cf}]+/gu, " ");
  return tidyWords(text).replace(/[.\s]+$/, "");
}
