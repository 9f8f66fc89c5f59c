/**
 * A provider on loopback, in a process of its own: it takes what it is sent and answers at once, as Connectus and Twilio do.
 * Forked; tells its address when it listens, and what it saw when it is asked.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** What it saw since it was asked last. */
export interface Seen {
  readonly requests: number;
  /** Connections at a time, at most. */
  readonly sockets: number;
}

const JSON_TYPE = { "content-type": "application/json" };

let requests = 0;
let open = 0;
let sockets = 0;

const server = createServer((request, response) => {
  requests += 1;
  const { url = "" } = request;
  if (url.includes("send_sms_bulk")) return void textOf(request).then((body) => answer(bulkReply(body)));
  const id = requests.toString(16).padStart(32, "0");
  request.resume();
  if (url.endsWith("Messages.json")) return answer(JSON.stringify({ sid: `SM${id}`, status: "queued" }), 201);
  return answer(JSON.stringify({ id_sms: id }));

  function answer(text: string, status = 200): void {
    response.writeHead(status, { ...JSON_TYPE, "content-length": Buffer.byteLength(text) }).end(text);
  }
});
server.keepAliveTimeout = 60_000;
server.on("connection", (socket) => {
  sockets = Math.max(sockets, ++open);
  socket.once("close", () => (open -= 1));
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));

process.on("message", () => {
  process.send?.({ requests, sockets });
  requests = 0;
  sockets = open;
});

/** An id for each message of a bulk, which is JSON in a parameter of the form. */
function bulkReply(body: string): string {
  const list = JSON.parse(new URLSearchParams(body).get("messages") ?? "[]") as { dst_number: number }[];
  const id = requests.toString(16).padStart(12, "0");
  const messages = list.map(({ dst_number }, index) => ({ id_sms: `${id}-${index}`, dst_number }));
  return JSON.stringify({ id_delivery: id, messages });
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

// Not left behind when the benchmark is stopped.
process.once("disconnect", () => process.exit());
