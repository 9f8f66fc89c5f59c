import type { Explanation, HttpRequest, Reply } from "../../http-request.ts";
import { isRecord } from "../../json.ts";
import { withoutEcho } from "../../redact.ts";
import { tidyWords } from "../../words.ts";

const MAX_CODE = 60;

/**
 * The provider's reason for a refusal. The document shows no error body, so all that is likely is read:
 * `{"error":"text"}`, `{"error":{code,type,message,param}}`, the same without `error`, and plain text. A page of HTML
 * says nothing worth repeating.
 */
export function explain(reply: Reply): Explanation | undefined {
  const body = reply.text().trim();
  if (body === "" || body.startsWith("<")) return undefined;
  return reason(parse(body), reply.status);
}

/** The reason in a piece of a reply, such as one item of a bulk; its text is not fit for an error yet. */
export function reason(value: unknown, status = 200): Explanation | undefined {
  const words = wordsOf(value);
  if (words === undefined) return undefined;
  const providerCode = codeOf(value);
  return {
    text: words,
    ...(providerCode !== undefined && { providerCode }),
    ...(isOutOfCredit(words, status) && { code: "NO_CREDIT" as const }),
  };
}

/** The provider's words about a request, fit for an error: short, and without what they repeat of it. */
export function fit(words: string, request: Pick<HttpRequest, "url" | "body">): string {
  return tidyWords(withoutEcho(words, request));
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** `error`, `message` and `status` first, then any string there is; with the name of the parameter it is about. */
function wordsOf(value: unknown, depth = 3): string | undefined {
  if (typeof value === "string") return value.trim() || undefined;
  if (typeof value !== "object" || value === null || depth === 0) return undefined;
  const { error, message, status, param, ...others } = value as Record<string, unknown>;
  const words = [error, message, status, ...Object.values(others)]
    .map((part) => wordsOf(part, depth - 1))
    .find((part) => part !== undefined);
  return words && typeof param === "string" && !words.includes(param) ? `${words} (${param})` : words;
}

function codeOf(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const own = [value.code, value.type].find((part) => typeof part === "number" || (typeof part === "string" && part));
  return own === undefined ? codeOf(value.error) : String(own).slice(0, MAX_CODE);
}

/** There is no documented code for it, and these words are a guess: they only ever sharpen a refusal. */
const OUT_OF_CREDIT = [
  /(saldo|cr[eé]ditos?|balance|credits?) .{0,12}(insuf|agotad|exhausted|too low)/i,
  /(insuf\w+|sin|not enough) (saldo|cr[eé]ditos?|balance|credits?)/i,
];

/** Statuses that are refusals for another reason, or none. */
const NOT_ABOUT_CREDIT = [401, 403, 408, 429];

function isOutOfCredit(words: string, status: number): boolean {
  if (status >= 500 || NOT_ABOUT_CREDIT.includes(status)) return false;
  return OUT_OF_CREDIT.some((pattern) => pattern.test(words));
}
