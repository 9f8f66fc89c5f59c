/**
 * A provider that reports, over bare sockets so that it needs little of the processor itself: so many connections, each with
 * one report at a time. Forked; runs each load that it is told.
 */
import { connect, type Socket } from "node:net";

export interface Calls {
  readonly url: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface Called {
  /** Answered with 200. */
  readonly taken: number;
  readonly refused: number;
  readonly seconds: number;
  /** Milliseconds from a report to its answer. */
  readonly p50: number;
  readonly p99: number;
}

let reports = 0;

process.on("message", (calls: Calls) => {
  void run(calls).then((called) => process.send?.(called));
});

async function run({ url, connections, seconds }: Calls): Promise<Called> {
  const target = new URL(url);
  const times: number[] = [];
  let refused = 0;
  const begun = performance.now();
  const end = begun + seconds * 1000;
  const onAnswer = (isTaken: boolean, ms: number) => {
    if (isTaken) times.push(ms);
    else refused += 1;
    return performance.now() < end;
  };
  await Promise.all(Array.from({ length: connections }, () => connection(target, onAnswer)));
  const taken = times.length;
  times.sort((a, b) => a - b);
  const percentile = (part: number) => times[Math.min(taken - 1, Math.floor(taken * part))] ?? 0;
  return { taken, refused, seconds: (performance.now() - begun) / 1000, p50: percentile(0.5), p99: percentile(0.99) };
}

function connection(
  { hostname, port, pathname }: URL,
  onAnswer: (isTaken: boolean, ms: number) => boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(Number(port), hostname).setNoDelay();
    let sentAt = 0;
    let received = "";
    const call = () => {
      sentAt = performance.now();
      socket.write(report(hostname, pathname));
    };
    socket
      .once("connect", call)
      .on("error", reject)
      .once("close", () => resolve());
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("latin1");
      if (!isWhole(received)) return;
      const isTaken = received.startsWith("HTTP/1.1 200");
      received = "";
      if (onAnswer(isTaken, performance.now() - sentAt)) call();
      else socket.end();
    });
  });
}

/** The last word on a message of its own, as Connectus sends it. */
function report(host: string, path: string): string {
  const body = JSON.stringify({
    id_sms: (reports++).toString(16).padStart(32, process.pid.toString(16)),
    status: "DELIVERED",
  });
  return `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

function isWhole(received: string): boolean {
  const head = received.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /^content-length: (\d+)/im.exec(received.slice(0, head))?.[1];
  return length === undefined ? received.endsWith("\r\n0\r\n\r\n") : received.length >= head + 4 + Number(length);
}

// Not left behind when the benchmark is stopped.
process.once("disconnect", () => process.exit());
