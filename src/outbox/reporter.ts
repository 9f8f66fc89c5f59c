import { setTimeout as delay } from "node:timers/promises";
import { asMessagingError } from "../error.ts";
import type { OnSettled, Settled } from "./contract.ts";
import type { OutboxContext } from "./context.ts";
import { HandedOn } from "./handed-on.ts";
import { makeReport } from "./report.ts";
import type { DueReport } from "./store.ts";

/** Results read together: one by one they would wait for the disk one by one. */
const PAGE = 20;

/** After a failure of the node or of the store, the next try comes this much later. */
const PAUSE_MS = 5000;

/** Hands the results of settled jobs to their nodes, one after the other, until each was taken. */
export class Reporter {
  readonly #context: OutboxContext;
  readonly #handedOn: HandedOn;
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
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
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
    while (this.#again && !this.#context.closing.aborted) {
      this.#again = false;
      try {
        await this.#handOver();
        this.#context.isOver("report");
      } catch (thrown) {
        this.#context.trouble("report", asMessagingError(thrown));
        this.#wakeLater();
      }
    }
  }

  async #handOver(): Promise<void> {
    const nodes = [...this.#nodes.keys()].filter((node) => !this.#paused.has(node));
    if (nodes.length === 0) return;
    const { store } = this.#context;
    const due = await store.due(nodes, PAGE, this.#handedOn.jobs);
    const reports = await Promise.all(
      due.map(async (report) => ({ report, settled: await makeReport(store, report) })),
    );
    for (const { report, settled } of reports) {
      if (settled && (await this.#isTaken(report, settled))) this.#handedOn.add(report);
    }
    this.#markLater();
    if (due.length === PAGE) this.#again = true;
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
      this.#wakeLater(() => this.#paused.delete(node));
      return false;
    }
  }

  #wakeLater(before: () => void = () => undefined): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      before();
      this.wake();
    }, PAUSE_MS);
    timer.unref();
    this.#timers.add(timer);
  }
}
