import { createServer, request as requestHttp, type IncomingMessage, type RequestListener } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import type { FlowNode, Message, RunningFlow } from "./node-red.ts";

export const SECRET = "q8Jx2mVd0nWcT5yR7uKbLfHs3pZaGeXo1iCt9QvMwBE";
export const WEBHOOK_PATH = "messaging/webhook";

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Node-RED's application for nodes, served over real HTTP. */
export class Front {
  readonly url: string;
  readonly #close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  static async open(flow: RunningFlow): Promise<Front> {
    const server = createServer(flow.red?.httpNode as unknown as RequestListener).listen(0, "127.0.0.1");
    await new Promise((settle) => server.once("listening", settle));
    const { port } = server.address() as AddressInfo;
    return new Front(`http://127.0.0.1:${port}`, () => {
      server.closeAllConnections();
      return new Promise((settle) => server.close(() => settle()));
    });
  }

  close(): Promise<void> {
    return this.#close();
  }

  address(secret = SECRET, path = WEBHOOK_PATH): string {
    return `${this.url}/${path}/${secret}`;
  }
}

/** Sends a request just as it is told, with no header of its own but the length. */
export function call(
  url: string,
  {
    method = "POST",
    headers = {},
    body = "",
  }: { method?: string; headers?: Record<string, string>; body?: string | Buffer },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = { "content-length": String(Buffer.byteLength(body)) };
    const options = { method, headers: { ...(method === "GET" ? {} : length), ...headers }, agent: false };
    const request = requestHttp(url, options, (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const { statusCode = 0, headers: received } = response;
        resolve({ status: statusCode, headers: received, text: Buffer.concat(chunks).toString() });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

export function postJson(url: string, value: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const body = typeof value === "string" ? value : JSON.stringify(value);
  return call(url, { headers: { "content-type": "application/json", ...headers }, body });
}

export function postForm(url: string, fields: Record<string, string>): Promise<Answer> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  return call(url, { headers, body: new URLSearchParams(fields).toString() });
}

export function get(url: string, fields: Record<string, string> = {}): Promise<Answer> {
  const query = new URLSearchParams(fields).toString();
  return call(query === "" ? url : `${url}?${query}`, { method: "GET" });
}

/** A sender that begins a request and never ends it. */
export interface Stalled {
  socket: Socket;
  /** Resolves with all that it got and how many milliseconds it was borne with. */
  ended: Promise<{ text: string; ms: number }>;
}

export function stall(url: string, headers: Record<string, string>, begin = ""): Stalled {
  const { hostname, port, pathname } = new URL(url);
  const lines = Object.entries({ host: hostname, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  const began = performance.now();
  const socket = connect(Number(port), hostname);
  let text = "";
  socket.on("data", (chunk: Buffer) => (text += chunk.toString())).on("error", () => undefined);
  socket.write(`POST ${pathname} HTTP/1.1\r\n${lines.join("")}\r\n${begin}`);
  const ended = new Promise<{ text: string; ms: number }>((settle) => {
    socket.once("close", () => settle({ text, ms: performance.now() - began }));
  });
  return { socket, ended };
}

/** A webhook-in, `webhook`, wired to the helper nodes `reports` and `inbound`. */
export function webhookFlow(more: Record<string, unknown> = {}): FlowNode[] {
  return [
    { id: "tab", type: "tab", label: "Test" },
    {
      id: "webhook",
      type: "webhook-in",
      z: "tab",
      provider: "connectus",
      path: WEBHOOK_PATH,
      wires: [["reports"], ["inbound"]],
      ...more,
    },
    { id: "reports", z: "tab", type: "helper", wires: [] },
    { id: "inbound", z: "tab", type: "helper", wires: [] },
  ];
}

export const WEBHOOK_CREDENTIALS = { webhook: { secret: SECRET } };

/** Payloads that a helper node has received, without what differs from run to run. */
export function payloads(messages: readonly Message[]): Record<string, unknown>[] {
  return messages.map(({ payload }) => {
    const { receivedAt: _, ...event } = payload as Record<string, unknown>;
    return event;
  });
}
