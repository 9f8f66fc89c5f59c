import { MessagingError } from "../../error.ts";
import { Periodic } from "../periodic.ts";
import { makeClaim } from "./claim.ts";
import type { Query } from "./database.ts";
import { storeClosed } from "./errors.ts";
import { board, letGo } from "./flights.ts";
import { leave } from "./leaving.ts";
import { abandonJobs, appendRows } from "./unfinished.ts";
import { makeMoves } from "./moves.ts";
import { open, type Opened } from "./open-database.ts";
import { BEAT_MS, Pulse } from "./pulse.ts";
import { forgetGone, HERE, ofNode, ofTarget, Presence } from "./presence.ts";
import { write } from "./put.ts";
import { Reading } from "./reads.ts";
import { findReady } from "./ready.ts";
import { markReported, pruneSome, takeDue } from "./reports.ts";
import { idOf } from "./records.ts";
import { findSent, forgetSent } from "./sent.ts";
import type { NewJob, NewRow, StoredReply } from "../job.ts";
import type { SentQuery } from "../sent.ts";
import type { Boarding, SharedStore } from "../shared-store.ts";
import type * as Store from "../store.ts";

export interface PostgresOptions extends Store.StoreOptions {
  /** `postgres://user:password@host:5432/database`, with `?sslmode=…` and the like as the `pg` package reads it. */
  readonly connectionString: string;
  /**
   * Name of the schema: lower-case letters, digits and `_`, at most 40 characters; pg-boss has its own beside it, with `_boss`
   * at its end. Outboxes with the same database and schema are one. `messaging` when absent.
   */
  readonly schema?: string;
  /** A UUID of the Node-RED that this is in; one of the process when absent. */
  readonly home?: string;
}

/**
 * A store that several Node-RED instances share: one queue, one pace, one set of dedupe keys. Jobs and rows are in tables of
 * our own; pg-boss keeps the leases of what is on its way, and finds those of a process that has died (see `Leases`).
 */
export class PostgresStore implements SharedStore {
  readonly #options: PostgresOptions;
  readonly #schema: string;
  readonly #home: string;
  readonly #presence: Presence;
  #opened: Opened | undefined;
  #closing = new AbortController();
  #beats: Periodic | undefined;

  constructor(options: PostgresOptions) {
    this.#options = options;
    this.#schema = options.schema ?? "messaging";
    this.#home = options.home ?? HERE;
    this.#presence = new Presence(this.#schema, this.#home);
  }

  async open(events: Store.StoreEvents = {}): Promise<Store.OpenedStore> {
    if (this.#opened)
      throw new MessagingError("The outbox is open already.", { code: "NOT_SUPPORTED", outcome: "not-sent" });
    const opened = await open(this.#options.connectionString, this.#schema, events);
    const { database, leases } = opened;
    this.#opened = opened;
    this.#closing = new AbortController();
    const pulse = new Pulse(database, this.#schema, leases, events);
    this.#beats = new Periodic(BEAT_MS, this.#closing.signal, () => pulse.beat());
    this.#beats.start();
    return {};
  }

  async put(job: NewJob, rows: readonly NewRow[], more = false): Promise<Store.Put> {
    const { database, leases } = this.#use();
    const { written, lease } = await database.transaction(async (query) => {
      const written = await write(query, this.#schema, job, rows, more, { ...this.#options, home: this.#home });
      const isOpen = more && written.duplicateOf === undefined;
      if (!isOpen) await this.#tell(query);
      return { written, lease: isOpen ? await leases.take(query, { job: written.job }) : undefined };
    });
    if (lease !== undefined) leases.hold(lease, { job: written.job });
    const { duplicateOf } = written;
    return { job: String(written.job), ...(duplicateOf !== undefined && { duplicateOf: String(duplicateOf) }) };
  }

  async append(job: string, firstPlace: number, rows: readonly NewRow[], more: boolean): Promise<void> {
    await this.#use().database.transaction(async (query) => {
      await appendRows(query, this.#schema, idOf(job), firstPlace, rows, more);
      if (!more) await this.#tell(query);
    });
  }

  async abandon(job: string): Promise<void> {
    await this.#use().database.transaction((query) => abandonJobs(query, this.#schema, [idOf(job)]));
  }

  async targets() {
    return this.#read().targets();
  }

  async ready(target: string, want: Store.ReadyQuery) {
    await this.#tellPresence([ofTarget(target)]);
    return findReady(this.#query(), this.#schema, target, want);
  }

  async claim(claim: Store.Claim, pass: Store.Pass): Promise<Store.Claimed> {
    const { database, leases } = this.#use();
    const leased = { claim: claim.claim };
    const { claimed, lease } = await database.transaction(async (query) => {
      const claimed = await makeClaim(query, this.#schema, claim, pass);
      return { claimed, lease: claimed === "claimed" ? await leases.take(query, leased) : undefined };
    });
    if (lease !== undefined) leases.hold(lease, leased);
    return claimed;
  }

  async board(boarding: Boarding, limits: Store.Limits) {
    return this.#use().database.transaction((query) => board(query, this.#schema, boarding, limits));
  }

  async letGo(requests: readonly string[]): Promise<void> {
    await this.#use().database.transaction((query) => letGo(query, this.#schema, requests));
  }

  async move(
    moves: readonly Store.Move[],
    at: number,
    reply?: { readonly job: string; readonly reply: StoredReply },
  ): Promise<boolean[]> {
    return this.#use().database.transaction(async (query) => {
      const { made, isNews } = await makeMoves(query, this.#schema, moves, at, reply);
      if (isNews) await this.#tell(query);
      return made;
    });
  }

  async orphans(limit: number) {
    return this.#read().orphans(limit, this.#use().leases.claims);
  }

  async overdue(now: number, limit: number) {
    return this.#read().overdue(now, limit);
  }

  async sharers(reference: string, to: readonly string[]) {
    return this.#read().sharers(reference, to);
  }

  async doubtful(now: number, limit: number) {
    return this.#read().doubtful(now, limit);
  }

  async due(
    nodes: readonly string[],
    limit: number,
    except: ReadonlySet<string> = new Set(),
  ): Promise<Store.DueReport[]> {
    const { database, leases } = this.#use();
    await this.#tellPresence(nodes.map(ofNode));
    const who = { owner: leases.owner, home: this.#home };
    return database.transaction((query) => takeDue(query, this.#schema, who, { nodes, limit, except }));
  }

  async isServed(target: string): Promise<boolean> {
    return this.#presence.isElsewhere(this.#query(), ofTarget(target));
  }

  async reported(report: Pick<Store.DueReport, "job" | "version">, at: number): Promise<void> {
    await this.#use().database.transaction((query) => markReported(query, this.#schema, report, at));
  }

  async job(id: string) {
    return this.#read().job(id);
  }

  async rows(job: string, fromPlace: number, limit: number) {
    return this.#read().rows(job, fromPlace, limit);
  }

  async row(id: string) {
    return this.#read().row(id);
  }

  async counts() {
    return this.#read().counts();
  }

  async list(query: Parameters<Store.OutboxStore["list"]>[0]) {
    return this.#read().list(query);
  }

  async prune(settledBefore: number, unreportedBefore: number): Promise<boolean> {
    return this.#use().database.transaction(async (query) => {
      await forgetGone(query, this.#schema);
      return pruneSome(query, this.#schema, settledBefore, unreportedBefore);
    });
  }

  async sent(query: SentQuery) {
    return findSent(this.#query(), this.#schema, query);
  }

  async forgetSent(before: number, most: number): Promise<boolean> {
    return this.#use().database.transaction((query) => forgetSent(query, this.#schema, before, most));
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    if (!opened) return;
    this.#opened = undefined;
    this.#closing.abort();
    await leave(opened, this.#schema, this.#beats?.idle());
  }

  async #tellPresence(whats: readonly string[]): Promise<void> {
    await this.#presence.tell(this.#query(), whats);
  }

  async #tell(query: Query): Promise<void> {
    const { channel, leases } = this.#use();
    await query("SELECT pg_notify($1, $2)", [channel, leases.owner]);
  }

  #use(): Opened {
    if (!this.#opened) throw storeClosed();
    return this.#opened;
  }

  #read(): Reading {
    return new Reading(this.#query(), this.#schema);
  }

  /** Of single statements, outside any transaction. */
  #query(): Query {
    const { database } = this.#use();
    return (text, values) => database.query(text, values);
  }
}
