import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { PacedAccount } from "../sending/call.ts";
import type { Claiming } from "./claiming.ts";
import { lostTurn } from "./claiming.ts";
import { isShared } from "./shared-store.ts";
import type { OutboxStore, Pass } from "./store.ts";

/**
 * The turns of the requests of one shipment: the first makes the claim, and each, through whatever account it goes, is counted
 * by those who share the store, so that together they go no faster than that account may.
 */
export class Turns {
  readonly #store: OutboxStore;
  readonly #claiming: Claiming;
  readonly #signal: AbortSignal;
  #hasBegun = false;
  /** Requests that have ended and are counted still: the last of them until the whole claim is over. */
  readonly #over = new Set<string>();

  /** `signal` ends the waiting for a turn. */
  constructor(store: OutboxStore, claiming: Claiming, signal: AbortSignal) {
    this.#store = store;
    this.#claiming = claiming;
    this.#signal = signal;
  }

  /** Resolves when the request may begin, with what is to be called when it has ended. Rejects: then it must not be made. */
  async take({ id, limits }: PacedAccount): Promise<() => void> {
    const isFirst = !this.#hasBegun;
    this.#hasBegun = true;
    const pass = { ...limits, account: id };
    await this.#claiming.take(pass);
    const request = isFirst ? this.#claiming.id : randomUUID();
    if (!isFirst) await this.#board(request, pass);
    return () => void this.#over.add(request);
  }

  async #board(request: string, pass: Required<Pass>): Promise<void> {
    const store = this.#store;
    if (!isShared(store)) return;
    for (;;) {
      const over = [...this.#over];
      const boarding = { id: request, claim: this.#claiming.id, account: pass.account, over };
      // Whatever keeps it from its turn, it is no fault of the account.
      const waitMs = await store.board(boarding, pass).catch(() => "lost" as const);
      if (waitMs === "lost") throw lostTurn();
      for (const ended of over) this.#over.delete(ended);
      if (waitMs === 0) return;
      await delay(waitMs, undefined, { signal: this.#signal }).catch(() => {
        throw lostTurn();
      });
    }
  }
}
