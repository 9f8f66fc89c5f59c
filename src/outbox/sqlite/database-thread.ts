import { Worker } from "node:worker_threads";
import { asMessagingError } from "../../error.ts";
import type { OpenedStore, StoreEvents } from "../store.ts";
import { closed, ended, received, unusable } from "./errors.ts";
import type { Method, Methods } from "./methods.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "./protocol.ts";

interface Pending {
  resolve(answer: unknown): void;
  reject(error: Error): void;
}

/** A worker that ended unasked is started again after this. */
const RESTART_MS = 1000;

/** One that was started again and has not ended by then is well. */
const WELL_MS = 4000;

/** The way to the thread that owns the file: calls to it, and their answers. */
export class DatabaseThread {
  readonly #file: () => string | URL;
  readonly #settings: WorkerSettings;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #lastId = 0;
  #isClosing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(file: () => string | URL, settings: WorkerSettings) {
    this.#file = file;
    this.#settings = settings;
  }

  /** Opens the file. Rejects with words for the flow's author. */
  async start(events: StoreEvents): Promise<OpenedStore> {
    if (this.#isClosing) throw closed();
    // With none of Node-RED's own options; Node.js 22 would warn that its database is young.
    const execArgv = ["--disable-warning=ExperimentalWarning"];
    const worker = new Worker(this.#file(), { workerData: this.#settings, name: "messaging-outbox", execArgv });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      let failure = "";
      let isOpen = false;
      worker.on("error", (error) => (failure = asMessagingError(error).message));
      worker.on("message", (message: FromWorker) => {
        if ("opened" in message) {
          isOpen = true;
          resolve(message.setAside === undefined ? {} : { setAside: message.setAside });
        } else if ("unusable" in message) reject(unusable(message.unusable, this.#settings.path));
        else if ("id" in message) this.#settle(message);
        else events.onSetAside?.(message.setAside);
      });
      worker.on("exit", () => {
        reject(unusable({ message: failure }, this.#settings.path));
        if (this.#worker === worker) this.#worker = undefined;
        this.#lose(failure);
        if (isOpen && !this.#isClosing) this.#restart(failure, events);
      });
    });
  }

  call<Name extends Method>(method: Name, parameters: Parameters<Methods[Name]>): ReturnType<Methods[Name]>;
  call(method: Method, parameters: unknown[]): Promise<unknown> {
    const worker = this.#worker;
    if (!worker) return Promise.reject(this.#isClosing ? closed() : ended(""));
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#pending.set(id, { resolve, reject });
      worker.postMessage({ id, method, parameters } satisfies ToWorker);
    });
  }

  /** Calls made before are carried out; then the file is let go of. */
  async close(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    const worker = this.#worker;
    if (!worker) return;
    const exit = new Promise((resolve) => worker.once("exit", resolve));
    worker.postMessage({ close: true } satisfies ToWorker);
    this.#worker = undefined;
    await exit;
  }

  #settle(message: Extract<FromWorker, { id: number }>): void {
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if ("error" in message) pending?.reject(received(message.error));
    else pending?.resolve(message.answer);
  }

  #lose(reason: string): void {
    const error = this.#isClosing ? closed() : ended(reason);
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }

  /** It ended unasked. */
  #restart(reason: string, events: StoreEvents): void {
    events.onError?.(ended(reason));
    const again = (): void => {
      if (this.#isClosing) return;
      this.start(events).then(
        ({ setAside }) => {
          if (setAside !== undefined) events.onSetAside?.(setAside);
          this.#later(WELL_MS, () => events.onWell?.());
        },
        (thrown: unknown) => {
          this.#restart(asMessagingError(thrown).message, events);
        },
      );
    };
    this.#later(RESTART_MS, again);
  }

  #later(ms: number, work: () => void): void {
    clearTimeout(this.#timer);
    if (this.#isClosing) return;
    this.#timer = setTimeout(work, ms);
    this.#timer.unref();
  }
}
