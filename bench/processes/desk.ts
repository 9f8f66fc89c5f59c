/**
 * A node package for the Node-RED that is measured: a node that sends and one that counts, and commands over HTTP
 * (`POST /bench/<command>`), so that what is measured is one process and nothing else runs in it.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { ClosedLoop, type Load, type Run } from "./closed-loop.ts";
import { messageOf, numberOf, type Kind } from "./messages.ts";
import { profiled } from "./profile.ts";
import { followTwilio } from "./twilio.ts";

const MEGABYTE = 1024 * 1024;

/** Where a message came to its end: its result at the sink, its error at the other one, or its `done`. */
type End = (hasFailed: boolean, message: NodeMessage) => void;

interface Hooks {
  add(name: string, handler: (event: { node: { id: string }; error?: unknown; msg: NodeMessage }) => void): void;
}

interface Ask {
  readonly kind: Kind;
  readonly baseUrl: string;
  /** Counts a message as ended when its node said done; else when its result came out. */
  readonly untilDone?: boolean;
}

/** How late the event loop was, milliseconds. */
export interface Delay {
  readonly p99: number;
  readonly max: number;
}

export interface BurstRun {
  readonly ended: number;
  readonly failed: number;
  readonly seconds: number;
  /** Resident memory over what it was before, megabytes, at its most. */
  readonly memory: number;
}

export interface Footprint {
  /** Milliseconds from the start of the process until its flows ran. */
  readonly startMs: number;
  /** Megabytes. */
  readonly resident: number;
  readonly heap: number;
}

export class Desk {
  readonly #RED: NodeAPI;
  #source: Node | undefined;
  #onResult: End = () => undefined;
  #onDone: End = () => undefined;
  #startMs = 0;

  constructor(RED: NodeAPI) {
    this.#RED = RED;
    RED.events.once("flows:started", () => (this.#startMs = performance.now()));
    (RED as unknown as { hooks: Hooks }).hooks.add("onComplete.bench", ({ node, error, msg }) => {
      if (node.id === "node") this.#onDone(error !== undefined && error !== null, msg);
    });
  }

  source(node: Node): void {
    this.#source = node;
  }

  sink(node: Node, isForErrors: boolean): void {
    node.on("input", (message, _send, done) => {
      done();
      this.#onResult(isForErrors, message);
    });
  }

  /** Messages one after the other, so many at a time. */
  async drive({ kind, baseUrl, untilDone = false, ...load }: Ask & Load): Promise<Run> {
    const onEnd: End = (hasFailed) => loop.ended(hasFailed);
    const send = this.#sender(kind, baseUrl, onEnd);
    if (untilDone) this.#onDone = onEnd;
    else this.#onResult = onEnd;
    const loop = new ClosedLoop(load, (index) => send(index));
    const run = await profiled(kind, () => loop.run);
    this.#onDone = this.#onResult = () => undefined;
    return run;
  }

  /** So many messages in one tick. */
  async burst({ kind, baseUrl, count }: Ask & { count: number }): Promise<BurstRun> {
    await this.#collect();
    const idle = process.memoryUsage.rss();
    let most = idle;
    const look = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 10);
    const begun = performance.now();
    const { ended, failed } = await this.#all(kind, baseUrl, count);
    clearInterval(look);
    return { ended, failed, seconds: (performance.now() - begun) / 1000, memory: (most - idle) / MEGABYTE };
  }

  /** So many a second for so long, a tenth of them at once each tenth of a second, and how late the event loop was. */
  async pour({ kind, baseUrl, perSecond, seconds }: Ask & { perSecond: number; seconds: number }): Promise<Delay> {
    const ticks = seconds * 10;
    let ended = 0;
    const all = Promise.withResolvers<undefined>();
    let failed = 0;
    this.#onResult = (hasFailed) => {
      if (hasFailed) failed += 1;
      if (++ended >= ticks * (perSecond / 10)) all.resolve(undefined);
    };
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    for (let tick = 0; tick < ticks; tick++) {
      for (let index = 0; index < perSecond / 10; index++) this.#send(messageOf(kind, baseUrl, index));
      await sleep(100);
    }
    await all.promise;
    delay.disable();
    if (failed > 0) throw new Error(`${failed} of ${ended} messages failed`);
    return { p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
  }

  /** One message for so many recipients. */
  async bulk({ count }: { count: number }): Promise<Delay & { accepted: number; seconds: number }> {
    const payload = Array.from({ length: count }, (_, index) => ({
      to: numberOf(index, count),
      name: `Name ${index}`,
    }));
    await this.#collect();
    const delay = monitorEventLoopDelay({ resolution: 1 });
    const result = Promise.withResolvers<NodeMessage>();
    this.#onResult = (_, message) => result.resolve(message);
    // What came before this is not its doing.
    await sleep(100);
    delay.enable();
    const begun = performance.now();
    this.#send({ payload });
    const { payload: sent } = await result.promise;
    const seconds = (performance.now() - begun) / 1000;
    delay.disable();
    const { accepted = 0 } = Object(sent) as { accepted?: number };
    return { accepted, seconds, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
  }

  async footprint(): Promise<Footprint> {
    await this.#collect();
    const { rss, heapUsed } = process.memoryUsage();
    return { startMs: this.#startMs, resident: rss / MEGABYTE, heap: heapUsed / MEGABYTE };
  }

  /** Microseconds of processor so far. */
  async cpu(): Promise<number> {
    const { user, system } = process.cpuUsage();
    return user + system;
  }

  /** Resolves when so many results came, counted from the start. */
  async #all(kind: Kind, baseUrl: string, count: number): Promise<{ ended: number; failed: number }> {
    const all = Promise.withResolvers<undefined>();
    let ended = 0;
    let failed = 0;
    this.#onResult = (hasFailed) => {
      if (hasFailed) failed += 1;
      if (++ended >= count) all.resolve(undefined);
    };
    for (let index = 0; index < count; index++) this.#send(messageOf(kind, baseUrl, index));
    await Promise.race([all.promise, sleep(60_000, undefined, { ref: false })]);
    return { ended, failed };
  }

  #sender(kind: Kind, baseUrl: string, onEnd: End): (index: number) => void {
    if (kind === "twilio") followTwilio(this.#RED.nodes.getNode("node"), baseUrl, (hasFailed) => onEnd(hasFailed, {}));
    return (index) => this.#send(messageOf(kind, baseUrl, index));
  }

  #send(message: Record<string, unknown>): void {
    this.#source?.send(message);
  }

  async #collect(): Promise<void> {
    setFlagsFromString("--expose_gc");
    const collect = runInNewContext("gc") as () => void;
    for (let turn = 0; turn < 3; turn++) {
      collect();
      await sleep(100);
    }
  }
}

export default function register(RED: NodeAPI): void {
  const desk = new Desk(RED);
  RED.nodes.registerType("bench-source", function (this: Node, config: NodeDef) {
    RED.nodes.createNode(this, config);
    desk.source(this);
  });
  RED.nodes.registerType("bench-sink", function (this: Node, config: NodeDef & { errors?: boolean }) {
    RED.nodes.createNode(this, config);
    desk.sink(this, config.errors === true);
  });
  const commands: Record<string, (ask: never) => Promise<unknown>> = {
    drive: (ask) => desk.drive(ask),
    burst: (ask) => desk.burst(ask),
    pour: (ask) => desk.pour(ask),
    bulk: (ask) => desk.bulk(ask),
    footprint: () => desk.footprint(),
    cpu: () => desk.cpu(),
    profile: ({ seconds }: { seconds: number }) => profiled("process", () => sleep(1000 * seconds)),
  };
  RED.httpAdmin.post("/bench/:command", (request, response) => {
    const command = commands[request.params.command];
    if (!command) return void response.sendStatus(404);
    command(request.body as never).then(
      (answer) => response.json(answer),
      (error: unknown) => response.status(500).json(String(error)),
    );
  });
}
