import { MessagingError } from "../../error.ts";
import type { HttpRequest, Reply } from "../../http-request.ts";
import { asNumber, isRecord } from "../../json.ts";
import { asError, statusVerdict } from "../../verdict.ts";
import { tidyWords } from "../../words.ts";
import { reasonWithoutEcho } from "./words.ts";

/** A 200 that carries data and no error. */
export interface Answer {
  readonly request: HttpRequest;
  readonly data: unknown;
  readonly raw: unknown;
}

/**
 * Reads `{"data": …}`. An `error` makes a reply a failure whatever stands beside it (providers.md). The token of a login
 * stands under `data`, or in the document's Python samples at the top: `topLevel` takes the whole reply then.
 * Throws MessagingError.
 */
export function read(request: HttpRequest, reply: Reply, topLevel = false): Answer {
  const raw = reply.json();
  const fields = isRecord(raw) ? raw : {};
  if (!isNothing(fields.error)) throw refusal(request, fields.error, !isNothing(fields.data));
  const data = topLevel && isNothing(fields.data) ? fields : fields.data;
  const answer = { request, data, raw };
  if (data === undefined || data === null) throw without("data", answer);
  return answer;
}

/** A 200 without what was expected: of an order to send it is not known whether it was taken. */
export function without(field: string, { request }: Pick<Answer, "request">): MessagingError {
  return new MessagingError(
    `${request.operation} was answered without "${field}". ` +
      (request.method === "POST"
        ? "It may have taken the message: look in the provider's console before you send it again."
        : "Check the account's base URL; if it is right, ask again later."),
    { code: "BAD_REPLY", outcome: "unknown", httpStatus: 200, attempts: 1 },
  );
}

/**
 * An error inside a 200 counts as if its `http_code` had been the status; without one it is a plain refusal. Beside data,
 * something may have been taken all the same.
 */
function refusal(request: HttpRequest, error: unknown, besideData: boolean): MessagingError {
  const { operation, method, url } = request;
  const stated = statedStatus(error);
  const said = reasonWithoutEcho(error, stated ?? 400, request);
  const explanation = besideData ? { ...said, outcome: "unknown" as const } : said;
  const attempt = { operation, asks: method === "GET", host: new URL(url).host, written: true, timeoutMs: 0 };
  const verdict = stated && statusVerdict({ status: stated, headers: {} }, attempt, explanation);
  const facts = {
    attempts: 1,
    httpStatus: stated ?? 200,
    ...(said.providerCode !== undefined && { providerCode: said.providerCode }),
  };
  if (verdict) return asError(verdict, facts);
  const words = tidyWords(said.text ?? "") || "no reason given";
  return new MessagingError(
    besideData
      ? `${operation} may or may not have been taken: the provider answers with data and says "${words}". Look it up there.`
      : `${operation} was refused: the provider says "${words}".`,
    { code: said.code ?? "REJECTED", outcome: besideData ? "unknown" : "rejected", retryable: false, ...facts },
  );
}

function statedStatus(error: unknown): number | undefined {
  const code = isRecord(error) ? asNumber(error.http_code) : undefined;
  return code !== undefined && Number.isInteger(code) && code >= 400 && code < 600 ? code : undefined;
}

/** null, false, "", [] and {}: what PHP writes for nothing. */
function isNothing(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === "" || value === false;
}
