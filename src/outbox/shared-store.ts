import type { Limits, OutboxStore } from "./store.ts";

/** A request of a claim that would begin. */
export interface Boarding {
  /** Its own, new. */
  readonly id: string;
  readonly claim: string;
  readonly account: string;
  /** Requests of the same claim that have ended: they are not counted any more, whatever comes of this one. */
  readonly over: readonly string[];
}

/** A store of which several processes have a part. */
export interface SharedStore extends OutboxStore {
  /**
   * Counts one more request of a claim, besides its first. Resolves with the milliseconds to wait while those who share the
   * store go as fast as its account may (0: it is counted), or with `lost` where the claim is not ours any more.
   */
  board(boarding: Boarding, limits: Limits): Promise<number | "lost">;
  /** Requests that have ended, by their ids (of a claim's first: the claim's): they are not counted any more. */
  letGo(requests: readonly string[]): Promise<void>;
  /** Whether another process sends through this account now, so that its absence here is no trouble. */
  isServed(target: string): Promise<boolean>;
}

export function isShared(store: OutboxStore): store is SharedStore {
  return "isServed" in store;
}
