import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as it came over the wire. */
export interface Received {
  method: string;
  path: string;
  /** Path and query, as they were written. */
  target: string;
  query: Record<string, string>;
  form?: Record<string, string>;
  /** Texts, and files as `{fileName, contentType, content}`. */
  multipart?: Record<string, unknown>;
  json?: unknown;
  headers: Record<string, string>;
}

/** What the server does with a request that it has read in full. A text is sent as it is, anything else as JSON. */
export type Answer =
  "reset" | "silence" | { status?: number; headers?: Record<string, string>; body?: unknown; type?: string };

export interface Wire {
  url: string;
  /** Every request, in the order in which they came. */
  received: Received[];
  close(): Promise<void>;
}

/** A real HTTP server on loopback that answers as it is told. `answer` gets the number of the request, from 0. */
export async function startWire(answer: (received: Received, index: number) => Answer): Promise<Wire> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      void read(request, Buffer.concat(chunks)).then((entry) =>
        respond(response, answer(entry, received.push(entry) - 1)),
      );
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

async function read(
  { method = "", url: target = "/", headers }: IncomingMessage,
  bytes: Buffer<ArrayBuffer>,
): Promise<Received> {
  const { pathname: path, searchParams } = new URL(target, "http://localhost");
  const type = headers["content-type"] ?? "";
  const body = bytes.toString("utf8");
  return {
    method,
    path,
    target,
    query: Object.fromEntries(searchParams),
    ...(type.startsWith("application/x-www-form-urlencoded") && {
      form: Object.fromEntries(new URLSearchParams(body)),
    }),
    ...(type.startsWith("multipart/form-data") && { multipart: await readMultipart(type, bytes) }),
    ...(type.startsWith("application/json") && { json: JSON.parse(body) as unknown }),
    headers: headers as Record<string, string>,
  };
}

async function readMultipart(type: string, bytes: Buffer<ArrayBuffer>): Promise<Record<string, unknown>> {
  const form = await new Response(bytes, { headers: { "content-type": type } }).formData();
  const entries = [...form].map(async ([name, value]): Promise<[string, unknown]> => {
    if (typeof value === "string") return [name, value];
    return [name, { fileName: value.name, contentType: value.type, content: await value.text() }];
  });
  return Object.fromEntries<unknown>(await Promise.all(entries));
}

function respond(response: ServerResponse, what: Answer): void {
  if (what === "silence") return;
  if (what === "reset") return void response.socket?.resetAndDestroy();
  const { status = 200, headers, body = "", type = "application/json" } = what;
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}
