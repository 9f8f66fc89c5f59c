import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { providers } from "../../src/providers/index.ts";
import { startSandbox, type Fault, type Sandbox } from "../../src/sandbox/index.ts";
import type { StandIn } from "../../src/sandbox/stand-in.ts";
import { folder } from "./sqlite.ts";
import { MOST_RECIPIENTS, recipientsOf, type ChildSettings, type Said, type SaidRecipient } from "./storm-words.ts";

export interface StormOptions {
  readonly provider: "connectus" | "smshosting";
  readonly onUnknown: ChildSettings["onUnknown"];
  readonly messages: number;
  /** Milliseconds between kills, on average. */
  readonly killEveryMs: number;
  /** 0 to 1. */
  readonly faultRate: number;
  readonly ratePerSecond: number;
  readonly log?: (line: string) => void;
}

/** What a storm left behind. The lists at the end name what broke a promise: they are to be empty. */
export interface StormReport {
  readonly kills: number;
  /** Messages that were said to be stored. */
  readonly acknowledged: number;
  /** Answers after which nobody can know whether the messages were taken. */
  readonly ambiguous: number;
  /** Recipients whose end is not known. */
  readonly uncertain: string[];
  /** The most that may be. */
  readonly bound: number;
  readonly dropped: number;
  readonly resent: number;
  readonly seconds: number;
  /** Stored, and nobody was told what became of them. */
  readonly lost: string[];
  /** Taken by the provider more than once. */
  readonly doubled: string[];
  /** Taken more than once without the mark of a possible duplicate. */
  readonly unmarked: string[];
  /** Said to be taken that were not, or not taken that were. */
  readonly contradicted: string[];
}

/** After these nobody knows; the first four after the provider took the messages. */
const AMBIGUOUS: readonly Fault[] = [
  { kind: "reset-after-read" },
  { kind: "empty" },
  { kind: "truncated" },
  { kind: "no-id" },
  { kind: "html" },
  { kind: "reset-before-read" },
  { kind: "status", status: 500 },
];
const CERTAIN: readonly Fault[] = [
  { kind: "status", status: 503, retryAfter: 0 },
  { kind: "status", status: 400 },
  { kind: "slow", ms: 150 },
];

const CONCURRENCY = 10;

/** Sends messages through outboxes that are killed and started again, and looks at what both ends say of them. */
export async function storm(options: StormOptions): Promise<StormReport> {
  const begun = performance.now();
  const world = await World.make(options);
  try {
    while (world.next < options.messages) await world.gust();
    await world.calm();
    return { ...world.judge(), seconds: Math.round((performance.now() - begun) / 1000) };
  } finally {
    await world.end();
  }
}

/** The provider, the processes that are killed one after the other, and what was heard of both. */
class World {
  /** The message that is to be put next. */
  next = 0;
  readonly #options: StormOptions;
  readonly #sandbox: Sandbox;
  readonly #file: string;
  readonly #remove: () => Promise<void>;
  /** How often each number's message was taken. */
  readonly #taken: Map<string, number>;
  readonly #ambiguous: () => number;
  readonly #stored = new Set<number>();
  readonly #ends = new Map<number, readonly SaidRecipient[]>();
  readonly #dropped = new Set<string>();
  #kills = 0;
  /** Characters of what was said. */
  #heard = 0;

  static async make(options: StormOptions): Promise<World> {
    const { path, remove } = await folder();
    const taken = new Map<string, number>();
    const provider = providers.find(({ name }) => name === options.provider);
    if (!provider) throw new Error("There is no such provider.");
    let ambiguous = 0;
    const standIn = watched(
      await provider.sandbox(),
      (to) => taken.set(to, (taken.get(to) ?? 0) + 1),
      () => {
        if (Math.random() >= options.faultRate) return;
        const faults = Math.random() < 0.6 ? AMBIGUOUS : CERTAIN;
        if (faults === AMBIGUOUS) ambiguous += 1;
        sandbox.misbehave(faults[Math.floor(Math.random() * faults.length)] ?? { kind: "empty" });
      },
    );
    const sandbox: Sandbox = await startSandbox(standIn);
    return new World(options, {
      sandbox,
      file: join(path, "outbox.sqlite"),
      remove,
      taken,
      ambiguous: () => ambiguous,
    });
  }

  constructor(
    options: StormOptions,
    parts: {
      sandbox: Sandbox;
      file: string;
      remove: () => Promise<void>;
      taken: Map<string, number>;
      ambiguous: () => number;
    },
  ) {
    this.#options = options;
    this.#sandbox = parts.sandbox;
    this.#file = parts.file;
    this.#remove = parts.remove;
    this.#taken = parts.taken;
    this.#ambiguous = parts.ambiguous;
  }

  /** Lets a process work for a while, then kills it. */
  async gust(): Promise<void> {
    const { killEveryMs, messages } = this.#options;
    const child = this.#start({ from: this.next, to: messages, dropForMs: killEveryMs * 2 });
    const exit = once(child, "exit");
    // What counts is the time at work.
    while (this.#listen() === 0 && child.exitCode === null) await delay(20);
    await Promise.race([delay(killEveryMs * (0.5 + Math.random())), exit]);
    if (child.exitCode !== null) throw new Error("The process ended by itself.");
    child.kill("SIGKILL");
    this.#kills += 1;
    await exit;
    this.#listen();
    this.#options.log?.(`${this.#kills} kills, ${this.next} messages put, ${this.#ends.size} settled`);
  }

  /** Lets a process bring everything to its end. */
  async calm(): Promise<void> {
    const child = this.#start({ from: this.next, to: this.next, dropForMs: 0 });
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) throw new Error(`The last process ended with ${code}.`);
    this.#listen();
  }

  judge(): Omit<StormReport, "seconds"> {
    const lost: string[] = [];
    const doubled: string[] = [];
    const unmarked: string[] = [];
    const contradicted: string[] = [];
    const uncertain: string[] = [];
    let resent = 0;
    for (const index of this.#stored) {
      const end = this.#ends.get(index);
      if (!end) lost.push(`message ${index}`);
      for (const [place, to] of recipientsOf(index).entries()) {
        const said = end?.[end.length === 1 ? 0 : place];
        const times = this.#taken.get(to) ?? 0;
        if (said?.possibleDuplicate) resent += 1;
        if (times > 1) doubled.push(`${to}: ${times} times`);
        if (times > 1 && !said?.possibleDuplicate) unmarked.push(`${to}: ${times} times`);
        const isWrong = (said?.status === "accepted") !== times > 0 || (times > 0 && this.#dropped.has(to));
        if (said?.status === "unknown")
          uncertain.push(`${to} of message ${index}: ${JSON.stringify(said)}, taken ${times} times`);
        else if (said && isWrong) {
          contradicted.push(`${to} of message ${index}: ${JSON.stringify(said)}, taken ${times} times`);
        }
      }
    }
    return {
      kills: this.#kills,
      acknowledged: this.#stored.size,
      ambiguous: this.#ambiguous(),
      uncertain,
      bound: (this.#ambiguous() + this.#kills * CONCURRENCY) * MOST_RECIPIENTS,
      dropped: this.#dropped.size,
      resent,
      ...{ lost, doubled, unmarked, contradicted },
    };
  }

  async end(): Promise<void> {
    await this.#sandbox.close();
    await this.#remove();
  }

  #start(own: Pick<ChildSettings, "from" | "to" | "dropForMs">): ChildProcess {
    const { provider, onUnknown, ratePerSecond } = this.#options;
    const { url, credentials } = this.#sandbox;
    const settings: ChildSettings = {
      ...{ file: this.#file, provider, url, credentials, onUnknown, concurrency: CONCURRENCY, ratePerSecond },
      putsPerSecond: ratePerSecond,
      ...own,
    };
    // A file keeps what was written to it before a kill; a pipe may refuse it, or keep it from us.
    const output = openSync(`${this.#file}.said`, "a");
    const child = spawn(process.execPath, [join(import.meta.dirname, "storm-child.ts"), JSON.stringify(settings)], {
      stdio: ["ignore", output, "inherit"],
    });
    closeSync(output);
    return child;
  }

  /** Hears what was said since it last listened: the number of lines. */
  #listen(): number {
    const said = readFileSync(`${this.#file}.said`, "utf8").slice(this.#heard);
    const lines = said.slice(0, said.lastIndexOf("\n") + 1);
    this.#heard += lines.length;
    const whole = lines.split("\n").filter((line) => line !== "");
    for (const line of whole) this.#hear(line);
    return whole.length;
  }

  #hear(line: string): void {
    const said = JSON.parse(line) as Said;
    if ("putting" in said) this.next = Math.max(this.next, said.putting + 1);
    if ("stored" in said) this.#stored.add(said.stored);
    if ("settled" in said) this.#ends.set(said.settled, said.recipients);
    if ("dropped" in said) this.#dropped.add(said.dropped);
    if ("trouble" in said || "refused" in said || "rest" in said) this.#options.log?.(line);
  }
}

/** The stand-in, with an ear for what it takes, and a word before each answer. */
function watched(standIn: StandIn, onTaken: (to: string) => void, beforeEach: () => void): StandIn {
  return {
    ...standIn,
    answer: (request, desk) => {
      beforeEach();
      const keep: typeof desk.keep = (message) => {
        onTaken(message.to);
        desk.keep(message);
      };
      return standIn.answer(request, { ...desk, keep });
    },
  };
}
