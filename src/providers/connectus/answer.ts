import { MessagingError } from "../../error.ts";
import type { Answer } from "./request.ts";
import { fit, reason } from "./words.ts";

/**
 * What a 200 without the expected field means: a refusal where it carries an `error`, else a reply that tells nothing, so
 * that the outcome of a send is unknown.
 */
export function without(field: string, { request, raw, fields }: Answer): MessagingError {
  const { operation, method } = request;
  const facts = { httpStatus: 200, attempts: 1 };
  const said = (words: string | undefined) => (words === undefined ? undefined : fit(words, request));
  const refusal = reason(fields.error) ?? (isFlag(fields.error) ? (reason(raw) ?? {}) : undefined);
  if (refusal) {
    const { code = "REJECTED", providerCode } = refusal;
    const words = said(refusal.text);
    return new MessagingError(
      `${operation} was refused (HTTP 200): the provider ${words ? `says "${words}"` : "gives no reason"}.`,
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

/** `{"error": true}` or an error number: a refusal whose words are elsewhere. */
function isFlag(error: unknown): boolean {
  return error === true || (typeof error === "number" && error !== 0);
}
