import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { smshostingStandIn } from "../../src/providers/smshosting/stand-in.ts";
import { startSandbox, type Fault, type Sandbox } from "../../src/sandbox/index.ts";
import type { StandIn } from "../../src/sandbox/stand-in.ts";
import { NodeRedProcess } from "./node-red-process.ts";
import { newUserDir } from "./outbox.ts";
import { hand, outboxFlow } from "./outbox-process.ts";

/** A storm: messages pour into a Node-RED that is killed again and again, while its provider answers badly. */
export interface StormOptions {
  /** Messages that must be acknowledged in all. */
  readonly messages: number;
  readonly onUnknown: "hold" | "resend" | "check";
  readonly provider: "connectus" | "smshosting";
  /** How long each Node-RED lives, milliseconds. */
  readonly lifeMs: number;
  /** The part of the answers that is faulty, 0 to 1. */
  readonly faulty: number;
  /** More properties of the outbox node. */
  readonly outbox?: Record<string, unknown>;
  /** Told how far it is. */
  readonly onStep?: (text: string) => void;
}

/** What came of a storm. Only what was acknowledged was promised. */
export interface StormResult {
  readonly acknowledged: number;
  readonly kills: number;
  /** Acknowledged, but neither taken by the provider nor listed as in doubt or failed. */
  readonly lost: string[];
  /** Taken more than once by the provider. */
  readonly doubled: string[];
  /** Taken more than once, and not marked as a possible duplicate. */
  readonly unmarked: string[];
  /** Still in doubt at the end. */
  readonly uncertain: number;
  /** What the doubt may be at most: ambiguous answers, and what was on its way at each kill. */
  readonly bound: number;
  readonly states: Readonly<Record<string, number>>;
  readonly seconds: number;
}

interface Listed {
  readonly text: string;
  readonly state: string;
  readonly possibleDuplicate: boolean;
}

const CONCURRENCY = 10;

/** Messages handed over at the same time. */
const HANDS = 32;

const PAGE = 500;

/** The calm after the storm; a provider is asked about what is in doubt for up to two minutes. */
const QUIET_MS = 600_000;

const STAND_INS: Record<StormOptions["provider"], () => StandIn> = {
  connectus: connectusStandIn,
  smshosting: smshostingStandIn,
};

/** Whether the message was taken is open after all of them but the last. */
const FAULTS: readonly Fault[] = [
  { kind: "reset-after-read" },
  { kind: "empty" },
  { kind: "truncated" },
  { kind: "no-id" },
  { kind: "status", status: 500 },
  { kind: "html" },
  { kind: "reset-before-read" },
  { kind: "status", status: 429 },
];

/** A provider that answers badly now and then, and what it took. */
class BadProvider {
  readonly taken = new Map<string, number>();
  ambiguous = 0;
  readonly #faulty: number;
  #sandbox: Sandbox | undefined;

  constructor(faulty: number) {
    this.#faulty = faulty;
  }

  async start(standIn: StandIn): Promise<Sandbox> {
    const answer: StandIn["answer"] = (request, desk) => {
      this.#maybeSpoilNext();
      return standIn.answer(request, {
        ...desk,
        keep: (message) => {
          this.taken.set(message.text, (this.taken.get(message.text) ?? 0) + 1);
          desk.keep(message);
        },
      });
    };
    return (this.#sandbox = await startSandbox({ ...standIn, answer }));
  }

  #maybeSpoilNext(): void {
    if (Math.random() >= this.#faulty) return;
    const fault = FAULTS[Math.floor(Math.random() * FAULTS.length)];
    if (!fault) return;
    if (fault !== FAULTS.at(-1)) this.ambiguous += 1;
    this.#sandbox?.misbehave(fault);
  }
}

export async function storm(options: StormOptions): Promise<StormResult> {
  const began = performance.now();
  const { onStep = () => undefined, provider: name } = options;
  const provider = new BadProvider(options.faulty);
  const sandbox = await provider.start(STAND_INS[name]());
  const folder = await newUserDir();
  const flows = outboxFlow(sandbox.url, join(folder, "emitted.jsonl"), {
    provider: name,
    account: { concurrency: CONCURRENCY },
    outbox: { onUnknown: options.onUnknown, maxMessages: 10 * options.messages, ...options.outbox },
  });
  const credentials = { account: sandbox.credentials };
  let nodeRed = await NodeRedProcess.start({ flows, credentials });
  try {
    const acknowledged = new Set<string>();
    let kills = 0;
    while (acknowledged.size < options.messages) {
      const killing = sleep(options.lifeMs).then(() => nodeRed.kill());
      await pour(nodeRed, acknowledged, { until: options.messages, killing, prefix: String(kills) });
      await killing;
      kills += 1;
      onStep(`kill ${kills}: ${acknowledged.size} acknowledged, ${provider.taken.size} taken`);
      nodeRed = await NodeRedProcess.start({ userDir: nodeRed.userDir });
    }
    await untilQuiet(nodeRed, options);
    const listed = await listAll(nodeRed);
    return {
      ...judged(acknowledged, listed, provider),
      kills,
      bound: provider.ambiguous + kills * CONCURRENCY,
      seconds: Math.round((performance.now() - began) / 1000),
    };
  } finally {
    await nodeRed.stop();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Hands messages over until there are enough or Node-RED is gone. Each has a text of its own, also when tried again. */
async function pour(
  nodeRed: NodeRedProcess,
  acknowledged: Set<string>,
  { until, killing, prefix }: { until: number; killing: Promise<void>; prefix: string },
): Promise<void> {
  let isOver = false;
  void killing.then(() => (isOver = true));
  let next = 0;
  const one = async () => {
    while (!isOver && acknowledged.size < until) {
      const text = `Message ${prefix}-${next++}`;
      if (await hand(nodeRed, { to: "+56990324203", text })) acknowledged.add(text);
    }
  };
  await Promise.all(Array.from({ length: HANDS }, one));
}

/** Resolves when nothing is left to be sent, nor in doubt where that settles itself. */
async function untilQuiet(
  nodeRed: NodeRedProcess,
  { onUnknown, onStep = () => undefined }: StormOptions,
): Promise<void> {
  const deadline = performance.now() + QUIET_MS;
  for (let before = ""; performance.now() < deadline; await sleep(1000)) {
    const { counts } = await asked<{ counts: Record<string, number> }>(nodeRed, "");
    const { queued = 0, sending = 0, uncertain = 0 } = counts;
    if (queued + sending === 0 && (onUnknown === "hold" || uncertain === 0)) return;
    const now = JSON.stringify(counts);
    if (now !== before) onStep(now);
    before = now;
  }
}

async function listAll(nodeRed: NodeRedProcess): Promise<Listed[]> {
  const all: Listed[] = [];
  for (;;) {
    const { messages } = await asked<{ messages: Listed[] }>(nodeRed, `/messages?limit=${PAGE}&offset=${all.length}`);
    all.push(...messages);
    if (messages.length < PAGE) return all;
  }
}

async function asked<Answer>({ url }: NodeRedProcess, below: string): Promise<Answer> {
  const response = await fetch(`${url}messaging/outbox/outbox${below}`);
  if (!response.ok) throw new Error(`The outbox answers ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}

function judged(acknowledged: ReadonlySet<string>, listed: readonly Listed[], { taken }: BadProvider) {
  const known = new Map(listed.map((message) => [message.text, message]));
  const states: Record<string, number> = {};
  for (const { state } of listed) states[state] = (states[state] ?? 0) + 1;
  const isTold = (text: string) => ["uncertain", "failed", "expired"].includes(known.get(text)?.state ?? "");
  const doubled = [...taken].filter(([, times]) => times > 1).map(([text]) => text);
  return {
    acknowledged: acknowledged.size,
    lost: [...acknowledged].filter((text) => !taken.has(text) && !isTold(text)),
    doubled,
    unmarked: doubled.filter((text) => known.get(text)?.possibleDuplicate !== true),
    uncertain: states.uncertain ?? 0,
    states,
  };
}
