import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import type { Look } from "./look-into.ts";
import { isDamage } from "./open-file.ts";

/* The thread that looks into a file which is no outbox's now. */

/** Another Node-RED that is just ending may hold the file for this long. */
const BUSY_MS = 3000;

parentPort?.postMessage(look(workerData as string));

function look(path: string): Look {
  let db: DatabaseSync | undefined;
  try {
    // Opened for writing, closing it would put what is in its log into it.
    db = new DatabaseSync(path, { readOnly: true });
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    const { quick_check: verdict } = db.prepare("PRAGMA quick_check(1)").get() as { quick_check: string };
    if (verdict !== "ok") return "damaged";
    // A job of which not all rows came was never taken in: the next outbox with this file removes it.
    const counted = db.prepare(
      `SELECT count(*) FILTER (WHERE state = 'queued') AS waiting,
         count(*) FILTER (WHERE state IN ('sending', 'uncertain')) AS inDoubt
       FROM rows WHERE job NOT IN (SELECT id FROM jobs WHERE complete = 0)`,
    );
    return { ...(counted.get() as { waiting: number; inDoubt: number }) };
  } catch (error) {
    return isDamage(error) ? "damaged" : undefined;
  } finally {
    db?.close();
  }
}
