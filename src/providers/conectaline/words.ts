import type { Explanation, HttpRequest, Reply } from "../../http-request.ts";
import { asId, isRecord } from "../../json.ts";
import { withoutEcho } from "../../redact.ts";

const MAX_CODE = 60;

/** Reasons of single fields that are repeated; a request with 1,000 bad numbers has 1,000. */
const MAX_DETAILS = 5;

/** The provider's reason for a refusal. A page of HTML says nothing worth repeating. */
export function explain(reply: Reply): Explanation | undefined {
  const body = reply.text().trim();
  if (body === "" || body.startsWith("<")) return undefined;
  const value = parse(body);
  return reason(isRecord(value) ? (value.error ?? value) : value, reply.status);
}

/**
 * The reason in an `error`: a text, or `{code, http_code, message}` (the document's samples read one or the other), to which
 * public clients add `validation_errors`: `{field: "text"}`, `{field: ["text"]}` or `{field: {index: "text"}}`.
 */
export function reason(error: unknown, status: number): Explanation {
  const { code, message, validation_errors: details } = isRecord(error) ? error : { message: error };
  const words = [asId(message) ?? [], named(details).slice(0, MAX_DETAILS)].flat().join("; ");
  // A refused login token comes as one word, such as token_expired, where other refusals have a sentence [guess].
  const providerCode = asId(code)?.slice(0, MAX_CODE) ?? (/^\w{3,60}$/.test(words) ? words : undefined);
  return {
    ...(words && { text: words }),
    ...(providerCode !== undefined && { providerCode }),
    ...(isOutOfCredit(`${providerCode} ${words}`, status) && { code: "NO_CREDIT" as const }),
  };
}

/** The reason in an error that came with a 200, without what it repeats of the request. */
export function reasonWithoutEcho(error: unknown, status: number, request: HttpRequest): Explanation {
  const { text, ...others } = reason(error, status);
  return text === undefined ? others : { ...others, text: withoutEcho(text, request) };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** `{numbers: ["too short"]}` as `numbers: too short`. */
function named(details: unknown): string[] {
  if (!isRecord(details)) return textsIn(details);
  return Object.entries(details).flatMap(([field, texts]) => textsIn(texts).map((text) => `${field}: ${text}`));
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** No list of codes is public; the words are a guess, so they only ever sharpen a refusal. */
function isOutOfCredit(words: string, status: number): boolean {
  if (status >= 500 || [401, 403, 408, 429].includes(status)) return false;
  const credit = "(balance|credits?|saldo|cr[eé]ditos?)";
  const lacking = `(insufficient|not enough|insuficiente|sin|no)[ _]${credit}|${credit}[ _](es )?(insufficient|insuficiente|agotado)`;
  return new RegExp(lacking, "i").test(words);
}
