import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Courier } from "./courier.ts";
import { createDesk, type Desk } from "./desk.ts";
import { FaultQueue } from "./fault.ts";
import type { Fault, FaultOptions } from "./fault.ts";
import { contentTypeOf, pathBelow, readRequest, Unreadable } from "./read-request.ts";
import type { Called } from "./webhooks.ts";
import type { SandboxDesk, SandboxMessage, SandboxReply, StandIn, StandInReply } from "./stand-in.ts";

/** A provider played on loopback over real HTTP. */
export interface Sandbox {
  /** Base URL of the API, without trailing slash. */
  readonly url: string;
  /** The credentials that it accepts. */
  readonly credentials: Readonly<Record<string, string>>;
  /** What it takes for settings that were left empty. */
  readonly options: Readonly<Record<string, string>>;
  /** The messages it took, oldest first; the newest 5,000 at most. */
  messages(): readonly SandboxMessage[];
  /** The requests it got, oldest first; the newest 1,000 at most. */
  requests(): readonly SandboxRequest[];
  /** A person's SMS: keeps it and delivers it to the webhooks; resolves with the number of those that took it. */
  reply(written: Pick<SandboxReply, "from" | "to" | "text">): Promise<number>;
  /** What people wrote, oldest first; the newest 1,000 at most. */
  replies(): readonly SandboxReply[];
  /** Makes coming requests fail. Faults are used up in the order in which they were asked for. */
  misbehave(fault: Fault, options?: FaultOptions): void;
  /** Forgets all faults that are still waiting. */
  behave(): void;
  /** Ends the server and every connection, hanging ones too. */
  close(): Promise<void>;
}

/** What is remembered of a request: nothing of its content. */
export interface SandboxRequest {
  method: string;
  /** Below the base URL, such as `send_sms`. */
  path: string;
  contentType: string;
  /** Of the answer; 0 while there is none. */
  status: number;
  /** Length of path and query. */
  targetBytes: number;
}

export interface SandboxOptions {
  /** 0 or absent = a free one. */
  port?: number;
  /** Epoch milliseconds; not looked at where there is a desk. */
  now?: () => number;
  /** One that remembers from before; by default a new one. */
  desk?: Desk;
  /** When true, the server does not keep the process running. */
  unref?: boolean;
  /** The webhooks to call with reports and replies, asked for anew for each call; none when absent. */
  webhooks?: () => readonly Called[];
}

/** The API is not at the root, so that pages for people can be. */
const BASE = "/api";

const MAX_REQUESTS = 1000;
const MAX_LOGGED_PATH = 200;

/** Starts a provider's stand-in on 127.0.0.1. Rejects when the port is taken. */
export async function startSandbox(standIn: StandIn, options: SandboxOptions = {}): Promise<Sandbox> {
  const ending = new AbortController();
  const desk = options.desk ?? createDesk(options.now ?? Date.now);
  const webhooks = options.webhooks ?? (() => []);
  const courier = new Courier({ standIn, desk, webhooks, ending: ending.signal });
  const unwatch = desk.onKeep((message) => courier.watch(message));
  const faults = new FaultQueue();
  const log: SandboxRequest[] = [];
  // Larger than the longest target, so that a long one gets our 414 and not the parser's 431.
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
    const entry = noted(request, log);
    response.once("finish", () => (entry.status = response.statusCode));
    const fault = faults.take(entry.path);
    handle({ request, response, standIn, desk, fault, ending: ending.signal }).catch(() => request.destroy());
  });
  server.on("clientError", refuseGarbage);
  if (options.unref) server.on("connection", (socket) => socket.unref()).unref();
  await new Promise<void>((resolve, reject) => {
    // Stays on: an error once it runs, such as too many open files, must not end the process.
    server.on("error", reject).listen(options.port ?? 0, "127.0.0.1", () => resolve());
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${BASE}`,
    credentials: standIn.credentials,
    options: standIn.options ?? {},
    messages: () => desk.messages(),
    reply: (written) => courier.bring(desk.receive(written)),
    replies: () => desk.replies(),
    requests: () => log.map((entry) => ({ ...entry })),
    misbehave: (fault, faultOptions) => faults.add(fault, faultOptions),
    behave: () => faults.clear(),
    close: () => {
      ending.abort();
      unwatch();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

function noted(request: IncomingMessage, log: SandboxRequest[]): SandboxRequest {
  const target = request.url ?? "/";
  const entry = {
    method: request.method ?? "",
    path: (pathBelow(BASE, target) ?? "").slice(0, MAX_LOGGED_PATH),
    contentType: contentTypeOf(request),
    status: 0,
    targetBytes: Buffer.byteLength(target),
  };
  log.push(entry);
  if (log.length > MAX_REQUESTS) log.shift();
  return entry;
}

interface Visit {
  request: IncomingMessage;
  response: ServerResponse;
  standIn: StandIn;
  desk: SandboxDesk;
  fault: Fault | undefined;
  ending: AbortSignal;
}

async function handle({ request, response, standIn, desk, fault, ending }: Visit): Promise<void> {
  if (fault?.kind === "reset-before-read") return void request.socket.resetAndDestroy();
  const answer = await answerOf(request, standIn, desk, fault);
  if (fault?.kind === "hang") return;
  if (fault?.kind === "reset-after-read") return void request.socket.resetAndDestroy();
  if (fault?.kind === "slow") await sleep(fault.ms, undefined, { signal: ending, ref: false });
  write(response, spoilt(answer, fault));
}

async function answerOf(
  request: IncomingMessage,
  standIn: StandIn,
  desk: SandboxDesk,
  fault: Fault | undefined,
): Promise<StandInReply> {
  const refuse = (status: number, text: string): StandInReply => ({
    status,
    body: standIn.errorBody?.(status, text) ?? { error: text },
  });
  try {
    const asked = await readRequest(request, BASE);
    if (fault?.kind === "html") return { status: 200, body: PAGE, headers: { "content-type": "text/html" } };
    if (fault?.kind !== "status") return standIn.answer(asked, desk);
    const { status, retryAfter, body } = fault;
    return {
      ...(body === undefined ? refuse(status, "the sandbox was told to misbehave") : { status, body }),
      ...(retryAfter !== undefined && { headers: { "retry-after": String(retryAfter) } }),
    };
  } catch (error) {
    if (error instanceof Unreadable) return refuse(error.status, error.message);
    return refuse(500, "the sandbox failed");
  }
}

const PAGE = "<!doctype html><html><head><title>Welcome</title></head><body><h1>Please sign in</h1></body></html>";

function spoilt(reply: StandInReply, fault: Fault | undefined): StandInReply {
  if (fault?.kind === "empty") return { status: 200, body: "" };
  if (fault?.kind === "no-id") return { status: 200, body: {} };
  if (fault?.kind !== "truncated") return reply;
  const whole = JSON.stringify(reply.body ?? null);
  const half = whole.slice(0, Math.ceil(whole.length / 2));
  return { ...reply, body: half, headers: { ...reply.headers, "content-type": "application/json" } };
}

function write(response: ServerResponse, { status, body, headers }: StandInReply): void {
  const [type, bytes] = Buffer.isBuffer(body)
    ? ["application/octet-stream", body]
    : typeof body === "string"
      ? ["text/plain; charset=utf-8", Buffer.from(body)]
      : ["application/json", Buffer.from(JSON.stringify(body ?? null))];
  response.writeHead(status, { "content-type": type, "content-length": bytes.length, ...headers }).end(bytes);
}

/** What is no HTTP, or has headers without end. */
function refuseGarbage(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) return void socket.destroy();
  const status = error.code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}
