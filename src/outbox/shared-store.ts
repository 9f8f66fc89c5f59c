import type { OutboxStore } from "./store.ts";

/** A store of which several processes have a part. */
export interface SharedStore extends OutboxStore {
  /** Whether another process sends through this account now, so that its absence here is no trouble. */
  isServed(target: string): Promise<boolean>;
}

export function isShared(store: OutboxStore): store is SharedStore {
  return "isServed" in store;
}
