import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import { isOutboxFile } from "../../src/outbox/sqlite/outbox-file.ts";
import { Words, type Warn } from "../kit/words.ts";
import { definition } from "./definition.ts";
import type { Keeper } from "./keeper.ts";
import { whenStarted } from "./started.ts";

/** The file of each outbox that is deployed, by the node's id. */
const used = new Map<string, string>();
/** Files that outboxes of this process have had, wherever they are. */
const known = new Set<string>();
/** Files that were looked into since an outbox had them. */
const looked = new Set<string>();

/** A deploy does not wait longer for a database. */
const COUNT_MS = 1000;

let stopWatching: () => void = () => undefined;
let looking = Promise.resolve();

/** To be called for each outbox with a file, when it is deployed; the function that is returned, when it closes. */
export function keepsIn(id: string, file: string): () => void {
  used.set(id, file);
  known.add(file);
  return () => {
    if (used.get(id) === file) used.delete(id);
  };
}

/**
 * Warns after each deploy of what waits in files that no outbox has any more, as it was deleted, is disabled or has another
 * path: nobody sends that. Each file is told of once, and left as it is, also where it is damaged.
 */
export function watchLeftBehind(RED: NodeAPI): void {
  stopWatching();
  stopWatching = whenStarted(RED, () => {
    looking = looking.then(() => look(RED)).catch(() => undefined);
  });
}

/** Of an outbox in a database that is being deleted: what is left in it. Never rejects; a database that is away says nothing. */
export async function tellOfTheRest(keeper: Keeper, warn: Warn): Promise<void> {
  const counting = keeper.opened?.outbox.counts().catch(() => undefined);
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, COUNT_MS, undefined).unref());
  const counts = await Promise.race([counting, late]);
  if (!counts) return;
  const { queued, sending, uncertain } = counts;
  if (queued + sending + uncertain === 0) return;
  warn("deletedWithMessages", { waiting: queued, inDoubt: sending + uncertain });
}

async function look(RED: NodeAPI): Promise<void> {
  const { userDir } = RED.settings as { userDir?: string };
  if (userDir === undefined) return;
  const folder = join(userDir, "messaging");
  const names = await readdir(folder).catch(() => []);
  const own = names.filter((name) => name.endsWith(".sqlite")).map((name) => join(folder, name));
  const files = await Promise.all([...known, ...own].map(real));
  for (const file of new Set(files)) {
    // Asked for each anew: a deploy may have come meanwhile.
    const isUsed = (await Promise.all([...used.values()].map(real))).includes(file);
    if (isUsed) looked.delete(file);
    else if (!looked.has(file) && (await isOutboxFile(file))) await tellOf(file, RED);
  }
}

async function tellOf(file: string, RED: NodeAPI): Promise<void> {
  looked.add(file);
  const { lookInto } = await import("../../src/outbox/sqlite/look-into.ts");
  const left = await lookInto(file);
  const words = new Words(RED, definition.type);
  // Another Node-RED that has it sends what is in it, and is not disturbed.
  if (!left) looked.delete(file);
  else if (left === "damaged") RED.log.error(`[${definition.type}] ${words.warning("leftDamaged", { file })}`);
  else if (left.waiting + left.inDoubt > 0) {
    RED.log.warn(`[${definition.type}] ${words.warning("leftBehind", { file, ...left })}`);
  }
}

/** The same for all names of a file; a name that leads nowhere stays as it is. */
function real(file: string): Promise<string> {
  return realpath(file).catch(() => file);
}
