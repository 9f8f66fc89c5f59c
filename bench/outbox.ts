/**
 * An outbox at its limits: how fast messages are stored, what 100,000 that wait cost, and how soon the first, and an alarm,
 * goes after a start. `node --expose-gc bench/outbox.ts [messages]`. Ends with 1 when a number is not reached.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { Setting, until } from "../test/outbox/setting.ts";

const MEGABYTE = 1024 * 1024;
const count = Number(process.argv[2] ?? 100_000);
/** Puts on their way at once. */
const WAVE = 500;

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / MEGABYTE;
}

function report(what: string, value: number, unit: string, most?: number): void {
  const isReached = most === undefined || value <= most;
  const limit = most === undefined ? "" : `, at most ${most}${isReached ? "" : " NOT REACHED"}`;
  console.log(`${what}: ${Math.round(value * 10) / 10} ${unit}${limit}`);
  if (!isReached) process.exitCode = 1;
}

// The provider is dead at first.
const setting = await Setting.make({ account: { concurrency: 10 }, store: { maxMessages: count } });
const alive = setting.account;
setting.account = setting.newAccount({ baseUrl: "http://127.0.0.1:9" });
await setting.outbox.open();
const idle = heap();

const eventLoop = monitorEventLoopDelay({ resolution: 1 });
eventLoop.enable();
let begun = performance.now();
for (let stored = 0; stored < count; stored += WAVE) {
  const puts = Array.from({ length: WAVE }, (_, index) =>
    setting.put({ text: `message ${stored + index}`, properties: { topic: "x".repeat(200) } }),
  );
  await Promise.all(puts);
}
const seconds = (performance.now() - begun) / 1000;
eventLoop.disable();
report("a message took", (1_000_000 * seconds) / count, "µs to be stored", 500);
report("the event loop was late by (p99)", eventLoop.percentile(99) / 1e6, "ms");
const full = await setting.put().then(
  () => "taken",
  (error: { code?: string }) => error.code,
);
console.log(`one more is answered with ${full}`);
report("heap above idle, all waiting", heap() - idle, "MB", 50);

await setting.outbox.close();
setting.account = alive;
setting.outbox = setting.newOutbox();
begun = performance.now();
await setting.outbox.open();
report("the file was open after", performance.now() - begun, "ms");
await until(() => setting.sandbox.messages().length > 0);
report("the first was sent after", performance.now() - begun, "ms", 5000);
report("heap above idle, sending", heap() - idle, "MB", 50);
await until(async () => (await setting.outbox.counts()).queued < count - 100);
begun = performance.now();
await setting.put({ text: "alarm", priority: "high" });
await until(() => setting.sandbox.messages().some(({ text }) => text === "alarm"));
report("an alarm behind all that was sent after", performance.now() - begun, "ms", 2000);

const { accepted } = await setting.outbox.counts();
begun = performance.now();
await delay(5000);
const sent = (await setting.outbox.counts()).accepted - accepted;
report("messages sent per second", sent / ((performance.now() - begun) / 1000), "");
begun = performance.now();
await setting.outbox.close();
report("closed after", performance.now() - begun, "ms", 8000);
await setting.end();
