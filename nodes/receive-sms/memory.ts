import { join } from "node:path";
import { Inbox } from "../../src/inbox.ts";
import { StateFile } from "../../src/state-file.ts";
import type { Warn } from "../kit/words.ts";

/** A node's inbox, kept in a file so that a restart neither repeats a message nor loses one that came meanwhile. */
export class Memory {
  readonly #file: StateFile | undefined;
  readonly #warn: Warn;
  #inbox: Inbox | undefined;
  #written = "";

  private constructor(file: StateFile | undefined, warn: Warn) {
    this.#file = file;
    this.#warn = warn;
  }

  /** What the node with this id remembers. What cannot be read is set aside and warned of, and it begins anew. */
  static async open(userDir: string | undefined, id: string, warn: Warn): Promise<Memory> {
    // An id written by hand may hold anything; encoded, it stays one name in this folder.
    const name = `receive-sms-${encodeURIComponent(id)}.json`;
    const file = userDir === undefined ? undefined : new StateFile(join(userDir, "messaging", name));
    const memory = new Memory(file, warn);
    if (file) await memory.#load(file);
    else warn("noUserDir");
    return memory;
  }

  /** The inbox of what is listened to: another one than before begins anew, with what comes in from now on. */
  async inbox(scope: string): Promise<Inbox> {
    if (this.#inbox?.scope !== scope) {
      this.#inbox = Inbox.begin(scope, Date.now());
      await this.save();
    }
    return this.#inbox;
  }

  /** Writes what has changed. A full disk must not stop the messages, so a failure is only warned of. */
  async save(): Promise<void> {
    const next = JSON.stringify(this.#inbox);
    if (!this.#file || next === this.#written) return;
    await this.#file.write(this.#inbox).then(
      () => (this.#written = next),
      (error: unknown) => this.#warn("receivedNotWritten", { code: codeOf(error) }),
    );
  }

  async remove(): Promise<void> {
    await this.#file?.remove().catch(() => undefined);
  }

  async #load(file: StateFile): Promise<void> {
    try {
      const saved = await file.read();
      if (saved === undefined) return;
      this.#inbox = Inbox.restore(saved);
      if (this.#inbox) return;
    } catch (error) {
      if (!(error instanceof SyntaxError)) return this.#unreadable(error);
    }
    await file.setAside().then(
      (aside) => this.#warn("receivedSetAside", { file: aside }),
      (error: unknown) => this.#unreadable(error),
    );
  }

  #unreadable(error: unknown): void {
    this.#warn("receivedNotRead", { code: codeOf(error) });
  }
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code ?? error);
}
