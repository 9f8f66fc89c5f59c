import type { MessagingError } from "../../src/error.ts";
import type { Account } from "../../src/sending/account.ts";
import { queueFull } from "../../src/sending/queue-full.ts";
import { Queue } from "../../src/queue.ts";

/**
 * Messages that a node works on at a time: enough to keep its accounts busy, or the disk of its outbox. More would only wait there,
 * and what waits for long is what makes memory grow.
 */
const LEAST_AT_WORK = 100;
const MOST_AT_WORK = 1000;

/** Messages that wait beside those. */
const MAX_BACKLOG = 20_000;

/**
 * Of a node with an outbox. They wait for the disk only, which is fast, and the outbox says itself when it is full: so
 * many as it takes by default.
 */
const MAX_BEFORE_OUTBOX = 100_000;

/**
 * Messages that came faster than they can be sent, before anything was done for them: one that is worked on takes twenty
 * times the memory of one that only waits.
 */
export class Backlog<Message> {
  readonly #limit: number;
  #mostAtWork: number;
  readonly #waiting = new Queue<Message>();

  constructor(hasOutbox: boolean) {
    this.#limit = hasOutbox ? MAX_BEFORE_OUTBOX : MAX_BACKLOG;
    this.#mostAtWork = hasOutbox ? MOST_AT_WORK : LEAST_AT_WORK;
  }

  /** Lets as many be worked on as these accounts need, which are given back. */
  feed(accounts: readonly Account[]): readonly Account[] {
    const onTheirWay = accounts.reduce((sum, { limits }) => sum + limits.concurrency, 0);
    this.#mostAtWork = Math.min(MOST_AT_WORK, Math.max(this.#mostAtWork, 2 * onTheirWay));
    return accounts;
  }

  get isFull(): boolean {
    return this.#waiting.size >= this.#limit;
  }

  /** What one meets that comes while it is full. */
  refusal({ name, provider }: Account): MessagingError {
    return queueFull(this.#limit, "node").with({ provider: provider.name, account: name });
  }

  push(message: Message): void {
    this.#waiting.push(message);
  }

  /** The next one that may begin beside so many that are worked on. */
  next(atWork: number): Message | undefined {
    return atWork < this.#mostAtWork ? this.#waiting.shift() : undefined;
  }

  /** Whether a message must wait while so many are worked on. */
  mustWait(atWork: number): boolean {
    return atWork >= this.#mostAtWork;
  }

  /** Empties it. */
  takeAll(): Message[] {
    return this.#waiting.takeAll();
  }
}
