import type { MessagingError } from "../../src/error.ts";
import type { Account } from "../../src/sending/account.ts";
import { queueFull } from "../../src/sending/queue-full.ts";
import { Queue } from "../../src/sending/queue.ts";

/** Messages that a node works on at a time: as many as an account can have on their way at most. */
const AT_WORK = 1000;

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
  readonly #waiting = new Queue<Message>();

  constructor(hasOutbox: boolean) {
    this.#limit = hasOutbox ? MAX_BEFORE_OUTBOX : MAX_BACKLOG;
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
    return atWork < AT_WORK ? this.#waiting.shift() : undefined;
  }

  /** Whether a message must wait while so many are worked on. */
  mustWait(atWork: number): boolean {
    return atWork >= AT_WORK;
  }

  /** Empties it. */
  takeAll(): Message[] {
    return this.#waiting.takeAll();
  }
}
