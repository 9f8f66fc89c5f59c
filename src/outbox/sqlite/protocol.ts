import type { Failure } from "../../error.ts";
import type { DatabaseSettings } from "./database.ts";
import type { Method } from "./methods.ts";

/** What is handed to the worker when it starts. */
export type WorkerSettings = DatabaseSettings;

export type ToWorker =
  { readonly id: number; readonly method: Method; readonly parameters: readonly unknown[] } | { readonly close: true };

/** An error on its way between threads: their classes do not travel. */
export interface SentError {
  readonly message: string;
  /** Of a MessagingError. */
  readonly failure?: Failure;
}

export type FromWorker =
  | { readonly opened: true; readonly setAside?: string }
  | { readonly unusable: SentError }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: SentError }
  | { readonly setAside: string };
