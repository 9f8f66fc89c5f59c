import { join } from "node:path";
import { isBuiltin } from "node:module";
import type { OpenedStore, OutboxStore, StoreEvents, StoreOptions } from "../store.ts";
import { DatabaseThread } from "./database-thread.ts";
import { tooOld } from "./errors.ts";
import type { Method, Methods } from "./methods.ts";

export interface SqliteStoreOptions extends StoreOptions {
  /** The file. Its folder must be there. It holds message texts and numbers, so that only its owner may read it (mode 0600). */
  readonly path: string;
  /** Most that the file may grow to, bytes. 1 GiB when absent. */
  readonly maxBytes?: number;
  /** The worker's file, where this is run from its sources. */
  readonly worker?: string | URL;
}

/** What a method is called with. */
type Call<Name extends Method> = Parameters<Methods[Name]>;

const DAY_MS = 24 * 3_600_000;
const GIBIBYTE = 1024 ** 3;

/** A file on this machine, in the database that comes with Node.js, worked on off the main thread. */
export class SqliteStore implements OutboxStore {
  readonly #thread: DatabaseThread;

  constructor({ worker, dedupeWindowMs = DAY_MS, maxBytes = GIBIBYTE, ...settings }: SqliteStoreOptions) {
    // What is compiled is CommonJS and knows where it is.
    const file = () => worker ?? join(__dirname, "worker.js");
    this.#thread = new DatabaseThread(file, { ...settings, dedupeWindowMs, maxBytes });
  }

  async open(events: StoreEvents = {}): Promise<OpenedStore> {
    if (!isBuiltin("node:sqlite")) throw tooOld();
    return this.#thread.start(events);
  }

  put(...call: Call<"put">) {
    return this.#thread.call("put", call);
  }

  append(...call: Call<"append">) {
    return this.#thread.call("append", call);
  }

  abandon(...call: Call<"abandon">) {
    return this.#thread.call("abandon", call);
  }

  targets(...call: Call<"targets">) {
    return this.#thread.call("targets", call);
  }

  ready(...call: Call<"ready">) {
    return this.#thread.call("ready", call);
  }

  claim(...call: Call<"claim">) {
    return this.#thread.call("claim", call);
  }

  move(...call: Call<"move">) {
    return this.#thread.call("move", call);
  }

  orphans(...call: Call<"orphans">) {
    return this.#thread.call("orphans", call);
  }

  overdue(...call: Call<"overdue">) {
    return this.#thread.call("overdue", call);
  }

  doubtful(...call: Call<"doubtful">) {
    return this.#thread.call("doubtful", call);
  }

  sharers(...call: Call<"sharers">) {
    return this.#thread.call("sharers", call);
  }

  due(...call: Call<"due">) {
    return this.#thread.call("due", call);
  }

  reported(...call: Call<"reported">) {
    return this.#thread.call("reported", call);
  }

  job(...call: Call<"job">) {
    return this.#thread.call("job", call);
  }

  rows(...call: Call<"rows">) {
    return this.#thread.call("rows", call);
  }

  row(...call: Call<"row">) {
    return this.#thread.call("row", call);
  }

  counts(...call: Call<"counts">) {
    return this.#thread.call("counts", call);
  }

  list(...call: Call<"list">) {
    return this.#thread.call("list", call);
  }

  prune(...call: Call<"prune">) {
    return this.#thread.call("prune", call);
  }

  sent(...call: Call<"sent">) {
    return this.#thread.call("sent", call);
  }

  forgetSent(...call: Call<"forgetSent">) {
    return this.#thread.call("forgetSent", call);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
