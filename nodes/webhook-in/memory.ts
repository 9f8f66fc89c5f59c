import { join } from "node:path";
import { isRecord } from "../../src/json.ts";
import { LineFile } from "../../src/line-file.ts";
import { Repeats } from "../../src/webhook/repeats.ts";
import type { Warn } from "../kit/words.ts";

/** Changes are written together, at most so often. */
const WRITE_MS = 50;

/** Lines that are out of date, beyond as many as are in use, before the file is written anew. */
const MAX_OLD = 10_000;

const VERSION = 1;

/** What all webhooks of this Node-RED remember, also after a deploy and, where it has a user directory, after a restart. */
export class Memory {
  readonly repeats = new Repeats();
  readonly #lastCallbacks = new Map<string, string>();
  #file: LineFile | undefined;
  #opened: Promise<void> | undefined;
  #warn: Warn = () => undefined;
  /** Changes that are not on disk. */
  #changes: unknown[] = [];
  readonly #called = new Set<string>();
  /** Lines of the file; undefined where it has to be written anew. */
  #lines: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  /** Reads what was remembered, once. Resolves when that is known; `warn` is told when it is not. Never rejects. */
  open(userDir: string | undefined, warn: Warn): Promise<void> {
    this.#warn = warn;
    return (this.#opened ??= this.#open(userDir));
  }

  /** ISO 8601, of the last callback that a node has taken. */
  lastCallbackAt(node: string): string | undefined {
    return this.#lastCallbacks.get(node);
  }

  /** A node has taken a callback. */
  called(node: string): void {
    this.#lastCallbacks.set(node, new Date().toISOString());
    this.#called.add(node);
    this.#writeSoon();
  }

  /** A node was deleted. */
  forget(node: string): void {
    if (!this.#lastCallbacks.delete(node)) return;
    this.#called.add(node);
    this.#writeSoon();
  }

  /** Resolves when all is written that can be. Never rejects. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#write();
  }

  async #open(userDir: string | undefined): Promise<void> {
    if (userDir === undefined) return;
    this.#file = new LineFile(join(userDir, "messaging", "webhook-in.jsonl"));
    try {
      this.#restore(await this.#file.read());
    } catch (thrown) {
      this.#warn("hooksNotRead", { code: codeOf(thrown) });
    }
    this.repeats.onChange = (known) => {
      this.#changes.push(known);
      this.#writeSoon();
    };
  }

  #restore(lines: readonly unknown[]): void {
    const [first] = lines;
    if (!isRecord(first) || first.version !== VERSION || typeof first.salt !== "string") return;
    this.repeats.restore(first.salt, lines);
    for (const line of lines) {
      if (!isRecord(line) || typeof line.node !== "string") continue;
      if (typeof line.at === "string") this.#lastCallbacks.set(line.node, line.at);
      else this.#lastCallbacks.delete(line.node);
    }
    this.#lines = lines.length;
  }

  #writeSoon(): void {
    if (!this.#file || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#write();
    }, WRITE_MS).unref();
  }

  #write(): Promise<void> {
    return (this.#writing = this.#writing.then(() => this.#writeNow()));
  }

  async #writeNow(): Promise<void> {
    const changes = [...this.#changes, ...[...this.#called].map((node) => this.#lineOf(node))];
    this.#changes = [];
    this.#called.clear();
    if (!this.#file || changes.length === 0) return;
    try {
      const inUse = this.repeats.size + this.#lastCallbacks.size;
      if (this.#lines === undefined || this.#lines > 2 * inUse + MAX_OLD) {
        await this.#file.replace(this.#all());
        this.#lines = inUse;
      } else {
        this.#lines += changes.length;
        await this.#file.append(changes);
      }
    } catch (thrown) {
      this.#lines = undefined;
      this.#warn("hooksNotWritten", { code: codeOf(thrown) });
    }
  }

  *#all(): Generator {
    yield { version: VERSION, salt: this.repeats.salt };
    yield* this.repeats.all();
    for (const node of this.#lastCallbacks.keys()) yield this.#lineOf(node);
  }

  #lineOf(node: string) {
    return { node, at: this.#lastCallbacks.get(node) ?? null };
  }
}

/** A path may tell too much. */
function codeOf(thrown: unknown): string {
  return isRecord(thrown) && typeof thrown.code === "string" ? thrown.code : "unknown";
}
