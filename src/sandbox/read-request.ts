import type { IncomingMessage } from "node:http";
import type { StandInFile, StandInRequest } from "./stand-in.ts";

/** Common servers take request targets up to 8 KB. */
const MAX_TARGET_BYTES = 8192;

const MAX_BODY_BYTES = 5 * 1024 * 1024;

/** An image of the largest size that is sent, and what goes around it. */
const MAX_MULTIPART_BYTES = 6 * 1024 * 1024;

/** A request that the server itself turns down, whatever the provider. */
export class Unreadable extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

type Fields = Record<string, unknown>;

const MULTIPART = "multipart/form-data";

/** How each content type becomes parameters. */
const PARSERS: Readonly<Record<string, (body: Buffer, request: IncomingMessage) => Fields | Promise<Fields>>> = {
  "application/x-www-form-urlencoded": (body) => Object.fromEntries(new URLSearchParams(asText(body))),
  "application/json": parseJson,
  [MULTIPART]: parseMultipart,
};

/** The request with its parameters. Throws Unreadable. `base` is the path under which the API is served. */
export async function readRequest(request: IncomingMessage, base: string): Promise<StandInRequest> {
  const target = request.url ?? "/";
  if (Buffer.byteLength(target) > MAX_TARGET_BYTES) {
    throw new Unreadable(414, `the request target is longer than ${MAX_TARGET_BYTES} bytes`);
  }
  const path = pathBelow(base, target);
  if (path === undefined) throw new Unreadable(404, "there is nothing at this address");
  const contentType = contentTypeOf(request);
  const body = await readBody(request, contentType === MULTIPART ? MAX_MULTIPART_BYTES : MAX_BODY_BYTES);
  return {
    method: request.method ?? "",
    path,
    query: new URLSearchParams(queryOf(target)),
    body: await parse(body, contentType, request),
    contentType,
    headers: request.headers,
  };
}

/** The path below the base URL, decoded; undefined when it is elsewhere. */
export function pathBelow(base: string, target: string): string | undefined {
  const [path = ""] = target.split("?", 1);
  if (!path.startsWith(`${base}/`)) return undefined;
  const rest = path.slice(base.length + 1);
  try {
    return decodeURIComponent(rest);
  } catch {
    return rest;
  }
}

/** Without its parameters, in lower case; empty when there is none. */
export function contentTypeOf(request: IncomingMessage): string {
  return (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

function queryOf(target: string): string {
  const start = target.indexOf("?");
  return start < 0 ? "" : target.slice(start + 1);
}

async function readBody(request: IncomingMessage, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // The rest is read and thrown away, so that a client still writing gets the answer instead of a reset.
    if (bytes <= most) chunks.push(chunk);
    else chunks.length = 0;
    if (bytes > 4 * most) break;
  }
  if (bytes > most) throw new Unreadable(413, `the body is longer than ${most} bytes`);
  return Buffer.concat(chunks);
}

async function parse(body: Buffer, contentType: string, request: IncomingMessage): Promise<Fields> {
  if (body.length === 0) return {};
  const parser = Object.hasOwn(PARSERS, contentType) ? PARSERS[contentType] : undefined;
  if (!parser) throw new Unreadable(415, `a body of type "${contentType.slice(0, 60)}" cannot be read`);
  return parser(body, request);
}

/** Texts as texts, files as StandInFile. */
async function parseMultipart(body: Buffer, { headers }: IncomingMessage): Promise<Fields> {
  const response = new Response(new Uint8Array(body), { headers: { "content-type": headers["content-type"] ?? "" } });
  const form = await response.formData().catch(() => {
    throw new Unreadable(400, "the body is no multipart/form-data");
  });
  const fields = await Promise.all(
    [...form].map(async ([name, value]): Promise<[string, string | StandInFile]> => {
      if (typeof value === "string") return [name, value];
      return [name, { fileName: value.name, contentType: value.type, data: Buffer.from(await value.arrayBuffer()) }];
    }),
  );
  return Object.fromEntries(fields);
}

function parseJson(body: Buffer): Fields {
  let value: unknown;
  try {
    value = JSON.parse(asText(body));
  } catch (error) {
    if (error instanceof Unreadable) throw error;
    throw new Unreadable(400, "the body is no JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Unreadable(400, "the body is no JSON object");
  }
  return value as Fields;
}

function asText(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw new Unreadable(400, "the body is no UTF-8");
  }
}
