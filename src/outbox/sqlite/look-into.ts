import { isBuiltin } from "node:module";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

/** What is in an outbox's file; undefined where it cannot be read now, as another process has it. */
export type Look = { readonly waiting: number; readonly inDoubt: number } | "damaged" | undefined;

/**
 * Looks into an outbox's file that nobody has open, off the main thread, and leaves it as it is: nothing in it is brought up
 * to date, and a damaged one stays where it is. Never rejects. `worker`: its file, where this is run from its sources.
 */
export function lookInto(path: string, worker?: string | URL): Promise<Look> {
  if (!isBuiltin("node:sqlite")) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const execArgv = ["--disable-warning=ExperimentalWarning"];
    // What is compiled is CommonJS and knows where it is.
    const file = worker ?? join(__dirname, "look-worker.js");
    const thread = new Worker(file, { workerData: path, name: "messaging-outbox-look", execArgv });
    thread.on("message", resolve);
    thread.on("error", () => resolve(undefined));
    thread.on("exit", () => resolve(undefined));
  });
}
