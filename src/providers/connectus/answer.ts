import { MessagingError } from "../../error.ts";
import type { Explanation, HttpRequest } from "../../http-request.ts";
import { asGivenId, isRecord } from "../../json.ts";
import type { Answer } from "./request.ts";
import { fit, reason } from "./words.ts";

/** What servers write into a field `error` when there is none. */
const NO_ERROR = /^(0|false|null|undefined|none|no|ok|ninguno)?$/i;

/**
 * What a 200 without the expected field means: a refusal where it carries an `error`, else a reply that tells nothing, so
 * that the outcome of a send is unknown.
 */
export function without(field: string, { request, raw }: Answer): MessagingError {
  const { operation, method } = request;
  const facts = { httpStatus: 200, attempts: 1 };
  const said = (words: string | undefined) => (words === undefined ? undefined : fit(words, request));
  const refusal = refusalIn(raw);
  if (refusal) {
    const { code = "REJECTED", providerCode } = refusal;
    const words = said(refusal.text);
    const advice = code === "NO_CREDIT" ? "Top it up at the provider" : "Check the values that you gave";
    return new MessagingError(
      `${operation} was refused (HTTP 200): the provider ${words ? `says "${words}"` : "gives no reason"}. ${advice}.`,
      { ...facts, code, outcome: "rejected", ...(providerCode !== undefined && { providerCode }) },
    );
  }
  const words = said(reason(raw)?.text);
  const what = `the reply has no "${field}"${words ? `, but says "${words}"` : ""}.`;
  return new MessagingError(
    method === "POST"
      ? `${operation} may or may not have been taken: ${what} Look it up at the provider before you send it again.`
      : `${operation} was not answered: ${what} Check the account's base URL; if it is right, ask again later.`,
    { ...facts, code: "BAD_REPLY", outcome: "unknown" },
  );
}

/**
 * The id of a message that was taken; undefined where there is none. An id beside an error is a contradiction: the id says that
 * the message was taken, the error that it was not, and whoever pays for it must look. Throws BAD_REPLY, outcome unknown.
 */
export function takenId(field: string, { request, raw, fields }: Answer): string | undefined {
  const id = asGivenId(fields[field]);
  const refusal = refusalIn(raw);
  if (id === undefined || !refusal) return id;
  const facts = { httpStatus: 200, attempts: 1, code: "BAD_REPLY", outcome: "unknown" } as const;
  throw new MessagingError(
    `${request.operation} may or may not have been taken: ${contradiction(refusal, request)}`,
    facts,
  );
}

/** An id and an error at once, as the end of a message. */
export function contradiction({ text = "" }: Explanation, request: Pick<HttpRequest, "url" | "body">): string {
  const words = fit(text, request);
  const says = words ? `, "${words}"` : "";
  return `the reply has both an id and an error${says}. Look it up at the provider before you send it again.`;
}

/** The refusal that a reply with status 200, or a piece of it, holds: by an `error`, or by the word "error" as its status. */
export function refusalIn(raw: unknown): Explanation | undefined {
  if (!isRecord(raw)) return undefined;
  const { error, status } = raw;
  if (typeof error === "string" && NO_ERROR.test(error.trim()))
    return isErrorWord(status) ? reason({ ...raw, error: null }) : undefined;
  if (isErrorWord(status)) return reason({ ...raw, status: null }) ?? {};
  return reason(error) ?? (isFlag(error) ? (reason(raw) ?? {}) : undefined);
}

function isErrorWord(status: unknown): boolean {
  return typeof status === "string" && /^(error|failed|fallido)$/i.test(status.trim());
}

/** `{"error": true}` or an error number: a refusal whose words are elsewhere. */
function isFlag(error: unknown): boolean {
  return error === true || (typeof error === "number" && error !== 0);
}
