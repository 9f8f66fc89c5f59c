import { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Node, NodeAPI, NodeMessage } from "node-red";

const require = createRequire(import.meta.url);
const dist = resolve(import.meta.dirname, "..", "..", "dist");

/** A compiled module of the package, as an installed copy would load it. */
export function built<Module>(path: string): Module {
  return require(join(dist, path)) as Module;
}

export interface FlowNode {
  id: string;
  type: string;
  [property: string]: unknown;
}
export type Credentials = Record<string, Record<string, string>>;
export type Message = NodeMessage & { error?: { message: string; code?: string; cause?: Record<string, unknown> } };
export interface LogLine {
  level: number;
  id?: string;
  type?: string;
  msg: unknown;
}

interface Badge {
  fill?: string;
  shape?: string;
  text?: string;
}

interface NodeRed {
  log: {
    addHandler(handler: EventEmitter): void;
    removeHandler(handler: EventEmitter): void;
    ERROR: number;
    WARN: number;
  };
  events: EventEmitter;
  hooks: {
    add(name: string, handler: (event: Completed) => void): void;
    remove(name: string): void;
  };
}
interface Completed {
  msg: NodeMessage;
  error?: unknown;
  node: { id: string };
}
interface Helper {
  init(path: string): void;
  settings(settings: { userDir: string | undefined }): void;
  load(nodes: unknown[], flow: FlowNode[], credentials: Credentials): Promise<void>;
  unload(): Promise<void>;
  getNode(id: string): Node;
  setFlows(flow: FlowNode[], type: string, credentials?: Credentials): Promise<void>;
  /** Its spies, which keep every message and error that passes. */
  _sandbox: { resetHistory(): void };
  _redNodes: { setFlows(flow: FlowNode[], credentials: Credentials, type: string): Promise<unknown> };
}

/** Which Node-RED to test in: the compatibility run names an older one. */
const path = process.env.NODE_RED_PATH ?? require.resolve("node-red");
const nodeRed = require(path) as NodeRed;
const helper = require("node-red-node-test-helper") as Helper;
helper.init(path);

export const LEVEL = nodeRed.log;

type Register = (RED: NodeAPI) => void;

const { nodes: files } = (require(resolve(dist, "..", "package.json")) as { "node-red": { nodes: object } })[
  "node-red"
];

function registers(): Register[] {
  return Object.keys(files).map((type) => built<{ default: Register }>(`nodes/${type}/${type}.js`).default);
}

/** A flow that runs in a real Node-RED, with all that its nodes say, send and log. */
export class RunningFlow {
  readonly log: LogLine[] = [];
  /** Every status that a node showed, by the node's id. */
  readonly statuses = new Map<string, Badge[]>();
  /** Every done() of every node, with its error if it had one. */
  readonly settled: Completed[] = [];
  readonly #received = new Map<string, Message[]>();
  readonly #watched = new WeakSet<Node>();
  readonly #handler = new EventEmitter();
  readonly #onStatus = ({ id, status }: { id: string; status?: Badge }) => {
    this.statuses.set(id, [...(this.statuses.get(id) ?? []), status ?? {}]);
  };
  /** The flow as it was deployed last. */
  flow: FlowNode[] = [];
  /** What every node gets when it is registered. */
  red: NodeAPI | undefined;

  /** `userDir`: where nodes keep what they remember; none by default. */
  static async start(flow: FlowNode[], credentials: Credentials = {}, userDir?: string): Promise<RunningFlow> {
    helper.settings({ userDir });
    const running = new RunningFlow();
    running.flow = flow.map(onCanvas);
    running.#handler.on("log", (line: LogLine) => running.log.push(line));
    nodeRed.log.addHandler(running.#handler);
    nodeRed.events.on("node-status", running.#onStatus);
    nodeRed.hooks.add("onComplete.test", (event) => void running.settled.push(event));
    const grab: Register = (RED) => void (running.red = RED);
    // Node-RED takes the object for its own.
    await helper.load([grab, ...registers()], running.flow, structuredClone(credentials));
    running.#watch();
    return running;
  }

  /** Hands a message to a node, as a wire would. */
  send(id: string, message: NodeMessage): void {
    this.node(id).receive(message);
  }

  node(id: string): Node {
    const node = helper.getNode(id) as Node | null;
    if (!node) throw new Error(`The flow has no running node ${id}`);
    return node;
  }

  /** What a helper node has received so far. */
  received(id: string): Message[] {
    return this.#received.get(id) ?? [];
  }

  /** What a helper node receives, once it has received so many. */
  async until(id: string, count = 1, timeoutMs = 10_000): Promise<Message[]> {
    await this.eventually(() => this.received(id).length >= count, `${count} message(s) at ${id}`, timeoutMs);
    return this.received(id);
  }

  /** The first message at a helper node. */
  async first(id: string): Promise<Message> {
    const [message] = await this.until(id);
    if (!message) throw new Error("unreachable");
    return message;
  }

  async eventually(holds: () => boolean, what: string, timeoutMs = 10_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!holds()) {
      if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`);
      await sleep(5);
    }
  }

  /** Drops all that is kept of what happened so far, so that what the nodes keep can be measured. */
  forget(): void {
    this.settled.length = 0;
    this.log.length = 0;
    this.statuses.clear();
    for (const messages of this.#received.values()) messages.length = 0;
    helper._sandbox.resetHistory();
  }

  status(id: string): Badge | undefined {
    return this.statuses.get(id)?.at(-1);
  }

  /** Resolves when a node shows this badge. */
  async shows(id: string, badge: Badge): Promise<void> {
    const shown = () => JSON.stringify(this.status(id));
    await this.eventually(() => shown() === JSON.stringify(badge), `the badge ${JSON.stringify(badge)} at ${id}`, 2000);
  }

  /** What nodes warned of in the log. */
  warnings(): string[] {
    const ids = new Set(this.flow.map(({ id }) => id));
    const lines = this.log.filter(({ level, id }) => level === nodeRed.log.WARN && ids.has(id ?? ""));
    return lines.map(({ msg }) => String(msg));
  }

  /** How often done() was called for a node, and with which error codes. */
  outcomes(id: string): string[] {
    return this.settled.flatMap(({ node, error }) => (node.id === id ? [codeOf(error)] : []));
  }

  /** Deploys the flow again, changed or not; resolves when the old nodes have closed and the new ones run. */
  async deploy(type: "full" | "flows" | "nodes" = "full", flow = this.flow, credentials?: Credentials): Promise<void> {
    const started = new Promise((done) => nodeRed.events.once("flows:started", done));
    this.flow = flow.map(onCanvas);
    await helper._redNodes.setFlows(structuredClone(this.flow), credentials ?? {}, type);
    await started;
    this.#watch();
  }

  async stop(): Promise<void> {
    await helper.unload();
    nodeRed.log.removeHandler(this.#handler);
    nodeRed.events.off("node-status", this.#onStatus);
    nodeRed.hooks.remove("*.test");
  }

  #watch(): void {
    for (const { id, type } of this.flow) {
      const node = helper.getNode(id) as Node | null;
      if (!node) continue;
      // A deploy of changed nodes leaves the others as they are.
      if (type === "helper" && !this.#watched.has(node)) {
        this.#watched.add(node);
        this.#received.set(id, this.#received.get(id) ?? []);
        node.on("input", (message) => void this.#received.get(id)?.push(message));
      }
    }
  }
}

/** Node-RED takes a node without a position for a config node. */
function onCanvas(node: FlowNode): FlowNode {
  return node.z === undefined ? node : { x: 0, y: 0, ...node };
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : error ? String(error) : "done";
}
