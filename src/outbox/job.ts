import type { Failure } from "../error.ts";
import type { EmailMessage, SmsMessage } from "../message.ts";
import type { RecipientResult, SendResult } from "../result.ts";
import type { State } from "./states.ts";

/*
 * What a store keeps. A *job* is one incoming message of a send node, a *row* one recipient of it. Times are epoch
 * milliseconds. Ids are opaque texts, unique within the store; those of rows never come again, also after a pruning.
 */

/** The options of a send as JSON: `at` is ISO 8601. */
export interface StoredOptions {
  readonly at?: string;
  readonly from?: string;
  readonly senderName?: string;
  readonly reference?: string;
  readonly deliveryName?: string;
  readonly encoding?: "gsm7" | "ucs2";
  /** Of the job and not of its requests: it failed as a whole when all its recipients were refused. */
  readonly asOne?: true;
}

export interface NewJob {
  /** Id of the send node: its result goes there. */
  readonly node: string;
  /** Id of the account's (or route's) config node. It is looked up when it is needed, so that it may be deployed anew. */
  readonly target: string;
  /** Provider's name and account's name as they were when it was put; a route may say `route` and its own name. */
  readonly provider: string;
  readonly account: string;
  readonly channel: "sms" | "email";
  readonly priority: "high" | "normal";
  readonly options: StoredOptions;
  /** What to give back with the result: the message's own properties, as JSON text. */
  readonly properties: string;
  /** Small plain JSON that the sender gets with each request. */
  readonly about: Readonly<Record<string, unknown>>;
  readonly dedupeKey?: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Number of its rows in the end. */
  readonly total: number;
}

export interface Job extends NewJob {
  readonly id: string;
  /** The job whose result it gets, where its dedupe key was taken. */
  readonly duplicateOf?: string;
}

/** A row as it is put: `queued` with a message, or already `failed`, where the recipient is no good. */
export type NewRow =
  | { readonly to: string; readonly message: SmsMessage | EmailMessage }
  | { readonly to: string; readonly outcome: RowOutcome };

/** What became of a recipient, as it is in the result; of a queued row, why it was not sent yet. */
export type RowOutcome = Omit<RecipientResult, "to"> & {
  /** All that is known of the error of the whole request; not part of the result. */
  readonly failure?: Failure;
  /** `failure` is that of a whole request, and no word against this recipient. */
  readonly ofRequest?: true;
};

/** One recipient of a job, and what is needed to send to it. */
export interface Row {
  readonly id: string;
  readonly job: string;
  /** From 0, in the order given. */
  readonly place: number;
  readonly state: State;
  readonly to: string;
  /** Absent where the recipient was no good from the start. */
  readonly message?: SmsMessage | EmailMessage;
  /** Requests that it was in, or may have been. */
  readonly attempts: number;
  /** How many of them ended in doubt; below zero when the provider was asked since then and knows none of them. */
  readonly doubts: number;
  /** Sent again although it was in doubt: the receiver may get it twice. */
  readonly possibleDuplicate: boolean;
  /** Of a queued row: not to be sent before. Of an uncertain one: when to ask the provider; absent = a person decides. */
  readonly nextAt?: number;
  readonly expiresAt: number;
  /** Of the latest request that it was in. */
  readonly claim?: string;
  /** By which the provider can be asked for that request. */
  readonly reference?: string;
  /** When that request was claimed. */
  readonly claimedAt?: number;
  readonly outcome?: RowOutcome;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** One row as a panel lists it. */
export interface ListedRow {
  readonly row: Row;
  readonly job: Pick<Job, "id" | "node" | "target" | "provider" | "account" | "channel" | "priority" | "options">;
}

/** Rows of one job that can go in one request. */
export interface Chunk {
  readonly job: Pick<Job, "id" | "target" | "channel" | "priority" | "options" | "about">;
  /** By place; at least one. */
  readonly rows: readonly Row[];
}

/** The whole of a request's result but its recipients, kept to make the job's result of. */
export type StoredReply = Omit<SendResult, "messages" | "accepted" | "rejected" | "failed">;
