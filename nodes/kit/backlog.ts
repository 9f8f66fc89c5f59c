import { Queue } from "../../src/sending/queue.ts";

/** Messages that a node works on at a time: as many as an account can have on their way at most. */
const AT_WORK = 1000;

/** Messages that wait beside those. */
export const MAX_BACKLOG = 20_000;

/**
 * Messages that came faster than they can be sent, before anything was done for them: one that is worked on takes twenty
 * times the memory of one that only waits.
 */
export class Backlog<Message> {
  readonly #waiting = new Queue<Message>();

  get isFull(): boolean {
    return this.#waiting.size >= MAX_BACKLOG;
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
