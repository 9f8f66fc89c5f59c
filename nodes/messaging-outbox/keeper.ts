import { asMessagingError, MessagingError } from "../../src/error.ts";
import type { OnSettled, Outgoing, Stored } from "../../src/outbox/contract.ts";
import type { Outbox } from "../../src/outbox/outbox.ts";
import type { OutboxStore } from "../../src/outbox/store.ts";
import { within } from "../../src/within.ts";

/** An outbox that is open, and its store. */
export interface Open {
  readonly outbox: Outbox;
  readonly store: Pick<OutboxStore, "row">;
  /** Ends within 7 s. Never rejects. */
  close(): Promise<void>;
}

interface Subscriber {
  readonly onSettled: OnSettled;
  /** Whether the flows have started since it came. */
  isReady: boolean;
  end?: () => void;
}

/** An outbox that could not be opened, as when its database starts later than Node-RED, is tried again after this. */
const AGAIN_MS = 30_000;

/** Node-RED gives up on a node that closes after 15 s, and an outbox promises 7. */
const CLOSE_MS = 7500;

/** The life of an outbox in Node-RED: opened when the flows have started or a message comes, and again if that fails. */
export class Keeper {
  readonly #make: () => Promise<Open>;
  readonly #onProblem: (error: MessagingError) => void;
  readonly #subscribers = new Map<string, Subscriber>();
  #opening: Promise<Open> | undefined;
  #open: Open | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed: Promise<void> | undefined;
  #problem = "";

  /** `make` opens an outbox; `onProblem` is told why it cannot be opened, each reason once. */
  constructor(make: () => Promise<Open>, onProblem: (error: MessagingError) => void) {
    this.#make = make;
    this.#onProblem = onProblem;
  }

  /** To be called when all flows have started: accounts may have come back, and results can be handed on. */
  start(): void {
    for (const subscriber of this.#subscribers.values()) subscriber.isReady = true;
    if (!this.#open) return this.#openLater(0);
    this.#connect();
    this.#open.outbox.wake();
  }

  /** The outbox, once it is open. Rejects with what keeps it from opening. */
  open(): Promise<Open> {
    if (this.#closed) return Promise.reject(closing());
    return (this.#opening ??= this.#attempt());
  }

  /** The outbox, if it is open now. */
  get opened(): Open | undefined {
    return this.#open;
  }

  async put(outgoing: Outgoing): Promise<Stored> {
    return (await this.open()).outbox.put(outgoing);
  }

  subscribe(node: string, onSettled: OnSettled): () => void {
    const subscriber: Subscriber = { onSettled, isReady: false };
    this.#subscribers.set(node, subscriber);
    return () => {
      subscriber.end?.();
      if (this.#subscribers.get(node) === subscriber) this.#subscribers.delete(node);
    };
  }

  /** Ends within 8 s. Never rejects. */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  async #attempt(): Promise<Open> {
    clearTimeout(this.#timer);
    try {
      this.#open = await this.#make();
      this.#problem = "";
      this.#connect();
      return this.#open;
    } catch (thrown) {
      this.#opening = undefined;
      const error = asMessagingError(thrown);
      if (error.message !== this.#problem && !this.#closed) this.#onProblem(error);
      this.#problem = error.message;
      this.#openLater(AGAIN_MS);
      throw error;
    }
  }

  #openLater(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    // That it failed has been told.
    this.#timer = setTimeout(() => void this.open().catch(() => undefined), ms);
  }

  /** A message may settle at once, so a node is subscribed only when what is wired behind it is there. */
  #connect(): void {
    for (const [node, subscriber] of this.#subscribers) {
      if (subscriber.isReady && this.#open) subscriber.end ??= this.#open.outbox.subscribe(node, subscriber.onSettled);
    }
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#opening) {
      const closed = this.#opening.then((open) => open.close());
      await within(CLOSE_MS, closed);
    }
    clearTimeout(this.#timer);
  }
}

function closing(): MessagingError {
  const failure = { code: "CANCELLED", outcome: "not-sent" } as const;
  const message = "The outbox is being redeployed and took no more messages. Send it again.";
  return new MessagingError(message, failure, { kind: "outboxRedeployed" });
}
