import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SqliteStore, type SqliteStoreOptions } from "../../src/outbox/sqlite/sqlite-store.ts";

/** The store's worker, as it is in the sources. */
export const worker = new URL("../../src/outbox/sqlite/worker.ts", import.meta.url);

/** A store on a file; not open yet. */
export function sqliteStore(path: string, options: Partial<SqliteStoreOptions> = {}): SqliteStore {
  return new SqliteStore({ path, maxMessages: 100_000, worker, ...options });
}

/** A folder of its own, for one test. */
export async function folder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), "messaging-outbox-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
