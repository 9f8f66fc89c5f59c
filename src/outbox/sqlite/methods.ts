import type { OutboxStore } from "../store.ts";

/** What the worker is asked to do, by name: the store's methods, but for its beginning and end. */
export type Methods = Omit<OutboxStore, "open" | "close">;
export type Method = keyof Methods;

/** As the worker has them: there, nothing needs to wait. */
export type SyncMethods = {
  [Name in Method]: (...parameters: Parameters<Methods[Name]>) => Awaited<ReturnType<Methods[Name]>>;
};
