import { asMessagingError, type MessagingError } from "../error.ts";
import { accountFailed, Breaker } from "../sending/breaker.ts";
import { linked } from "../sending/signals.ts";
import type { Ended } from "./after-request.ts";
import { backoffMs } from "./backoff.ts";
import { MAX_UNDER_WAY } from "./bounds.ts";
import type { OutboxContext } from "./context.ts";
import { HeldBack } from "./held-back.ts";
import type { Sender } from "./sender.ts";
import { isShared } from "./shared-store.ts";
import { Shipment } from "./shipment.ts";
import { StoreAway } from "./store-away.ts";
import type { Chunk } from "./job.ts";

/** Chunks kept ready beyond those that can be on their way, so that the account's pace is never short of work. */
const MAX_SPARE = 10;

/** Calls by which it is seen whether an account is in trouble. */
const BREAKER_WINDOW = 20;

/** Longest wait for an account that is not there: it may come with the next deploy. */
const MAX_ABSENCE_MS = 30_000;

/** The store has waited for itself already. */
const STORE_AWAY_MS = 1000;

/** Longest time that a timer can be set to. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * The way out through one account or route: takes from the store what can be sent and sends it, no faster than the account
 * allows. What waits for its turn is still `queued` in the store.
 */
export class Lane {
  readonly #target: string;
  readonly #context: OutboxContext;
  readonly #heldBack: HeldBack;
  #breaker = newBreaker();
  /** The rows that wait for their turn or are on their way, with the job of each. */
  readonly #inHand = new Map<string, string>();
  readonly #running = new Map<Promise<void>, Chunk["job"]["priority"]>();
  #filling: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  /** Until then nothing is tried, and until the second nothing but what is urgent. Epoch milliseconds. */
  #resumeAt = 0;
  #resumeUsualAt = 0;
  #setbacks = 0;
  /** Whether the store may hold rows for later. */
  #hasLater = true;

  constructor(target: string, context: OutboxContext) {
    this.#target = target;
    this.#context = context;
    this.#heldBack = new HeldBack(target, context);
  }

  /** Looks for something to send, now. */
  pump(): void {
    this.#again = true;
    if (this.#context.closing.aborted) return;
    this.#filling ??= this.#fillAll();
  }

  /** The account may be there again. */
  wake(): void {
    this.#resumeAt = 0;
    this.#resumeUsualAt = 0;
    this.#breaker = newBreaker();
    this.#heldBack.wake();
    this.pump();
  }

  /** Resolves when nothing of it is on its way; `closing` must be aborted. */
  async idle(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#filling;
    await Promise.all(this.#running.keys());
    clearTimeout(this.#timer);
  }

  async #fillAll(): Promise<void> {
    try {
      while (this.#again && !this.#context.closing.aborted) {
        this.#again = false;
        await this.#fill().catch((thrown: unknown) => this.#retreat(asMessagingError(thrown)));
      }
    } finally {
      // At once, not by a later `finally` of the promise: a pump in between would be lost.
      this.#filling = undefined;
    }
  }

  async #fill(): Promise<void> {
    const now = Date.now();
    const waitMs = Math.max(this.#resumeAt - now, this.#breaker.skippedForMs);
    if (waitMs > 0) return this.#pumpIn(waitMs);
    if (this.#resumeUsualAt > now) this.#pumpIn(this.#resumeUsualAt - now);
    const sender = await this.#context.sender(this.#target);
    const { limit, highOnly } = this.#room(sender.concurrency);
    if (limit <= 0) return;
    const chunkSize = Math.min(MAX_UNDER_WAY, Math.max(sender.maxRecipients("sms"), sender.maxRecipients("email")));
    const want = { now, chunkSize, limit: this.#heldBack.reads(limit), highOnly, inHand: this.#inHand };
    const ready = await this.#context.store.ready(this.#target, want);
    const { free, some } = await this.#heldBack.sift(sender, ready);
    this.#hasLater ||= some;
    // Those behind them may well be sent.
    this.#again ||= some;
    const chunks = free.slice(0, limit);
    if (chunks.length > 0) this.#breaker.probe();
    for (const chunk of chunks) this.#start(sender, chunk);
    if (chunks.length < limit && !highOnly) await this.#planNext();
  }

  /** How many more chunks to take. Urgent ones have room of their own, so that they never wait behind the others. */
  #room(concurrency: number): { limit: number; highOnly: boolean } {
    if (this.#breaker.isOpen) return { limit: 1 - this.#running.size, highOnly: false };
    const high = [...this.#running.values()].filter((priority) => priority === "high").length;
    if (this.#resumeUsualAt > Date.now()) return { limit: concurrency - high, highOnly: true };
    const usual = concurrency + Math.min(concurrency, MAX_SPARE) - (this.#running.size - high);
    return usual > 0 ? { limit: usual, highOnly: false } : { limit: concurrency - high, highOnly: true };
  }

  async #planNext(): Promise<void> {
    if (!this.#hasLater) return;
    const mine = (await this.#context.store.targets()).find(({ target }) => target === this.#target);
    this.#hasLater = mine !== undefined;
    // Those in hand are queued still, and end by themselves.
    if (mine && mine.nextAt > Date.now()) this.#pumpIn(mine.nextAt - Date.now());
  }

  #pumpIn(ms: number): void {
    clearTimeout(this.#timer);
    // Timers may be early by a part of a millisecond, and then nothing is due.
    this.#timer = setTimeout(() => this.pump(), Math.min(Math.ceil(ms) + 2, MAX_TIMER_MS));
    this.#timer.unref();
  }

  #start(sender: Sender, chunk: Chunk): void {
    for (const { id } of chunk.rows) this.#inHand.set(id, chunk.job.id);
    const sending = this.#send(sender, chunk)
      .catch((thrown: unknown) => this.#retreat(asMessagingError(thrown), chunk))
      .then(() => {
        for (const { id } of chunk.rows) this.#inHand.delete(id);
        this.#running.delete(sending);
        this.pump();
      });
    this.#running.set(sending, chunk.job.priority);
  }

  async #send(sender: Sender, chunk: Chunk): Promise<void> {
    const breaker = this.#breaker;
    // A probe goes although it is open; what waits when it opens stays in the queue.
    const waiting = linked(this.#context.closing, breaker.isOpen ? undefined : breaker.opening);
    const count = breaker.begin();
    const shipped = await new Shipment(this.#context, sender, chunk)
      .send(waiting.signal, (ended) => this.#watch(breaker, count, ended))
      .finally(() => waiting.release());
    if ("ended" in shipped) this.#hasLater ||= shipped.isQueuedAgain;
    else if ("early" in shipped && !breaker.isOpen) this.#retreat(shipped.early, chunk);
    else if ("claimed" in shipped && shipped.claimed !== "lost") {
      this.#pauseFor(shipped.claimed.waitMs, chunk);
    }
  }

  /** What a usual message meets says nothing of urgent ones: they have a place of their own in every queue. */
  #pauseFor(ms: number, chunk?: Chunk): void {
    const until = Date.now() + ms;
    this.#resumeUsualAt = Math.max(this.#resumeUsualAt, until);
    if (chunk?.job.priority !== "normal") this.#resumeAt = Math.max(this.#resumeAt, until);
  }

  /** Nothing was sent, and the next would fare no better: a pause. */
  #retreat(error: MessagingError, chunk?: Chunk): void {
    if (this.#context.closing.aborted) return;
    const isStore = error instanceof StoreAway;
    if (!isStore) this.#setbacks += 1;
    const awayMs = backoffMs(this.#setbacks, 1, error.cause.retryAfterMs);
    const pauseMs = isStore ? STORE_AWAY_MS : Math.max(100, Math.min(MAX_ABSENCE_MS, awayMs));
    this.#pauseFor(pauseMs, isStore ? undefined : chunk);
    // A moment's absence, as during a deploy, is no news.
    if (isStore || this.#setbacks > 3) void this.#complain(error);
    this.#pumpIn(pauseMs);
  }

  /** What has no account here, but elsewhere, is well where it is. */
  async #complain(error: MessagingError): Promise<void> {
    const { store } = this.#context;
    const canBeElsewhere = error.code === "MISSING_ACCOUNT" && isShared(store);
    const isElsewhere = canBeElsewhere && (await store.isServed(this.#target).catch(() => true));
    if (!isElsewhere) this.#context.trouble(`lane ${this.#target}`, error);
  }

  #watch(breaker: Breaker, count: (failed: boolean | undefined) => void, ended: Ended): void {
    const about = `lane ${this.#target}`;
    const wasOpen = breaker.isOpen;
    const failed = "error" in ended ? accountFailed(ended.error) : false;
    count(failed);
    if (failed === false) {
      this.#setbacks = 0;
      this.#context.isOver(about);
    }
    if (breaker.isOpen && !wasOpen && "error" in ended) this.#context.trouble(about, keptBack(ended.error));
  }
}

/** It holds all messages back when it opens, so that it must not do so by chance. */
function newBreaker(): Breaker {
  return new Breaker(undefined, BREAKER_WINDOW);
}

function keptBack(error: MessagingError): MessagingError {
  const { outcome } = error.cause;
  const kind = { rejected: "keptBackRejected", unknown: "keptBackUnknown", "not-sent": "keptBackUnsent" }[outcome];
  const others = {
    rejected:
      "it refuses what it is sent. What was tried has failed for good. The other messages wait, and one of them is tried " +
      "every 30 s, which fails as well as long as this goes on: to hold them all, disable the account and deploy.",
    unknown: "what was tried is in doubt. The other messages wait, and one of them is tried every 30 s.",
    "not-sent": "its messages wait, and one of them is tried every 30 s.",
  }[outcome];
  const message = `The account is in trouble: ${others} ${error.message}`;
  return error.with({}, message, { kind, values: { problem: error } });
}
