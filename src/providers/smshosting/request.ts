import { basicAuth, encodeForm, FORM_TYPE } from "../../form.ts";
import type { Parameters } from "../../form.ts";
import type { HttpRequest, Reply } from "../../http-request.ts";
import { isRecord } from "../../json.ts";
import type { ImageFile } from "../../message.ts";
import type { Session } from "../../provider.ts";
import { explain } from "./codes.ts";

/** A 200 that was read: its JSON, and what an error about it needs to know. */
export interface Answer {
  /** As in the document: `push/send`. */
  readonly operation: string;
  /** The reply's fields; none when the reply is no JSON object. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly raw: unknown;
}

/** A GET: its parameters go into the query. */
export async function ask(session: Session, operation: string, parameters: Parameters = {}): Promise<Answer> {
  const query = encodeForm(parameters);
  return readAnswer(operation, await fetchRaw(session, operation, query ? `${operation}?${query}` : operation));
}

/** A GET whose reply is not JSON. `target` is below the base URL. */
export async function fetchRaw(session: Session, operation: string, target: string): Promise<Reply> {
  return session.request({ ...common(session, operation, target), method: "GET" });
}

/** A POST as a form; as multipart only when there is an image, as the document wants it. */
export async function post(
  session: Session,
  operation: string,
  parameters: Parameters,
  { image, ...about }: { readonly image?: ImageFile | undefined } & Pick<HttpRequest, "apart" | "asks"> = {},
): Promise<Answer> {
  const { type, body } = image
    ? (await import("../../multipart.ts")).multipart(parameters, "file", image)
    : { type: FORM_TYPE, body: encodeForm(parameters) };
  const { headers, ...request } = common(session, operation, operation);
  const { transactionId } = parameters;
  const reply = await session.request({
    ...request,
    method: "POST",
    headers: { ...headers, "content-type": type },
    body,
    ...(transactionId !== undefined && { reference: String(transactionId) }),
    ...about,
  });
  return readAnswer(operation, reply);
}

function common(session: Session, operation: string, target: string) {
  const { authKey = "", authSecret = "" } = session.credentials;
  return {
    operation,
    url: `${session.baseUrl}/${target}`,
    headers: { accept: "application/json", authorization: basicAuth(authKey, authSecret) },
    explain,
  } satisfies Omit<HttpRequest, "method">;
}

export function readAnswer(operation: string, reply: Reply): Answer {
  const raw = reply.json();
  return { operation, raw, fields: isRecord(raw) ? raw : {} };
}
