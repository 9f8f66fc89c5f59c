import type { Chunk, Job, ListedRow, NewJob, NewRow, Row, RowOutcome, StoredReply } from "./job.ts";
import type { SentStore } from "./sent.ts";
import type { State } from "./states.ts";

/*
 * What the outbox needs of a store. All decisions are made in the outbox, in one place for all stores; a store keeps,
 * finds, and changes a state only when it still is what the outbox believes it to be (compare-and-swap).
 *
 * Methods reject with a MessagingError; after a rejection nothing of that call is stored. What is resolved is on disk
 * (committed, flushed). Times are epoch milliseconds, and ids what `job.ts` says.
 */

/** What `put` did. A `duplicate` keeps its node and properties, has no rows, and gets the result of the first. */
export type Put = { readonly job: string; readonly duplicateOf?: string };

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
