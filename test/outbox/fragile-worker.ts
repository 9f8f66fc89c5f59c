/** The store's worker, which dies when it is asked for a row named so. */
import { parentPort } from "node:worker_threads";

parentPort?.on("message", ({ method, parameters }: { method?: string; parameters?: unknown[] }) => {
  if (method === "row" && parameters?.[0] === "die") process.exit(1);
});
await import("../../src/outbox/sqlite/worker.ts");
