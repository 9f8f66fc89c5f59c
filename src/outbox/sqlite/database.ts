import { randomUUID } from "node:crypto";
import { isDamage, isFullDisk, openFile, setFileAside } from "./open-file.ts";
import type { Method, SyncMethods } from "./methods.ts";
import { Reads } from "./reads.ts";
import { rollBack } from "./schema.ts";
import { Sent } from "./sent.ts";
import { Settling } from "./settling.ts";
import { Tables } from "./tables.ts";
import { Tally } from "./tally.ts";
import { noSpace, Writes, type Bounds } from "./writes.ts";

/** SQLite's own. */
const PAGE_BYTES = 4096;

/** Of the file, for what becomes of messages that are in it already. */
const RESERVE = 1 / 8;

export interface DatabaseSettings extends Omit<Bounds, "maxPages"> {
  readonly path: string;
  readonly maxBytes: number;
}

/** One call of a method, and where its answer goes. */
export interface Call {
  readonly method: Method;
  readonly parameters: readonly unknown[];
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

/** Ends a call's own changes without being an error. */
class NotMade extends Error {
  readonly answer: unknown;

  constructor(answer: unknown) {
    super();
    this.answer = answer;
  }
}

/** The store itself, synchronous: it lives in a worker. */
export class Database {
  readonly #settings: DatabaseSettings;
  readonly #onSetAside: (path: string) => void;
  #tables: Tables;
  #tally: Tally;
  #methods: SyncMethods;
  /** Where a damaged file went when this one was opened. */
  readonly setAside: string | undefined;

  /** `onSetAside` is told when the file turns out to be damaged later. Throws when the file cannot be used. */
  constructor(settings: DatabaseSettings, onSetAside: (path: string) => void) {
    this.#settings = settings;
    this.#onSetAside = onSetAside;
    const opened = this.#open();
    this.#tables = opened.tables;
    this.#tally = opened.tally;
    this.#methods = opened.methods;
    this.setAside = opened.setAside;
  }

  /**
   * Carries out calls in one transaction, so that they share one flush of the disk. Each succeeds or fails by itself, and is
   * answered when all is on disk.
   */
  carryOut(calls: readonly Call[], isRepeat = false): void {
    const answers: (() => void)[] = [];
    const { waiting } = this.#tally;
    try {
      this.#tables.db.exec("BEGIN IMMEDIATE");
      for (const call of calls) answers.push(this.#carryOutOne(call));
      this.#tables.db.exec("COMMIT");
    } catch (error) {
      rollBack(this.#tables.db);
      this.#tally.backTo(waiting);
      return this.#recover(calls, error, isRepeat);
    }
    for (const answer of answers) answer();
  }

  /** Puts everything into the one file and lets go of it. */
  close(): void {
    this.#tables.db.close();
  }

  #carryOutOne(call: Call): () => void {
    const { db } = this.#tables;
    const { waiting } = this.#tally;
    db.exec("SAVEPOINT one");
    try {
      const answer = this.#call(call);
      db.exec("RELEASE one");
      return () => call.resolve(answer);
    } catch (thrown) {
      // These end the whole transaction.
      if (isDamage(thrown) || isFullDisk(thrown)) throw thrown;
      db.exec("ROLLBACK TO one; RELEASE one");
      this.#tally.backTo(waiting);
      return () => (thrown instanceof NotMade ? call.resolve(thrown.answer) : call.reject(thrown));
    }
  }

  #call({ method, parameters }: Call): unknown {
    const answer: unknown = Reflect.apply(this.#methods[method], this.#methods, parameters);
    if (method === "claim" && answer !== "claimed") throw new NotMade(answer);
    return answer;
  }

  /** The transaction failed as a whole. */
  #recover(calls: readonly Call[], error: unknown, isRepeat: boolean): void {
    const [first, another] = calls;
    if (isDamage(error)) {
      this.#replace();
      // What is new can go into the new file; all else is about what was in the old one.
      const isNew = ({ method }: Call) => method === "put" && !isRepeat;
      for (const call of calls) if (!isNew(call)) call.reject(damaged());
      if (calls.some(isNew)) this.carryOut(calls.filter(isNew), true);
    } else if (first && !another) {
      first.reject(isFullDisk(error) ? noSpace() : error);
    } else {
      // One that needs no space must not fail with those that do.
      for (const call of calls) this.carryOut([call]);
    }
  }

  #replace(): void {
    try {
      this.#tables.db.close();
    } catch {
      // It is of no use any more anyway.
    }
    const setAside = setFileAside(this.#settings.path);
    const { tables, tally, methods } = this.#open();
    this.#tables = tables;
    this.#tally = tally;
    this.#methods = methods;
    this.#onSetAside(setAside);
  }

  #open() {
    const { path, maxBytes } = this.#settings;
    const pages = Math.max(64, Math.floor(maxBytes / PAGE_BYTES));
    const { db, setAside } = openFile(path, pages);
    const tables = new Tables(db);
    const tally = new Tally(tables);
    const bounds = { ...this.#settings, maxPages: Math.floor(pages * (1 - RESERVE)) };
    const settling = new Settling(tables);
    const session = randomUUID();
    const reads = new Reads(tables, session);
    const sent = new Sent(tables);
    const writes = new Writes(tables, tally, settling, { sent, bounds, session });
    for (const job of reads.unfinished()) settling.remove(job);
    tally.recount();
    return { tables, tally, setAside, methods: methodsOf({ reads, writes, settling, sent }) };
  }
}

interface Parts {
  readonly reads: Reads;
  readonly writes: Writes;
  readonly settling: Settling;
  readonly sent: Sent;
}

function methodsOf({ reads, writes, settling, sent }: Parts): SyncMethods {
  return {
    put: (...call) => writes.put(...call),
    append: (...call) => writes.append(...call),
    abandon: (...call) => writes.abandon(...call),
    targets: () => reads.targets(),
    ready: (...call) => reads.ready(...call),
    claim: (claim) => writes.claim(claim),
    move: (...call) => writes.move(...call),
    orphans: (...call) => reads.orphans(...call),
    overdue: (...call) => reads.overdue(...call),
    sharers: (...call) => reads.sharers(...call),
    doubtful: (...call) => reads.doubtful(...call),
    due: (...call) => reads.due(...call),
    reported: (...call) => settling.reported(...call),
    job: (...call) => reads.job(...call),
    rows: (...call) => reads.rows(...call),
    row: (...call) => reads.row(...call),
    counts: () => reads.counts(),
    list: (...call) => reads.list(...call),
    prune: (...call) => settling.prune(...call),
    sent: (query) => sent.find(query),
    forgetSent: (...call) => sent.forget(...call),
  };
}

function damaged(): Error {
  return new Error("The outbox's file turned out to be damaged: it was set aside, and this was not done.");
}
