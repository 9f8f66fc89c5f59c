import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** A small JSON file that one node keeps what it must remember in. Only its owner may read it. */
export class StateFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Its content; undefined where there is no such file. Rejects when it cannot be read, or holds no JSON (SyntaxError). */
  async read(): Promise<unknown> {
    const text = await readFile(this.#path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  }

  /**
   * Replaces its content, so that whoever reads it, even after a crash, finds all of the old or all of the new. Calls must not
   * overlap.
   */
  async write(content: unknown): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    const next = `${this.#path}.new`;
    const file = await open(next, "w", 0o600);
    try {
      await file.writeFile(JSON.stringify(content));
      // Without it, a power cut may leave the new name on an empty file.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, this.#path);
  }

  /** Puts it out of the way for somebody to look at; returns where it is now. */
  async setAside(): Promise<string> {
    const aside = `${this.#path}.broken`;
    await rename(this.#path, aside);
    return aside;
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}
