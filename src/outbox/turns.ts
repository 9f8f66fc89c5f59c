import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { PacedAccount } from "../sending/call.ts";
import type { Claiming } from "./claiming.ts";
import { lostTurn } from "./claiming.ts";
import { isShared } from "./shared-store.ts";
import type { OutboxStore, Pass } from "./store.ts";

/** A shipment that is over by then lets go of its requests itself, in the transaction that tells their end. */
const LET_GO_MS = 50;

/** So long a request waits while its account is busy elsewhere: it has a place at the account here, which others wait for. */
const PATIENCE_MS = 5000;

/**
 * The turns of the requests of one shipment: the first makes the claim, and each, through whatever account it goes, is counted
 * by those who share the store, so that together they go no faster than that account may.
 */
export class Turns {
  readonly #store: OutboxStore;
  readonly #claiming: Claiming;
  readonly #signal: AbortSignal;
  #hasBegun = false;
  /** Requests that have ended and are counted still. */
  readonly #over = new Set<string>();
  #isDone = false;
  #timer: NodeJS.Timeout | undefined;

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
    return () => {
      this.#over.add(request);
      this.#letGoSoon();
    };
  }

  /** To be called when no more requests come: what is counted still ends with the claim. */
  done(): void {
    this.#isDone = true;
    clearTimeout(this.#timer);
  }

  /**
   * The next request waits for its account here before it boards. Counted meanwhile, two processes whose messages go on to each
   * other's accounts would wait for each other for ever.
   */
  #letGoSoon(): void {
    clearTimeout(this.#timer);
    if (this.#isDone || !isShared(this.#store)) return;
    this.#timer = setTimeout(() => void this.#letGo(), LET_GO_MS);
    this.#timer.unref();
  }

  async #letGo(): Promise<void> {
    const store = this.#store;
    if (!isShared(store)) return;
    const over = [...this.#over];
    if (over.length === 0) return;
    try {
      await store.letGo(over);
      for (const ended of over) this.#over.delete(ended);
    } catch {
      // The database is away, which is told elsewhere.
      if (!this.#signal.aborted) this.#letGoSoon();
    }
  }

  async #board(request: string, pass: Required<Pass>): Promise<void> {
    const store = this.#store;
    if (!isShared(store)) return;
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const over = [...this.#over];
      const boarding = { id: request, claim: this.#claiming.id, account: pass.account, over };
      // Whatever keeps it from its turn, it is no fault of the account.
      const waitMs = await store.board(boarding, pass).catch(() => "lost" as const);
      if (waitMs === "lost") throw lostTurn();
      for (const ended of over) this.#over.delete(ended);
      if (waitMs === 0) return;
      // It is queued again. A rate may ask for longer; that much is waited for once.
      if (performance.now() >= until) throw lostTurn();
      await delay(waitMs, undefined, { signal: this.#signal }).catch(() => {
        throw lostTurn();
      });
    }
  }
}
