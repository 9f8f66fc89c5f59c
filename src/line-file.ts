import { appendFile, mkdir, open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";

/** Lines that are written, and made, at a time: others have their turn in between. */
const AT_ONCE = 1000;

/**
 * A file of JSON values, one on a line, that grows by appending: for what changes often and a little at a time. Only its owner
 * may read it. Calls must not overlap.
 */
export class LineFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Its values; none where there is no such file. A line that a crash cut short is passed over. Rejects when it cannot be read. */
  async read(): Promise<unknown[]> {
    const text = await readFile(this.#path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    return text.split("\n").flatMap(valueOf);
  }

  /** Adds values. They outlast a crash of this process at once, and one of the machine as soon as it has written them. */
  async append(values: Iterable<unknown>): Promise<void> {
    // The last line may have been cut short.
    await appendFile(this.#path, `\n${linesOf(values)}`, { mode: 0o600 });
  }

  /** Replaces all of it, so that whoever reads it, even after a crash, finds all of the old or all of the new. */
  async replace(values: Iterable<unknown>): Promise<void> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    const next = `${this.#path}.new`;
    const file = await open(next, "w", 0o600);
    try {
      for (const some of inParts(values)) await file.writeFile(linesOf(some));
      // Without it, a power cut may leave the new name on an empty file.
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, this.#path);
  }
}

function linesOf(values: Iterable<unknown>): string {
  return Array.from(values, (value) => `${JSON.stringify(value)}\n`).join("");
}

function* inParts(values: Iterable<unknown>): Generator<unknown[]> {
  let part: unknown[] = [];
  for (const value of values) {
    if (part.push(value) < AT_ONCE) continue;
    yield part;
    part = [];
  }
  yield part;
}

function valueOf(line: string): unknown[] {
  try {
    return line === "" ? [] : [JSON.parse(line)];
  } catch {
    return [];
  }
}
