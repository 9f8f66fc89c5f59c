import { readFile } from "node:fs/promises";
import { account, lineWriter, tab } from "./flows.ts";
import type { FlowNode } from "./node-red.ts";
import type { NodeRedProcess } from "./node-red-process.ts";
import { outbox } from "./outbox.ts";

/** What left the send node, or came to the Catch node. */
export interface Emitted {
  readonly payload?: unknown;
  readonly job?: unknown;
  readonly error?: { readonly code?: string; readonly cause?: { readonly outcome?: string } };
}

interface FlowOptions {
  /** `connectus` when absent. */
  readonly provider?: string;
  readonly account?: Record<string, unknown>;
  readonly outbox?: Record<string, unknown>;
}

/**
 * A flow for a Node-RED of its own: what is posted to `/send` goes to a send node with an outbox, the answer comes when the
 * node says done, and what it emits is written to a file.
 */
export function outboxFlow(
  baseUrl: string,
  file: string,
  { provider = "connectus", ...more }: FlowOptions = {},
): FlowNode[] {
  const on = { z: "tab", x: 100, y: 100 };
  return [
    tab(),
    { ...account(baseUrl, more.account), type: `${provider}-account` },
    outbox(more.outbox),
    { ...on, id: "in", type: "http in", url: "/send", method: "post", wires: [["spread"]] },
    {
      ...on,
      id: "spread",
      type: "function",
      func: "return Object.assign(msg, msg.payload, { payload: msg.payload.text });",
      outputs: 1,
      wires: [["node"]],
    },
    {
      ...on,
      id: "node",
      type: "send-sms",
      provider,
      [provider]: "account",
      outbox: "outbox",
      wires: [["line"]],
    },
    { ...on, id: "complete", type: "complete", scope: ["node"], uncaught: false, wires: [["answer"]] },
    { ...on, id: "answer", type: "http response", statusCode: "200", wires: [] },
    { ...on, id: "catch", type: "catch", scope: ["node"], uncaught: false, wires: [["line", "failed"]] },
    {
      ...on,
      id: "failed",
      type: "function",
      func: "if (msg.res) return msg;",
      outputs: 1,
      wires: [["refuse"]],
    },
    { ...on, id: "refuse", type: "http response", statusCode: "503", wires: [] },
    {
      ...on,
      id: "line",
      type: "function",
      func: "const { payload, job, error, sent } = msg; return { payload: JSON.stringify({ payload, job, error, sent }) };",
      outputs: 1,
      wires: [["write"]],
    },
    { ...on, ...lineWriter("write", file) },
  ];
}

/** Hands a message over; true when the node said done, so that it is promised to be on disk. */
export async function hand({ url }: NodeRedProcess, message: object): Promise<boolean> {
  const headers = { "content-type": "application/json" };
  try {
    return (await fetch(`${url}send`, { method: "POST", headers, body: JSON.stringify(message) })).ok;
  } catch {
    return false;
  }
}

/** All that the send node has emitted, also before a kill. */
export async function emitted(file: string): Promise<Emitted[]> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line.endsWith("}"))
    .map((line) => JSON.parse(line) as Emitted);
}
