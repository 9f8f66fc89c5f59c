/**
 * A real Node-RED that is started with 100,000 messages waiting in its outbox: how soon the first of them goes, and an alarm
 * behind all of them, and what they cost in memory. `node bench/outbox-backlog.ts [messages]`, after a build. Ends with 1 when
 * a number is not reached.
 */
import { appendFile, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { prepareUserDir } from "../demo/user-dir.ts";
import { connectusStandIn } from "../src/providers/connectus/stand-in.ts";
import { startSandbox } from "../src/sandbox/index.ts";
import { sqliteStore } from "../test/outbox/sqlite.ts";
import { newJob, newRows } from "../test/outbox/store-desk.ts";
import { NodeRedProcess } from "../test/support/node-red-process.ts";
import { newUserDir } from "../test/support/outbox.ts";
import { hand, outboxFlow } from "../test/support/outbox-process.ts";

const WAVE = 1000;
const count = Number(process.argv[2] ?? 100_000);

/** When the provider was asked first, and when it took the alarm; on the clock of `performance.now`. */
const at = { first: Infinity, alarm: Infinity };
const standIn = connectusStandIn();
const sandbox = await startSandbox({
  ...standIn,
  answer: (request, desk) => {
    at.first = Math.min(at.first, performance.now());
    const keep: typeof desk.keep = (message) => {
      if (message.text === "alarm") at.alarm = performance.now();
      desk.keep(message);
    };
    return standIn.answer(request, { ...desk, keep });
  },
});

/** Lets a flow ask for the heap in use, in megabytes, after a collection. */
const HEAP = `
require("node:v8").setFlagsFromString("--expose_gc");
const collect = require("node:vm").runInNewContext("gc");
module.exports.functionGlobalContext = { heap: () => (collect(), process.memoryUsage().heapUsed / 1024 ** 2) };
`;

const folder = await newUserDir();
const on = { z: "tab", x: 100, y: 400 };
const flows = [
  ...outboxFlow(sandbox.url, join(folder, "emitted.jsonl"), { outbox: { maxMessages: 2 * count } }),
  { ...on, id: "asked", type: "http in", url: "/heap", method: "get", wires: [["look"]] },
  {
    ...on,
    id: "look",
    type: "function",
    func: 'msg.payload = String(global.get("heap")()); return msg;',
    outputs: 1,
    wires: [["tell"]],
  },
  { ...on, id: "tell", type: "http response", statusCode: "200", wires: [] },
];
const prepare = async (userDir: string) => {
  await prepareUserDir(userDir, join(userDir, "flows.json"));
  await appendFile(join(userDir, "settings.js"), HEAP);
};

let nodeRed = await NodeRedProcess.start({ flows, credentials: { account: sandbox.credentials }, prepare });
try {
  // What the first message loads is loaded, as it always will be.
  await hand(nodeRed, { to: "+56990324203", text: "the first of all" });
  await until(() => sandbox.messages().length === 1);
  const idle = await heap();
  await nodeRed.kill();
  await fill(join(nodeRed.userDir, "messaging", "outbox-outbox.sqlite"));
  at.first = Infinity;

  const begun = performance.now();
  nodeRed = await NodeRedProcess.start({ userDir: nodeRed.userDir });
  const started = performance.now();
  await until(() => at.first < Infinity);
  report("Node-RED had its flows started after", (started - begun) / 1000, "s");
  report("the first was sent, from then on, after", Math.max(0, at.first - started) / 1000, "s", 5);
  const asked = performance.now();
  await hand(nodeRed, { to: "+56990324203", text: "alarm", priority: "high" });
  await until(() => at.alarm < Infinity);
  report("an alarm behind all of them was sent after", (at.alarm - asked) / 1000, "s", 2);
  let most = 0;
  for (let look = 0; look < 10; look++) {
    most = Math.max(most, await heap());
    await sleep(500);
  }
  report("heap above idle, while they are sent", most - idle, "MB", 50);
  const closing = performance.now();
  await nodeRed.stop();
  report("Node-RED closed after", (performance.now() - closing) / 1000, "s", 8);
} finally {
  await nodeRed.stop();
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
}

async function fill(path: string): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  const store = sqliteStore(path, { maxMessages: 2 * count });
  await store.open();
  const now = Date.now();
  const properties = JSON.stringify({ topic: "x".repeat(200) });
  const job = newJob({ provider: "connectus", createdAt: now, expiresAt: now + 24 * 3_600_000, properties });
  for (let stored = 0; stored < count; stored += WAVE) {
    await Promise.all(Array.from({ length: WAVE }, () => store.put(job, newRows())));
  }
  await store.close();
}

async function heap(): Promise<number> {
  return Number(await (await fetch(`${nodeRed.url}heap`)).text());
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}

function report(what: string, value: number, unit: string, most?: number): void {
  const isReached = most === undefined || value <= most;
  const limit = most === undefined ? "" : `, at most ${most}${isReached ? "" : " NOT REACHED"}`;
  console.log(`${what}: ${Math.round(value * 10) / 10} ${unit}${limit}`);
  if (!isReached) process.exitCode = 1;
}
