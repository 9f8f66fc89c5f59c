import { MessagingError } from "../../error.ts";
import { basicAuth, encodeForm, FORM_TYPE } from "../../form.ts";
import type { Parameters } from "../../form.ts";
import type { HttpRequest } from "../../http-request.ts";
import { isRecord } from "../../json.ts";
import type { Session } from "../../provider.ts";
import { explain } from "./words.ts";

/** Where the parameters of a POST travel. */
type Placement = "query" | "form" | "json";

/** A 200 that was read: its JSON, and the request for an error about it. */
export interface Answer {
  readonly request: HttpRequest;
  /** The reply's fields; none when the reply is no JSON object. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly raw: unknown;
}

/**
 * Every sample of the document puts the parameters of a POST into the query, but no common server takes the 1,000 messages
 * of a bulk there. Up to this size of path and query, in bytes, the query is used; beyond it a form body (providers.md).
 */
const MAX_QUERY_TARGET_BYTES = 4096;

/** URI too long, header fields too large: both say that nothing was taken. */
const TARGET_TOO_LONG = [414, 431];

/** A GET: its parameters always go into the query. */
export function ask(session: Session, operation: string, parameters: Parameters = {}): Promise<Answer> {
  const url = withQuery(session, operation, encodeForm(parameters));
  return exchange(session, { operation, method: "GET", explain, url, headers: headers(session) });
}

/**
 * A POST that sends messages. With `parameters: "auto"` the same request goes once more, as a form, when the server finds
 * its target too long.
 */
export async function submit(session: Session, operation: string, parameters: Parameters): Promise<Answer> {
  const chosen = session.options.parameters || "auto";
  const form = encodeForm(parameters);
  const placement = chosen === "auto" ? fitting(session, operation, form) : asPlacement(chosen);
  const post = (place: Placement) =>
    exchange(session, {
      operation,
      method: "POST",
      explain,
      ...placed(session, operation, { parameters, form }, place),
    });
  try {
    return await post(placement);
  } catch (error) {
    if (chosen === "auto" && placement === "query" && isTargetTooLong(error)) return post("form");
    throw error;
  }
}

function placed(
  session: Session,
  operation: string,
  { parameters, form }: { readonly parameters: Parameters; readonly form: string },
  placement: Placement,
): Pick<HttpRequest, "url" | "headers" | "body"> {
  const url = `${session.baseUrl}/${operation}`;
  const common = headers(session);
  switch (placement) {
    case "query":
      return { url: withQuery(session, operation, form), headers: common };
    case "form":
      return { url, headers: { ...common, "content-type": FORM_TYPE }, body: form };
    case "json":
      return { url, headers: { ...common, "content-type": "application/json" }, body: JSON.stringify(parameters) };
  }
}

/** Bytes that a character of a base URL can become. */
const MAX_ENCODED = 9;

function fitting(session: Session, operation: string, form: string): Placement {
  const url = withQuery(session, operation, form);
  // Most are so short that nothing has to be counted.
  if (form.length + MAX_ENCODED * (url.length - form.length) <= MAX_QUERY_TARGET_BYTES) return "query";
  const { pathname, search } = new URL(url);
  return Buffer.byteLength(pathname + search) <= MAX_QUERY_TARGET_BYTES ? "query" : "form";
}

function asPlacement(chosen: string): Placement {
  if (chosen === "query" || chosen === "form" || chosen === "json") return chosen;
  throw new MessagingError(
    `The account's way of sending parameters is "${chosen.slice(0, 40)}": choose auto, query, form or json.`,
    { code: "MISSING_ACCOUNT", outcome: "rejected", retryable: false },
  );
}

function isTargetTooLong(error: unknown): boolean {
  return error instanceof MessagingError && TARGET_TOO_LONG.includes(error.cause.httpStatus ?? 0);
}

function headers({ credentials }: Session): Record<string, string> {
  const { accountId = "", apiKey = "" } = credentials;
  return { accept: "application/json", authorization: basicAuth(accountId, apiKey) };
}

function withQuery({ baseUrl }: Session, operation: string, query: string): string {
  return `${baseUrl}/${operation}${query && `?${query}`}`;
}

async function exchange(session: Session, request: HttpRequest): Promise<Answer> {
  const raw = (await session.request(request)).json();
  return { request, raw, fields: isRecord(raw) ? raw : {} };
}
