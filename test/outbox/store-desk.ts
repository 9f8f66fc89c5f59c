import { strict as assert } from "node:assert";
import type { Chunk, NewJob, NewRow } from "../../src/outbox/job.ts";
import type { Claim, DueReport, Move, OutboxStore, Put, StoreOptions } from "../../src/outbox/store.ts";
import type { State } from "../../src/outbox/states.ts";

/** A store that a test may put into any state; all that it keeps is its own. */
export interface StoreUnderTest {
  /** Open. */
  readonly store: OutboxStore;
  /** As after a crash of the process that had it: what it was sending is nobody's any more. Resolves with the store, open. */
  crash(): Promise<OutboxStore>;
  /** Closes it, and removes all. */
  remove(): Promise<void>;
}

export type MakeStore = (options?: Partial<StoreOptions>) => Promise<StoreUnderTest>;

export const NOW = 1_800_000_000_000;
export const LATER = NOW + 3_600_000;
export const FREE = { concurrency: 1000, ratePerSecond: 0 };
export const ACCEPTED = { status: "accepted", id: "1" } as const;
export const DOUBT = {
  status: "unknown",
  error: { code: "TIMEOUT", message: "no answer", outcome: "unknown" },
} as const;

export function newJob(own: Partial<NewJob> = {}): NewJob {
  return {
    node: "node",
    target: "account",
    provider: "a provider",
    account: "an account",
    channel: "sms",
    priority: "normal",
    options: {},
    properties: "{}",
    about: {},
    createdAt: NOW,
    expiresAt: NOW + 24 * 3_600_000,
    total: 1,
    ...own,
  };
}

export function newRows(count = 1): NewRow[] {
  return Array.from({ length: count }, (_, index) => {
    const to = `+5699000${String(index).padStart(4, "0")}`;
    return { to, message: { to, text: `text ${index}` } };
  });
}

let claims = 0;

/** A store, and what tests do with it again and again. */
export class Desk {
  readonly #make: MakeStore;
  #under: StoreUnderTest | undefined;
  #store: OutboxStore | undefined;

  constructor(make: MakeStore) {
    this.#make = make;
  }

  get store(): OutboxStore {
    return this.#store ?? assert.fail("There is no store.");
  }

  async begin(options?: Partial<StoreOptions>): Promise<void> {
    this.#under = await this.#make(options);
    this.#store = this.#under.store;
  }

  async end(): Promise<void> {
    await this.#under?.remove();
  }

  async renew(options: Partial<StoreOptions>): Promise<void> {
    await this.end();
    await this.begin(options);
  }

  async crash(): Promise<void> {
    this.#store = await this.#under?.crash();
  }

  put(own: Partial<NewJob> = {}, count = own.total ?? 1): Promise<Put> {
    return this.store.put(newJob({ total: count, ...own }), newRows(count));
  }

  ready(own: Partial<Parameters<OutboxStore["ready"]>[1]> = {}, target = "account"): Promise<Chunk[]> {
    const all = { now: LATER, chunkSize: 100, limit: 10, highOnly: false, inHand: new Map<string, string>() };
    return this.store.ready(target, { ...all, ...own });
  }

  claimOf(chunk: Chunk | undefined): Claim {
    return { rows: chunk?.rows.map(({ id }) => id) ?? [], claim: `claim ${++claims}`, at: LATER };
  }

  /** Claims the next chunk and makes the same move with all of its rows. */
  async send(to: State, move: Partial<Move> = {}): Promise<void> {
    const [chunk] = await this.ready({ limit: 1 });
    const { rows, ...claim } = this.claimOf(chunk);
    assert.equal(await this.store.claim({ rows, ...claim }, FREE), "claimed");
    const moves = rows.map((row): Move => ({ row, from: "sending", claim: claim.claim, to, ...move }));
    assert.ok((await this.store.move(moves, LATER)).every(Boolean));
  }

  due(nodes = ["node"]): Promise<DueReport[]> {
    return this.store.due(nodes, 100);
  }

  /** Takes the first report that is due. */
  async report(): Promise<DueReport> {
    const [first = assert.fail("Nothing is due.")] = await this.due();
    await this.store.reported(first, LATER);
    return first;
  }
}
