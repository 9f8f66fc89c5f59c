import type { Failure } from "../error.ts";
import type { EmailMessage, SmsMessage } from "../message.ts";
import type { RecipientResult, SendResult } from "../result.ts";
import type { SentStore } from "./sent.ts";
import type { State } from "./states.ts";

/*
 * What the outbox needs of a store. All decisions are made in the outbox, in one place for all stores; a store keeps,
 * finds, and changes a state only when it still is what the outbox believes it to be (compare-and-swap).
 *
 * A *job* is one incoming message of a send node, a *row* one recipient of it. Times are epoch milliseconds. Ids are opaque
 * texts, unique within the store; those of rows never come again, also after a pruning. Methods reject with a
 * MessagingError; after a rejection nothing of that call is stored. What is resolved is on disk (committed, flushed).
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

/** What `put` did. A `duplicate` keeps its node and properties, has no rows, and gets the result of the first. */
export type Put = { readonly job: string; readonly duplicateOf?: string };

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

export interface Job extends NewJob {
  readonly id: string;
  /** The job whose result it gets, where its dedupe key was taken. */
  readonly duplicateOf?: string;
}

/** Rows of one job that can go in one request. */
export interface Chunk {
  readonly job: Pick<Job, "id" | "target" | "channel" | "priority" | "options" | "about">;
  /** By place; at least one. */
  readonly rows: readonly Row[];
}

/** The change of one row, made only if it still is in the state `from` (and, where given, held by that claim). */
export interface Move {
  readonly row: string;
  readonly from: State;
  readonly claim?: string;
  readonly to: State;
  /** As Row's; absent: none. A queued row without one can be sent at once. */
  readonly nextAt?: number;
  /** Absent members stay as they are. */
  readonly set?: {
    readonly doubts?: number;
    readonly possibleDuplicate?: boolean;
    readonly expiresAt?: number;
    readonly outcome?: RowOutcome;
  };
}

/** The whole of a request's result but its recipients, kept to make the job's result of. */
export type StoredReply = Omit<SendResult, "messages" | "accepted" | "rejected" | "failed">;

export interface Claim {
  readonly rows: readonly string[];
  /** How often each of them had been tried when it was read: one that was tried since then is lost. Absent: never mind. */
  readonly attempts?: readonly number[];
  /** New for each request. */
  readonly claim: string;
  readonly reference?: string;
  readonly at: number;
}

/** How fast an account may go; a store that several processes share holds them to it together, and to MAX_UNDER_WAY. */
export interface Limits {
  readonly concurrency: number;
  /** 0: no limit. */
  readonly ratePerSecond: number;
}

/** Whose limits they are; those of the rows' target when absent. */
export interface Pass extends Limits {
  readonly account?: string;
}

/** `lost`: another was faster, nothing was changed. `waitMs`: those who share the store go fast enough; nothing was changed. */
export type Claimed = "claimed" | "lost" | { readonly waitMs: number };

/** A job whose result is to be handed to its node. */
export interface DueReport {
  readonly job: string;
  readonly node: string;
  /** Given back with `reported`. */
  readonly version: number;
  /** True when the node had a result with uncertain recipients before, and none is uncertain any more. */
  readonly revised: boolean;
}

/** One row as a panel lists it. */
export interface ListedRow {
  readonly row: Row;
  readonly job: Pick<Job, "id" | "node" | "target" | "provider" | "account" | "channel" | "priority" | "options">;
}

/** What a store must know to keep its bounds. */
export interface StoreOptions {
  /** Rows queued or sending at a time, and duplicates that wait for their first. */
  readonly maxMessages: number;
  /** How long a dedupe key is held, milliseconds from the putting of its job. 24 h when absent. */
  readonly dedupeWindowMs?: number;
}

export interface OpenedStore {
  /** Where the file is that could not be read and was set aside for a fresh one. */
  readonly setAside?: string;
}

export interface StoreEvents {
  /** Another process put, settled or lost something: a look at all that can wait in the store is worth while. */
  onWork?(): void;
  /** The file turned out to be damaged while it was in use: it was set aside here, and a new, empty one begun. */
  onSetAside?(path: string): void;
  /** A failure that belongs to no call. The store goes on if it can. */
  onError?(error: Error): void;
  /** It works, and has for some seconds: what `onError`, or a StoreAway, told is over. May be said again and again. */
  onWell?(): void;
}

export interface OutboxStore extends SentStore {
  /** Makes the store usable, brings its schema up to date. Rejects with a message for the flow's author when it cannot be used. */
  open(events?: StoreEvents): Promise<OpenedStore>;

  /**
   * Stores a job and its rows, or all of it or nothing. `more`: further rows come by `append`; until the last of them came
   * nothing is sent, and an unfinished job is removed at the next `open`.
   *
   * Rejects with QUEUE_FULL when `job.total` more rows cannot wait. With a `dedupeKey` that another job holds, nothing is
   * queued: `duplicateOf` names it; it keeps `properties` only, and counts as one that waits until its first is settled.
   * A job holds its key while it is unsettled and until `createdAt` + window; but a job of which certainly nothing was sent
   * (each row is failed, expired or cancelled without a doubt) lets go of it as it settles.
   */
  put(job: NewJob, rows: readonly NewRow[], more?: boolean): Promise<Put>;
  append(job: string, firstPlace: number, rows: readonly NewRow[], more: boolean): Promise<void>;
  /** Removes a job that is not finished yet, as putting it failed. */
  abandon(job: string): Promise<void>;

  /** Targets that have queued rows, with the earliest moment at which one of them can be sent. */
  targets(): Promise<{ target: string; nextAt: number }[]>;
  /**
   * Queued rows of a target that can be sent now, grouped into chunks of one job and at most `chunkSize` rows: high priority
   * first, then first come, first served; of one job no more than may be on their way (MAX_UNDER_WAY), with those in hand or,
   * in a store that processes share, on their way already. Promises nothing: the same rows may be given out twice, `claim`
   * tells who may send.
   */
  ready(target: string, want: ReadyQuery): Promise<Chunk[]>;
  /**
   * All of the rows from `queued` to `sending`, with the claim, its time and reference, and one more attempt; or none of
   * them. Rows that have expired by then are as good as lost. Committed when it resolves.
   */
  claim(claim: Claim, pass: Pass): Promise<Claimed>;
  /**
   * Makes these changes in one transaction, each by itself a compare-and-swap; `reply` is kept with them if any was made.
   * Resolves with which were made. A job that has nothing left to do (no row queued, sending, or uncertain with `nextAt`)
   * becomes due for its report in the same transaction: once, and once more when it was reported with uncertain rows and has
   * none left. Those that wait for its result as duplicates become due with its first report.
   */
  move(
    moves: readonly Move[],
    at: number,
    reply?: { readonly job: string; readonly reply: StoredReply },
  ): Promise<boolean[]>;

  /** Rows in `sending` of which nobody knows any more: their process has gone. */
  orphans(limit: number): Promise<Row[]>;
  /** Queued rows that have expired. What is in doubt never expires, also while the provider is still to be asked. */
  overdue(now: number, limit: number): Promise<Row[]>;
  /** Uncertain rows whose `nextAt` has come, with their job's target and channel. */
  doubtful(now: number, limit: number): Promise<ListedRow[]>;

  /**
   * Jobs due for their report to one of these nodes, oldest first. Stores shared by processes give each to one at a time: to
   * the one that put it while that asks for the node's reports, else to any that does. `except`: jobs to leave out.
   */
  due(nodes: readonly string[], limit: number, except?: ReadonlySet<string>): Promise<DueReport[]>;
  /** The report has been handed on. */
  reported(report: Pick<DueReport, "job" | "version">, at: number): Promise<void>;

  job(id: string): Promise<{ job: Job; replies: StoredReply[] } | undefined>;
  /** A job's rows by place. */
  rows(job: string, fromPlace: number, limit: number): Promise<Row[]>;
  row(id: string): Promise<ListedRow | undefined>;
  counts(): Promise<Record<State, number>>;
  /** Newest first. */
  list(query: { readonly state?: State; readonly limit: number; readonly offset: number }): Promise<ListedRow[]>;

  /**
   * Removes what settled before this moment and was reported; never what is uncertain. `unreportedBefore`: older jobs go
   * even if nobody took their result (their node was deleted). A step at a time: true when there is more to remove.
   */
  prune(settledBefore: number, unreportedBefore: number): Promise<boolean>;
  /** Puts all in order on disk and lets go of it. Calls after it reject. */
  close(): Promise<void>;
}

export interface ReadyQuery {
  readonly now: number;
  readonly chunkSize: number;
  /** Chunks wanted. */
  readonly limit: number;
  readonly highOnly: boolean;
  /** Rows to leave out, as the caller has them in hand already, with the job of each. */
  readonly inHand: ReadonlyMap<string, string>;
}
