import { setTimeout as delay } from "node:timers/promises";
import { asMessagingError, MessagingError } from "../error.ts";
import type { OnSettled, Settled } from "./contract.ts";
import type { OutboxContext } from "./context.ts";
import { HandedOn } from "./handed-on.ts";
import { PutOff } from "./put-off.ts";
import { makeReport } from "./report.ts";
import { StoreAway } from "./store-away.ts";
import type { DueReport } from "./store.ts";

/** Results read together: one by one they would wait for the disk one by one. */
const PAGE = 20;

/** After a failure of the node or of the store, the next try comes this much later. */
const PAUSE_MS = 5000;

/** Hands the results of settled jobs to their nodes, one after the other, until each was taken. */
export class Reporter {
  readonly #context: OutboxContext;
  readonly #handedOn: HandedOn;
  readonly #putOff = new PutOff();
  readonly #nodes = new Map<string, OnSettled>();
  /** Nodes that failed to take a result. */
  readonly #paused = new Set<string>();
  #running: Promise<void> | undefined;
  #again = false;
  #isStarted = false;
  #marking: Promise<void> | undefined;
  #markTimer: NodeJS.Timeout | undefined;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(context: OutboxContext) {
    this.#context = context;
    this.#handedOn = new HandedOn(context.store);
  }

  subscribe(node: string, onSettled: OnSettled): () => void {
    this.#nodes.set(node, onSettled);
    this.#paused.delete(node);
    this.wake();
    return () => {
      if (this.#nodes.get(node) === onSettled) this.#nodes.delete(node);
    };
  }

  /** To be called when the store is open. */
  start(): void {
    this.#isStarted = true;
    this.wake();
  }

  /** Looks for what is due, now. */
  wake(): void {
    this.#again = true;
    if (!this.#isStarted || this.#context.closing.aborted) return;
    this.#running ??= this.#run();
  }

  /** Resolves when no result is being handed over, and what was is marked so; `closing` must be aborted. */
  async idle(): Promise<void> {
    await this.#running;
    clearTimeout(this.#markTimer);
    await this.#marking;
    // What cannot be marked comes again.
    await this.#handedOn.mark(true).catch(() => undefined);
    for (const timer of this.#timers) clearTimeout(timer);
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#context.closing.aborted) await this.#runOnce();
    } finally {
      // At once, not by a later `finally` of the promise: what wakes it in between would be lost.
      this.#running = undefined;
    }
  }

  async #runOnce(): Promise<void> {
    this.#again = false;
    try {
      await this.#handOver();
      this.#context.isOver("report");
    } catch (thrown) {
      this.#context.trouble("report", asMessagingError(thrown));
      this.#wakeLater(PAUSE_MS);
    }
  }

  async #handOver(): Promise<void> {
    const nodes = [...this.#nodes.keys()].filter((node) => !this.#paused.has(node));
    if (nodes.length === 0) return;
    const { store } = this.#context;
    const due = await store.due(nodes, PAGE, new Set([...this.#handedOn.jobs, ...this.#putOff.jobs]));
    const reports = await Promise.all(due.map(async (report) => ({ report, settled: await this.#made(report) })));
    for (const { report, settled } of reports) {
      if (settled && (await this.#isTaken(report, settled))) this.#handedOn.add(report);
    }
    this.#markLater();
    if (due.length === PAGE) this.#again = true;
  }

  /** Undefined when there is none to hand over now. Rejects when the store is away, and so for all of them. */
  async #made(report: DueReport): Promise<Settled | undefined> {
    const about = `result of ${report.job}`;
    try {
      const settled = await makeReport(this.#context.store, report);
      if (this.#putOff.delete(report.job)) this.#context.isOver(about);
      return settled;
    } catch (thrown) {
      if (thrown instanceof StoreAway || this.#context.closing.aborted) throw thrown;
      this.#wakeLater(this.#putOff.add(report.job));
      this.#context.trouble(about, unmade(report));
      return undefined;
    }
  }

  #markLater(): void {
    const { waitMs } = this.#handedOn;
    if (waitMs === undefined || this.#markTimer || this.#context.closing.aborted) return;
    this.#markTimer = setTimeout(() => void (this.#marking = this.#mark()), Math.ceil(waitMs) + 2);
    this.#markTimer.unref();
  }

  /** Never rejects. */
  async #mark(): Promise<void> {
    try {
      await this.#handedOn.mark();
      this.#context.isOver("mark");
    } catch (thrown) {
      this.#context.trouble("mark", asMessagingError(thrown));
      await delay(PAUSE_MS, undefined, { signal: this.#context.closing, ref: false }).catch(() => undefined);
    }
    this.#markTimer = undefined;
    this.#markLater();
    // A person may have decided on one of them meanwhile.
    this.wake();
  }

  async #isTaken({ node }: DueReport, settled: Settled): Promise<boolean> {
    const onSettled = this.#nodes.get(node);
    if (!onSettled || this.#paused.has(node) || this.#context.closing.aborted) return false;
    try {
      await onSettled(settled);
      this.#context.isOver(`node ${node}`);
      return true;
    } catch (thrown) {
      this.#paused.add(node);
      this.#context.trouble(`node ${node}`, asMessagingError(thrown));
      this.#wakeLater(PAUSE_MS, () => this.#paused.delete(node));
      return false;
    }
  }

  #wakeLater(ms: number, before: () => void = () => undefined): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      before();
      this.wake();
      // Timers may be early by a part of a millisecond, and then nothing is due.
    }, ms + 2);
    timer.unref();
    this.#timers.add(timer);
  }
}

/** Not in the words of what was thrown: they can hold a piece of what could not be read. */
function unmade({ job }: DueReport): MessagingError {
  const message =
    `The result of a message in the outbox (job ${job}) cannot be read, so that its node has not got it; it is tried again, ` +
    "less and less often. All other results go on. What became of the message is in the outbox's list.";
  const phrase = { kind: "outboxResultUnread", values: { job } };
  return new MessagingError(message, { code: "PROVIDER_ERROR", outcome: "unknown" }, phrase);
}
