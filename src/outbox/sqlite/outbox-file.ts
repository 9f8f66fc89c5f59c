import { open } from "node:fs/promises";
import { APPLICATION_ID } from "./schema.ts";

/** Of a database, in its first page: https://www.sqlite.org/fileformat.html */
const MAGIC = "SQLite format 3\0";
const ID_AT = 68;

/** Where the first page begins in a write-ahead log that has it first, behind two headers. */
const IN_LOG = 56;

/** Whether a file is an outbox's, without opening it as a database: that would lock it, and could change it. */
export async function isOutboxFile(path: string): Promise<boolean> {
  // What was killed soon after it began has all but its name in the log still.
  return (await isMarked(path, 0)) || (await isMarked(`${path}-wal`, IN_LOG));
}

async function isMarked(path: string, at: number): Promise<boolean> {
  const file = await open(path, "r").catch(() => undefined);
  if (!file) return false;
  try {
    const page = Buffer.alloc(ID_AT + 4);
    const { bytesRead } = await file.read(page, 0, page.length, at);
    const isWhole = bytesRead === page.length && page.toString("latin1", 0, MAGIC.length) === MAGIC;
    return isWhole && page.readUInt32BE(ID_AT) === APPLICATION_ID;
  } catch {
    return false;
  } finally {
    await file.close();
  }
}
