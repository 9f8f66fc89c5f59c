import { strict as assert } from "node:assert";
import type { Socket } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { NodeMessage } from "node-red";
import { account, CREDENTIALS, flowOf } from "../support/flows.ts";
import { RunningFlow } from "../support/node-red.ts";
import { rawServer, reply } from "../support/raw-server.ts";
import type { RawServer } from "../support/raw-server.ts";

/** Messages in all; `npm run test:random` sends a hundred thousand. */
const MESSAGES = Number(process.env.CROWD ?? 25_000);

/** In one tick. */
const AT_ONCE = 25_000;

const MEGABYTE = 1024 * 1024;

/** What an account has by default (Pace, AccountSettings). */
const CONCURRENCY = 10;

/** What a node keeps: those that it works on, and those that wait before (Backlog). */
const KEPT = 20_100;

const alarm = () => ({ ...message("Alarm"), priority: "high" });

const message = (payload: string): NodeMessage & { to: string } => ({ to: "990324203", payload });

/** A provider that keeps each request until it is told to answer. */
class SlowProvider {
  readonly #server: RawServer;
  readonly #held: Socket[];

  private constructor(server: RawServer, held: Socket[]) {
    this.#server = server;
    this.#held = held;
  }

  static async start(): Promise<SlowProvider> {
    const held: Socket[] = [];
    return new SlowProvider(await rawServer({ onRequest: (socket) => void held.push(socket) }), held);
  }

  get url(): string {
    return this.#server.url;
  }

  /** Request lines, in the order in which they came. */
  get requests(): readonly string[] {
    return this.#server.heads;
  }

  /** Open connections. */
  get sockets(): number {
    return this.#server.open();
  }

  /** Connections since the start. */
  get connections(): number {
    return this.#server.connections();
  }

  /** Answers the request that has waited longest. */
  answer(): void {
    const body = JSON.stringify({ id_sms: "1", id_delivery: "2", messages: [] });
    this.#held.shift()?.write(reply(200, body, "content-type: application/json"));
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

function usedHeap(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

describe("a crowd of messages", function () {
  this.timeout(120_000 + MESSAGES * 5);
  let provider: SlowProvider;
  let flow: RunningFlow;

  beforeEach(async () => (provider = await SlowProvider.start()));
  afterEach(async () => {
    // The account waits a while for what is on its way: nothing will come.
    await provider.close();
    await flow.stop();
  });

  const start = async (node: { type: string } & Record<string, unknown>, settings: Record<string, unknown> = {}) => {
    const other = { id: "alarm", type: "send-sms", z: "tab", provider: "connectus", connectus: "account", wires: [[]] };
    flow = await RunningFlow.start([account(provider.url, settings), ...flowOf(node), other], CREDENTIALS);
  };
  const isAlarm = (request: string | undefined) => /\/send_sms\?.*=Alarm/.test(request ?? "");
  const requestsReach = (count: number) =>
    flow.eventually(() => provider.requests.length >= count, `${count} requests`, 30_000);

  it("finds a queue that is full, takes no more memory and no more sockets, and lets an alarm go first", async () => {
    await start({ type: "send-sms" });
    flow.send("node", message("The first"));
    await requestsReach(1);
    flow.forget();
    const before = usedHeap();
    const began = performance.now();
    let full = 0;
    for (let sent = 0; sent < MESSAGES; sent += AT_ONCE) {
      for (let index = 0; index < AT_ONCE; index++) flow.send("node", message(`Level ${sent + index}`));
      const refused = () => flow.settled.filter(({ error }) => codeOf(error) === "QUEUE_FULL").length;
      const expected = Math.max(0, sent + AT_ONCE + 1 - KEPT) - full;
      await flow.eventually(() => refused() === expected, `${expected} errors`, 60_000);
      full += refused();
      flow.forget();
    }
    const tookMs = performance.now() - began;
    assert.ok(
      tookMs < 25_000,
      `The machine is too busy: after ${Math.round(tookMs)} ms, messages meet their time limit of 30 s.`,
    );
    await requestsReach(CONCURRENCY);
    const grown = (usedHeap() - before) / MEGABYTE;
    assert.ok(grown <= 50, `${grown.toFixed(1)} MB more`);

    flow.send("alarm", alarm());
    await flow.eventually(() => flow.status("alarm")?.text?.includes("waiting") ?? false, "the alarm to wait");
    assert.deepEqual([provider.requests.length, provider.sockets], [CONCURRENCY, CONCURRENCY]);
    provider.answer();
    await requestsReach(CONCURRENCY + 1);
    assert.ok(isAlarm(provider.requests.at(-1)), provider.requests.at(-1));

    for (let more = 2; more < 200; more++) {
      provider.answer();
      await requestsReach(CONCURRENCY + more);
      assert.ok(provider.sockets <= CONCURRENCY, `${provider.sockets} sockets`);
    }
    assert.ok(provider.connections <= 2 * CONCURRENCY, `${provider.connections} connections for 200 requests`);
  });

  it("of one bulk of 100,000 lets an alarm go next too", async () => {
    await start({ type: "send-bulk", text: "Cut off at noon", textType: "str" }, { concurrency: 1 });
    flow.send("node", { payload: Array.from({ length: 100_000 }, (_, index) => `+5699${1_000_000 + index}`) });
    await requestsReach(1);
    flow.send("alarm", alarm());
    await flow.eventually(() => flow.status("alarm")?.text?.includes("waiting") ?? false, "the alarm to wait");
    provider.answer();
    await requestsReach(2);
    assert.ok(isAlarm(provider.requests[1]), provider.requests[1]);
  });
});
