import { setTimeout as delay } from "node:timers/promises";
import { asMessagingError, type MessagingError } from "../error.ts";
import type { SendOptions } from "../message.ts";
import type { CallOptions } from "../sending/account.ts";
import { afterRequest, type After, type Ended } from "./after-request.ts";
import { backoffMs } from "./backoff.ts";
import { Breaker } from "./breaker.ts";
import { Claiming } from "./claiming.ts";
import type { OutboxContext } from "./context.ts";
import type { Sender } from "./sender.ts";
import type { Chunk, Move, Row, StoredOptions } from "./store.ts";

/** A crash leaves at most so many recipients of one request in doubt. */
const MAX_CHUNK = 100;

/** Chunks kept ready beyond those that can be on their way, so that the account's pace is never short of work. */
const MAX_SPARE = 10;

/** Longest wait for an account that is not there: it may come with the next deploy. */
const MAX_ABSENCE_MS = 30_000;

/** Longest time that a timer can be set to. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * The way out through one account or route: takes from the store what can be sent and sends it, no faster than the account
 * allows. What waits for its turn is still `queued` in the store.
 */
export class Lane {
  readonly #target: string;
  readonly #context: OutboxContext;
  readonly #breaker = new Breaker();
  /** Ids of the rows that wait for their turn or are on their way. */
  readonly #inHand = new Set<string>();
  readonly #running = new Map<Promise<void>, Chunk["job"]["priority"]>();
  #filling: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #resumeAt = 0;
  #setbacks = 0;
  /** Whether the store may hold rows for later. */
  #hasLater = true;

  constructor(target: string, context: OutboxContext) {
    this.#target = target;
    this.#context = context;
  }

  /** Looks for something to send, now. */
  pump(): void {
    this.#again = true;
    if (this.#context.closing.aborted) return;
    this.#filling ??= this.#fillAll().finally(() => (this.#filling = undefined));
  }

  /** The account may be there again. */
  wake(): void {
    this.#resumeAt = 0;
    this.#breaker.reset();
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
    while (this.#again && !this.#context.closing.aborted) {
      this.#again = false;
      try {
        await this.#fill();
      } catch (thrown) {
        this.#retreat(asMessagingError(thrown));
      }
    }
  }

  async #fill(): Promise<void> {
    const now = Date.now();
    const waitMs = Math.max(this.#resumeAt - now, this.#breaker.waitMs(now));
    if (waitMs > 0) return this.#pumpIn(waitMs);
    const sender = await this.#context.sender(this.#target);
    const { limit, highOnly } = this.#room(sender.concurrency);
    if (limit <= 0) return;
    const chunkSize = Math.min(MAX_CHUNK, Math.max(sender.maxRecipients("sms"), sender.maxRecipients("email")));
    const want = { now, chunkSize, limit, highOnly, except: this.#inHand };
    const chunks = await this.#context.store.ready(this.#target, want);
    for (const chunk of chunks) this.#start(sender, chunk);
    if (chunks.length < limit && !highOnly) await this.#planNext();
  }

  /** How many more chunks to take. Urgent ones have room of their own, so that they never wait behind the others. */
  #room(concurrency: number): { limit: number; highOnly: boolean } {
    if (this.#breaker.isOpen) return { limit: 1 - this.#running.size, highOnly: false };
    const high = [...this.#running.values()].filter((priority) => priority === "high").length;
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
    for (const { id } of chunk.rows) this.#inHand.add(id);
    const sending = this.#send(sender, chunk)
      .catch((thrown: unknown) => this.#retreat(asMessagingError(thrown)))
      .then(() => {
        for (const { id } of chunk.rows) this.#inHand.delete(id);
        this.#running.delete(sending);
        this.pump();
      });
    this.#running.set(sending, chunk.job.priority);
  }

  async #send(sender: Sender, { job, rows }: Chunk): Promise<void> {
    const { store, closing } = this.#context;
    const claiming: Claiming = new Claiming(
      store,
      () => ({
        rows: rows.map(({ id }) => id),
        attempts: rows.map(({ attempts }) => attempts),
        at: Date.now(),
        ...(reference !== undefined && { reference }),
      }),
      { concurrency: sender.concurrency, ratePerSecond: sender.ratePerSecond },
    );
    const reference = job.options.reference ?? (sender.keepsReference(job.channel) ? claiming.id : undefined);
    const call: CallOptions = {
      signal: closing,
      attempts: 1,
      onTurn: () => claiming.take(),
      ...(job.priority === "high" && { priority: "high" }),
    };
    const drafts = rows.flatMap(({ to, message }) => (message ? [{ to, message }] : []));
    const ended = await settled(sender.send(job.channel, drafts, asOptions(job.options, reference), call, job.about));
    if (!(await this.#isOurs(claiming, ended))) return;
    const held = rows.map((row) => heldBy(row, claiming.id, reference));
    const after = afterRequest(held, ended, this.#terms(sender, job, reference));
    await this.#record(after, job.id);
    this.#watch(after.isTrouble, ended);
  }

  /** Whether the rows were claimed, so that their end is ours to record. */
  async #isOurs(claiming: Claiming, ended: Ended): Promise<boolean> {
    if (claiming.outcome === undefined) {
      // It ended before its turn: as it never could be sent, or as the account could not take it now.
      if ("error" in ended && ended.error.cause.outcome === "not-sent") this.#retreat(ended.error);
      else await claiming.take().catch(() => undefined);
    }
    const { outcome } = claiming;
    if (typeof outcome === "object") this.#resumeAt = Math.max(this.#resumeAt, Date.now() + outcome.waitMs);
    return outcome === "claimed";
  }

  /** Nothing was sent, and the next would fare no better: a pause. */
  #retreat(error: MessagingError): void {
    if (this.#context.closing.aborted) return;
    this.#setbacks += 1;
    const pauseMs = Math.max(100, Math.min(MAX_ABSENCE_MS, backoffMs(this.#setbacks, 1, error.cause.retryAfterMs)));
    this.#resumeAt = Math.max(this.#resumeAt, Date.now() + pauseMs);
    // A moment's absence, as during a deploy, is no news.
    if (this.#setbacks > 3) this.#context.trouble(`lane ${this.#target}`, error);
    this.#pumpIn(pauseMs);
  }

  #terms(sender: Sender, { channel }: Chunk["job"], reference: string | undefined) {
    const { onUnknown, checkAfterMs } = this.#context;
    const [first] = checkAfterMs;
    return {
      onUnknown,
      ...(reference !== undefined && first !== undefined && { checkAfterMs: first }),
      isRepeat: (code: string) => sender.isRepeat(channel, code),
      now: Date.now(),
      random: Math.random,
    };
  }

  /** Puts the end of a request on disk. Until that is done nobody knows of it but us, so it is tried again and again. */
  async #record({ moves, reply }: After, job: string): Promise<void> {
    if (moves.some(({ to }) => to === "queued")) this.#hasLater = true;
    for (const { to, nextAt } of moves) if (to === "uncertain" && nextAt !== undefined) this.#context.lookUpAt(nextAt);
    for (let tries = 1; ; tries++) {
      try {
        const made = await this.#context.store.move(moves, Date.now(), reply && { job, reply });
        const late = moves.filter((_, index) => !made[index]).flatMap(afterAll);
        if (late.length > 0) await this.#context.store.move(late, Date.now());
        this.#context.isOver("record");
        return this.#context.settled();
      } catch (thrown) {
        if (this.#context.isClosed()) return;
        this.#context.trouble("record", unrecorded(asMessagingError(thrown)));
        await delay(backoffMs(Math.min(tries, 5), 1));
      }
    }
  }

  #watch(isTrouble: boolean, ended: Ended): void {
    const about = `lane ${this.#target}`;
    if (!isTrouble) {
      this.#setbacks = 0;
      this.#context.isOver(about);
    }
    const opened = this.#breaker.count(isTrouble, Date.now());
    if (opened && "error" in ended) this.#context.trouble(about, held(ended.error));
  }
}

function settled(sending: Promise<Extract<Ended, { result: unknown }>["result"]>): Promise<Ended> {
  return sending.then(
    (result) => ({ result }),
    (thrown: unknown) => ({ error: asMessagingError(thrown) }),
  );
}

function heldBy(row: Row, claim: string, reference: string | undefined): Row {
  const { outcome: _, ...kept } = row;
  const attempts = row.attempts + 1;
  return { ...kept, state: "sending", claim, attempts, ...(reference !== undefined && { reference }) };
}

/** Others took us for dead and called it uncertain: what we know now is better, unless a person decided meanwhile. */
function afterAll(move: Move): Move[] {
  return move.to === "uncertain" ? [] : [{ ...move, from: "uncertain" }];
}

/** A moment that has passed while the message waited means now. */
function asOptions({ at, ...options }: StoredOptions, reference: string | undefined): SendOptions {
  const moment = at === undefined ? undefined : new Date(at);
  return {
    ...options,
    ...(moment && moment.getTime() > Date.now() && { at: moment }),
    ...(reference !== undefined && { reference }),
  };
}

function held(error: MessagingError): MessagingError {
  const message = `The account is in trouble: its messages are kept and tried again every 30 s. ${error.message}`;
  return error.with({}, message);
}

function unrecorded(error: MessagingError): MessagingError {
  const message =
    "What became of messages that were sent cannot be written to the outbox; it is tried again. Should Node-RED end " +
    `before that, they will be in doubt. ${error.message}`;
  return error.with({}, message);
}
