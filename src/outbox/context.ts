import type { MessagingError } from "../error.ts";
import type { OnUnknown } from "./contract.ts";
import type { Sender } from "./sender.ts";
import type { OutboxStore } from "./store.ts";

/** What the parts of one outbox share. */
export interface OutboxContext {
  readonly store: OutboxStore;
  readonly onUnknown: OnUnknown;
  readonly checkAfterMs: readonly number[];
  readonly sender: (target: string) => Promise<Sender>;
  /** Aborted when the outbox begins to close: nothing new is begun. */
  readonly closing: AbortSignal;
  /** Whether the store was let go of. */
  isClosed(): boolean;
  /** Tells the owner; once about the same thing, until `isOver` was called for it. */
  trouble(about: string, error: MessagingError): void;
  /** Whether that had been told. */
  isOver(about: string): boolean;
  /** Rows have moved: a job may be due for its report. */
  settled(): void;
  /** Something can be sent through this account again. */
  pump(target: string): void;
  /** At this moment (epoch milliseconds) the provider is to be asked about something. */
  lookUpAt(at: number): void;
}
