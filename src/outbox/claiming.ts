import { randomUUID } from "node:crypto";
import { MessagingError } from "../error.ts";
import type { Claimed, Claim, OutboxStore, Pass } from "./store.ts";

const NO_REQUEST: Pass = { concurrency: Infinity, ratePerSecond: 0 };

/** The claim of one request on its rows, made when it is its turn and not before. */
export class Claiming {
  readonly id = randomUUID();
  readonly #make: (pass: Pass) => Promise<Claimed>;
  #answer: Promise<Claimed> | undefined;
  #claimed: Claimed | undefined;
  #failure: unknown;

  constructor(store: OutboxStore, claim: () => Omit<Claim, "claim">) {
    this.#make = (pass) => store.claim({ ...claim(), claim: this.id }, pass);
  }

  /** What came of it; undefined while it was not tried. */
  get outcome(): Claimed | undefined {
    return this.#claimed;
  }

  /** What the store threw when it was tried; whoever sends may have put it in words of its own. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Resolves when the rows are ours, on disk. Rejects otherwise: then nothing must be sent. May be called again. `pass`: the
   * account of its first request; without one there will be none.
   */
  async take(pass: Pass = NO_REQUEST): Promise<void> {
    this.#claimed = await (this.#answer ??= this.#make(pass)).catch((thrown: unknown) => {
      this.#failure = thrown;
      throw thrown;
    });
    if (this.#claimed !== "claimed") throw lostTurn();
  }
}

/** What is not to be sent, or not now, for no fault of its account. */
export function lostTurn(): MessagingError {
  const message = "This message was taken out of the queue while it waited for its turn.";
  return new MessagingError(message, { code: "CANCELLED", outcome: "not-sent", retryable: false });
}
