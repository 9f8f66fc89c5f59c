import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { smshostingStandIn } from "../../src/providers/smshosting/stand-in.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import type { StandIn } from "../../src/sandbox/stand-in.ts";
import { BadProvider } from "./bad-provider.ts";
import { NodeRedProcess, type NodeRedOptions } from "./node-red-process.ts";
import { newUserDir } from "./outbox.ts";
import { emitted, hand, outboxFlow } from "./outbox-process.ts";

/** A storm: messages pour into a Node-RED that is killed again and again, while its provider answers badly. */
export interface StormOptions {
  /** Messages that must be acknowledged in all. */
  readonly messages: number;
  readonly onUnknown: "hold" | "resend" | "check";
  readonly provider: "connectus" | "smshosting";
  /** How long each Node-RED lives, milliseconds from the first message that it acknowledged. */
  readonly lifeMs: number;
  /** The part of the answers that is faulty, 0 to 1. */
  readonly faulty: number;
  /** Of the account; no limit when absent. With one that is low many wait, and all who share them want the same. */
  readonly ratePerSecond?: number;
  /** More properties of the outbox node, and its credentials. */
  readonly outbox?: Record<string, unknown>;
  readonly outboxCredentials?: Record<string, string>;
  /** More Node-REDs with the same flow, which share the outbox and are not killed. None when absent. */
  readonly companions?: number;
  /** Told how far it is. */
  readonly onStep?: (text: string) => void;
}

/** What came of a storm. Only what was acknowledged was promised. */
export interface StormResult {
  readonly acknowledged: number;
  readonly kills: number;
  /** Acknowledged, but neither taken by the provider nor listed as in doubt or failed. */
  readonly lost: string[];
  /** Acknowledged, but no result of it left a send node. */
  readonly unreported: string[];
  /** How many of them there may be: results that were between the send node and the file behind it at a kill. */
  readonly unreportedBound: number;
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

/** The same at a companion, so that it does not take all before the other is killed once. */
const COMPANION_HANDS = 4;

const PAGE = 500;

/** A Node-RED that acknowledges nothing for so long is killed all the same. */
const SILENCE_MS = 20_000;

/** Results that an outbox hands over at a time. */
const REPORTS = 20;

/** The calm after the storm; a provider is asked about what is in doubt for up to two minutes. */
const QUIET_MS = 600_000;

/** For the results to come out of the send nodes then; a store that is shared waits for those of the dead. */
const REPORTED_MS = 60_000;

const STAND_INS: Record<StormOptions["provider"], () => StandIn> = {
  connectus: connectusStandIn,
  smshosting: smshostingStandIn,
};

export async function storm(options: StormOptions): Promise<StormResult> {
  const began = performance.now();
  const { companions = 0, onStep = () => undefined } = options;
  const provider = new BadProvider(options.faulty);
  const sandbox = await provider.start(STAND_INS[options.provider]());
  const folder = await newUserDir();
  const files = Array.from({ length: 1 + companions }, (_, index) => join(folder, `emitted-${index}.jsonl`));
  const running: NodeRedProcess[] = [];
  const acknowledged = new Set<string>();
  let kills = 0;

  async function killAgainAndAgain(victim: NodeRedProcess): Promise<void> {
    for (let current = victim; acknowledged.size < options.messages;) {
      // What counts is the time at work, however long a busy machine takes to begin.
      const isWorking = growth(acknowledged, String(kills));
      const killing = isWorking.then(() => sleep(options.lifeMs)).then(() => current.kill());
      await pour(current, acknowledged, { until: options.messages, killing, prefix: String(kills), hands: HANDS });
      await killing;
      kills += 1;
      onStep(`kill ${kills}: ${acknowledged.size} acknowledged, ${provider.taken.size} taken`);
      current = running[0] = await NodeRedProcess.start({ userDir: current.userDir });
    }
  }

  try {
    for (const file of files) running.push(await NodeRedProcess.start(installation(sandbox, file, options)));
    const [victim, ...others] = running as [NodeRedProcess, ...NodeRedProcess[]];
    const steady = { until: options.messages, hands: COMPANION_HANDS };
    await Promise.all([
      killAgainAndAgain(victim),
      ...others.map((one, index) => pour(one, acknowledged, { ...steady, prefix: `by ${index + 1}` })),
    ]);
    const [last = victim] = running;
    await untilQuiet(last, options);
    const unreported = await untilReported(files, acknowledged);
    return {
      ...judged(acknowledged, await listAll(last), provider),
      unreported,
      unreportedBound: kills * REPORTS,
      kills,
      bound: provider.ambiguous + kills * CONCURRENCY,
      seconds: Math.round((performance.now() - began) / 1000),
    };
  } finally {
    await Promise.all(running.map((one) => one.stop()));
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of a Node-RED that writes to this file what its send node emits. */
function installation(sandbox: Sandbox, file: string, options: StormOptions): NodeRedOptions {
  const { provider, onUnknown, messages, ratePerSecond = 0, outbox, outboxCredentials = {} } = options;
  const flows = outboxFlow(sandbox.url, file, {
    provider,
    account: { concurrency: CONCURRENCY, ratePerSecond },
    outbox: { onUnknown, maxMessages: 10 * messages, ...outbox },
  });
  return { flows, credentials: { account: sandbox.credentials, outbox: outboxCredentials } };
}

/** Resolves when a message of this prefix was acknowledged, or none for too long. */
async function growth(acknowledged: ReadonlySet<string>, prefix: string): Promise<void> {
  const isOfIt = (text: string) => text.startsWith(`Message ${prefix}-`);
  const deadline = performance.now() + SILENCE_MS;
  while (![...acknowledged].slice(-HANDS).some(isOfIt) && performance.now() < deadline) await sleep(20);
}

/** Hands messages over until there are enough or Node-RED is gone. Each has a text of its own, also when tried again. */
async function pour(
  nodeRed: NodeRedProcess,
  acknowledged: Set<string>,
  { until, killing, prefix, hands }: { until: number; killing?: Promise<void>; prefix: string; hands: number },
): Promise<void> {
  let isOver = false;
  void killing?.then(() => (isOver = true));
  let next = 0;
  const one = async () => {
    while (!isOver && acknowledged.size < until) {
      const text = `Message ${prefix}-${next++}`;
      if (await hand(nodeRed, { to: "+56990324203", text, job: text })) acknowledged.add(text);
    }
  };
  await Promise.all(Array.from({ length: hands }, one));
}

/** Those of which no result came, in a time in which the others' results did. */
async function untilReported(files: readonly string[], acknowledged: ReadonlySet<string>): Promise<string[]> {
  for (const deadline = performance.now() + REPORTED_MS; ; await sleep(500)) {
    const reported = new Set((await Promise.all(files.map(emitted))).flat().map(({ job }) => job));
    const missing = [...acknowledged].filter((text) => !reported.has(text));
    if (missing.length === 0 || performance.now() > deadline) return missing;
  }
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
