import { chmodSync, closeSync, openSync, renameSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { Damaged } from "./records.ts";
import { migrate } from "./schema.ts";

/** Another Node-RED that is just ending may hold the file for this long. */
const BUSY_MS = 3000;

/** SQLite's result codes: the file is damaged, or is none of SQLite's. */
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** SQLite's result codes for a disk that is full or fails. */
const FULL = 13;
const IO_ERROR = 10;

/** Beside the file. The third is there only if another program opened it. */
const COMPANIONS = ["", "-wal", "-shm"];

/** An opened file, and where the damaged one is that it replaces. */
export interface OpenedFile {
  readonly db: DatabaseSync;
  readonly setAside?: string;
}

/**
 * Opens the file, for us alone, and brings it up to date; one that is damaged is set aside for a new one. Throws when the
 * file cannot be used, as another process has it or it must not be written.
 */
export function openFile(path: string, maxPages: number): OpenedFile {
  try {
    return { db: openAsItIs(path, maxPages) };
  } catch (error) {
    if (!isDamage(error)) throw error;
    const setAside = setFileAside(path);
    return { db: openAsItIs(path, maxPages), setAside };
  }
}

/** Renames a damaged file; its new name. */
export function setFileAside(path: string): string {
  const stamp = new Date().toISOString().replace(/[:.]/g, "-");
  const aside = `${path}.damaged-${stamp}`;
  for (const companion of COMPANIONS) {
    try {
      renameSync(path + companion, aside + companion);
    } catch (error) {
      if (companion === "") throw error;
    }
  }
  return aside;
}

/** The file is damaged; text that is no JSON counts, as we write nothing else. */
export function isDamage(error: unknown): boolean {
  return (
    error instanceof SyntaxError || error instanceof Damaged || [CORRUPT, NOT_A_DATABASE].includes(primaryCode(error))
  );
}

export function isFullDisk(error: unknown): boolean {
  return [FULL, IO_ERROR].includes(primaryCode(error));
}

function openAsItIs(path: string, maxPages: number): DatabaseSync {
  // Message texts and numbers are nobody else's business; SQLite gives its other files the same mode.
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const db = new DatabaseSync(path);
  try {
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    db.exec("PRAGMA locking_mode = EXCLUSIVE");
    db.exec("PRAGMA journal_mode = WAL");
    // A commit is on disk when it returns, also when the power fails then.
    db.exec("PRAGMA synchronous = FULL");
    db.exec(`PRAGMA max_page_count = ${maxPages}`);
    db.exec("PRAGMA journal_size_limit = 67108864");
    const { quick_check: verdict } = db.prepare("PRAGMA quick_check(1)").get() as { quick_check: string };
    if (verdict !== "ok") throw Object.assign(new Error("The file is damaged."), { errcode: CORRUPT });
    migrate(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The lower byte; the rest is detail. */
function primaryCode(error: unknown): number {
  const { errcode } = Object(error) as { errcode?: unknown };
  return typeof errcode === "number" ? errcode & 0xff : 0;
}
