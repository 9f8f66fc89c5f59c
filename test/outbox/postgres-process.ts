import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { FromWorker, ToWorker, WorkerSettings } from "./postgres-worker.ts";

type Settled = Extract<FromWorker, { settled: string }>;

/** A process with an outbox (see postgres-worker.ts). */
export class OutboxProcess {
  readonly settled: Settled[] = [];
  readonly troubles: string[] = [];
  /** How often it said that its store works again. */
  recoveries = 0;
  /** All that it wrote. */
  output = "";
  readonly #child: ChildProcess;
  readonly #waiting = new Map<string, (answer: Extract<FromWorker, { stored: string }>) => void>();

  private constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (text: Buffer) => (this.output += text.toString()));
    child.on("message", (message: FromWorker) => {
      if ("settled" in message) this.settled.push(message);
      else if ("trouble" in message) this.troubles.push(message.trouble);
      else if ("recovered" in message) this.recoveries += 1;
      else if ("stored" in message) this.#waiting.get(message.stored)?.(message);
    });
  }

  /** Resolves when its outbox is open. */
  static async start(settings: WorkerSettings): Promise<OutboxProcess> {
    const env = { ...process.env, WORKER: JSON.stringify(settings) };
    const child = fork(join(import.meta.dirname, "postgres-worker.ts"), { env, silent: true });
    const started = new OutboxProcess(child);
    await new Promise<void>((resolve, reject) => {
      child.on("message", (message: FromWorker) => "ready" in message && resolve());
      child.once("exit", () => reject(new Error(`It ended before it was ready: ${started.output}`)));
    });
    return started;
  }

  /** Resolves when the message is stored. */
  put(text: string, dedupeKey?: string): Promise<{ duplicate: boolean }> {
    const stored = new Promise<{ duplicate: boolean }>((resolve) => this.#waiting.set(text, resolve));
    this.#tell({ put: { text, ...(dedupeKey !== undefined && { dedupeKey }) } });
    return stored;
  }

  /** As a power cut would end it. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await ended;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#tell({ close: true });
    await ended;
  }

  #tell(message: ToWorker): void {
    this.#child.send(message);
  }
}
