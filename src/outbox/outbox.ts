import { asMessagingError, invalid, MessagingError } from "../error.ts";
import { Queue } from "../queue.ts";
import { within } from "../within.ts";
import type { OutboxContext } from "./context.ts";
import type { Decision, ListedMessage, OnSettled, OutboxOptions, Outgoing, Stored } from "./contract.ts";
import { takeIn } from "./intake.ts";
import { Lane } from "./lane.ts";
import { listedMessage } from "./listing.ts";
import { lookUpDoubtful } from "./lookup.ts";
import { decided } from "./moves.ts";
import { Periodic } from "./periodic.ts";
import { Reporter } from "./reporter.ts";
import { removeOld } from "./retention.ts";
import { SetAside } from "./set-aside.ts";
import { recall, type Named, type Recalled } from "./sent.ts";
import type { State } from "./states.ts";
import type { OutboxStore } from "./store.ts";
import { sweepExpired, sweepOrphans } from "./sweep.ts";
import { Troubles } from "./troubles.ts";

export type * from "./contract.ts";

const DAY_MS = 24 * 3_600_000;

const SWEEP_MS = 5000;
const PRUNE_MS = 60_000;

/** What is on its way when the outbox is closed has this long. */
const GRACE_MS = 5000;
/** The store has this long to put itself in order. */
const CLOSE_STORE_MS = 1500;

const MAX_LISTED = 500;

/** Store and forward: what was put is sent once, or its owner knows why not. */
export class Outbox {
  readonly #store: OutboxStore;
  readonly #expireAfterMs: number;
  readonly #closing = new AbortController();
  readonly #context: OutboxContext;
  readonly #reporter: Reporter;
  readonly #lanes = new Map<string, Lane>();
  readonly #lookup: Periodic;
  readonly #sweeping: Periodic;
  readonly #onWell: () => void;
  readonly #periodics: Periodic[];
  readonly #putting = new Queue<Promise<unknown>>();
  #opening: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #isClosed = false;

  constructor(store: OutboxStore, options: OutboxOptions) {
    const { onUnknown, expireAfterMs = DAY_MS, keepMs = DAY_MS, checkAfterMs = [5000, 30_000, 120_000] } = options;
    this.#store = store;
    this.#expireAfterMs = expireAfterMs;
    const troubles = new Troubles(options.onTrouble);
    this.#context = {
      store,
      onUnknown,
      checkAfterMs,
      sender: options.sender,
      closing: this.#closing.signal,
      isClosed: () => this.#isClosed,
      trouble: (about, error) => {
        if (!this.#closing.signal.aborted) troubles.tell(about, error);
      },
      isOver: (about) => troubles.over(about),
      settled: () => this.#reporter.wake(),
      pump: (target) => this.#lane(target).pump(),
      lookUpAt: (at) => this.#lookup.by(at),
    };
    this.#onWell = () => {
      if (this.#context.isOver("store")) options.onRecovered?.();
    };
    this.#reporter = new Reporter(this.#context);
    const every = (ms: number, about: string, work: () => Promise<void>) =>
      new Periodic(ms, this.#closing.signal, () => this.#guarded(about, work));
    this.#lookup = every(SWEEP_MS, "lookup", () => lookUpDoubtful(this.#context));
    this.#sweeping = every(SWEEP_MS, "sweep", () => this.#sweep());
    this.#periodics = [this.#lookup, this.#sweeping, every(PRUNE_MS, "prune", () => removeOld(this.#context, keepMs))];
  }

  /** Opens the store and begins to send. Rejects with a MessagingError for the flow's author; may be tried again then. */
  open(): Promise<void> {
    if (this.#closing.signal.aborted) return Promise.reject(closed());
    return (this.#opening ??= this.#open().catch((thrown: unknown) => {
      this.#opening = undefined;
      throw asMessagingError(thrown);
    }));
  }

  /**
   * Resolves when the message is on disk. Rejects with QUEUE_FULL, outcome `not-sent`, when the queue or the disk is full, and
   * as a direct send when the only recipient is no good; then nothing of it is stored.
   */
  async put(outgoing: Outgoing): Promise<Stored> {
    await this.open();
    const putting = takeIn(this.#store, outgoing, this.#expireAfterMs);
    const leave = this.#putting.push(putting);
    try {
      const stored = await putting;
      if (!stored.duplicate) this.#lane(outgoing.target).pump();
      // A message of which no recipient is any good is settled already, as may be that of which it is a duplicate.
      if (stored.duplicate || outgoing.total > 1) this.#reporter.wake();
      return stored;
    } finally {
      leave();
    }
  }

  /**
   * Hands the results of a node's messages to it, those first that settled while it was away, one at a time in the order in
   * which they settled. The function that is returned ends it: what is not handed over then waits for the next.
   */
  subscribe(node: string, onSettled: OnSettled): () => void {
    return this.#reporter.subscribe(node, onSettled);
  }

  /** An account or a route may have come back: its messages are tried at once. */
  wake(): void {
    for (const lane of this.#lanes.values()) lane.wake();
  }

  /** The message that a report is about, also when it was sent by another process or before a restart. `isOf`: whose it may be. */
  async sent(isOf: (provider: string) => boolean, named: Named): Promise<Recalled | undefined> {
    await this.open();
    return recall(this.#store, isOf, named);
  }

  async counts(): Promise<Record<State, number>> {
    await this.open();
    return this.#store.counts();
  }

  /** Newest first; `limit` 1 to 500, 100 when absent. */
  async messages({
    state,
    limit = 100,
    offset = 0,
  }: {
    state?: State;
    limit?: number;
    offset?: number;
  }): Promise<ListedMessage[]> {
    await this.open();
    const page = { limit: Math.min(Math.max(1, limit), MAX_LISTED), offset: Math.max(0, offset) };
    return (await this.#store.list({ ...page, ...(state && { state }) })).map(listedMessage);
  }

  /** Carries out a person's decision; rejects with INVALID_MESSAGE when the message is not there or not in such a state. */
  async decide(message: string, decision: Decision): Promise<void> {
    await this.open();
    const listed = await this.#store.row(message);
    if (!listed) throw invalid("The outbox has no such message any more.", "INVALID_MESSAGE", { kind: "messageGone" });
    const { row, job } = listed;
    const move = decided(row, decision, { now: Date.now(), expireAfterMs: this.#expireAfterMs });
    if (!move) throw invalid(`A message that is ${row.state} cannot be treated so: "${decision}" is not possible.`);
    const [made] = await this.#store.move([move], Date.now());
    if (!made) {
      const message = "The message has just changed. Look at it again, then decide.";
      throw invalid(message, "INVALID_MESSAGE", { kind: "messageChanged" });
    }
    if (decision === "resend") this.#lane(job.target).pump();
    this.#reporter.wake();
  }

  /**
   * Ends within 7 s: nothing new is begun, what is on its way may end within 5 s; then it is in doubt. All else stays on
   * disk. Never rejects.
   */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #open(): Promise<void> {
    const { setAside } = await this.#store.open({
      onWork: () => this.#sweeping.by(Date.now()),
      onSetAside: (path) => this.#context.trouble(path, new SetAside(path)),
      onError: (error) => this.#context.trouble("store", asMessagingError(error)),
      onWell: this.#onWell,
    });
    if (setAside !== undefined) this.#context.trouble(setAside, new SetAside(setAside));
    for (const periodic of this.#periodics) periodic.start();
    this.#reporter.start();
  }

  async #sweep(): Promise<void> {
    await sweepOrphans(this.#context);
    await sweepExpired(this.#context);
    await this.#pumpAll();
    this.#reporter.wake();
  }

  async #pumpAll(): Promise<void> {
    for (const { target, nextAt } of await this.#store.targets()) {
      if (nextAt <= Date.now()) this.#lane(target).pump();
    }
  }

  /** What is done from time to time may fail; it is done again. */
  async #guarded(about: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#context.isOver(about);
    } catch (thrown) {
      this.#context.trouble(about, asMessagingError(thrown));
    }
  }

  #lane(target: string): Lane {
    const known = this.#lanes.get(target);
    if (known) return known;
    const lane = new Lane(target, this.#context);
    this.#lanes.set(target, lane);
    return lane;
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    const opening = this.#opening?.catch(() => undefined);
    const work = [...this.#lanes.values(), ...this.#periodics, this.#reporter].map((part) => part.idle());
    await within(GRACE_MS, Promise.allSettled([opening, ...this.#putting, ...work]));
    this.#isClosed = true;
    await within(CLOSE_STORE_MS, this.#store.close());
  }
}

function closed(): MessagingError {
  const message = "The outbox was closed or deployed anew before this could be stored. Send it again.";
  return new MessagingError(message, { code: "CANCELLED", outcome: "not-sent" });
}
