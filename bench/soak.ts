/**
 * A real Node-RED under a mixed load for as long as it may take: direct sends, bulks, an outbox and a webhook, while its provider
 * answers badly now and then. `npm run soak [minutes]`, 30 when absent. Ends with 1 when the heap after a collection, the resident
 * memory, or the sockets and other handles in use are more at the end than in the beginning.
 */
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { prepareUserDir } from "../demo/user-dir.ts";
import { connectusStandIn } from "../src/providers/connectus/stand-in.ts";
import { startSandbox, type Fault } from "../src/sandbox/index.ts";
import { NodeRedProcess } from "../test/support/node-red-process.ts";
import { LOOKING, soakFlow, WEBHOOK_SECRET } from "./soak/flow.ts";

interface Sample {
  readonly heapMb: number;
  readonly rssMb: number;
  readonly externalMb: number;
  readonly resources: Readonly<Record<string, number>>;
  /** Results, reports, and errors by their codes, since the start. */
  readonly counts: Readonly<Record<string, number>>;
}

const FAULTS: readonly Fault[] = [
  { kind: "reset-after-read" },
  { kind: "reset-before-read" },
  { kind: "empty" },
  { kind: "truncated" },
  { kind: "html" },
  { kind: "no-id" },
  { kind: "slow", ms: 3000 },
  { kind: "status", status: 500 },
  { kind: "status", status: 429, retryAfter: 1 },
];

const TO = "+56990324203";

/** Messages that are remembered for reports are at most so many (KeptMessages); they are there from the start, so that they are no growth. */
const REMEMBERED = 100_000;

const minutes = Number(process.argv[2] ?? 30);
const everyMs = Math.min(30_000, (minutes * 60_000) / 12);

const sandbox = await startSandbox(connectusStandIn(1e9));
const nodeRed = await NodeRedProcess.start({
  flows: soakFlow(sandbox.url),
  credentials: { account: sandbox.credentials, webhook: { secret: WEBHOOK_SECRET } },
  prepare: async (userDir) => {
    await prepareUserDir(userDir, join(userDir, "flows.json"));
    await appendFile(join(userDir, "settings.js"), LOOKING);
  },
});
const samples: Sample[] = [];
let isOver = false;
let posted = 0;
try {
  await warmUp();
  const load = [
    repeat(20, () => post("direct", { to: TO, payload: `direct ${posted}` })),
    repeat(25, () => post("stored", { to: TO, payload: `stored ${posted}` })),
    repeat(2000, () =>
      post("bulk", { payload: Array.from({ length: 200 }, () => ({ to: TO, text: `bulk ${posted}` })) }),
    ),
    repeat(1000, () => report(WEBHOOK_SECRET, { id_sms: `new-${posted}`, status: "ENTREGADO" })),
    // Over and over about the same messages, as what is remembered of each is kept for days.
    repeat(20, () => report(WEBHOOK_SECRET, { id_sms: `soak-${posted % 2000}`, status: "ENTREGADO" })),
    repeat(200, () => report("somebody-else", { id_sms: "1", status: "ENTREGADO" })),
    repeat(200, () => report(WEBHOOK_SECRET, "{")),
    repeat(500, misbehave),
  ];
  const end = performance.now() + minutes * 60_000;
  while (performance.now() < end) {
    await sleep(Math.min(everyMs, end - performance.now()));
    samples.push(await look());
    tell(samples.at(-1));
  }
  isOver = true;
  await Promise.all(load);
  judge();
} finally {
  isOver = true;
  const closing = performance.now();
  await nodeRed.stop();
  console.log(`Node-RED closed after ${Math.round(performance.now() - closing)} ms`);
  await sandbox.close();
}

/** Loads all that is loaded late, and fills what has room for so much and no more. */
async function warmUp(): Promise<void> {
  const numbers = Array.from({ length: REMEMBERED }, (_, index) => `+569${90_000_000 + index}`);
  await post("direct", { to: TO, payload: "warm" });
  await post("stored", { to: TO, payload: "warm" });
  await post("bulk", { payload: numbers.map((to) => ({ to, text: "warm" })) });
  for (let index = 0; index < 2000; index++)
    await report(WEBHOOK_SECRET, { id_sms: `soak-${index}`, status: "ENTREGADO" });
  while (((await look()).counts.results ?? 0) < 3) await sleep(1000);
  console.log(`Warm; ${minutes} minutes from now, a look each ${Math.round(everyMs / 1000)} s`);
  tell(await look());
}

async function repeat(pauseMs: number, work: () => Promise<unknown> | void): Promise<void> {
  while (!isOver) {
    posted += 1;
    await work();
    await sleep(pauseMs);
  }
}

function misbehave(): void {
  const fault = FAULTS[Math.floor(Math.random() * FAULTS.length)];
  if (fault) sandbox.misbehave(fault);
}

function post(path: string, body: unknown): Promise<number> {
  return send(`${nodeRed.url}${path}`, JSON.stringify(body));
}

function report(secret: string, body: unknown): Promise<number> {
  return send(`${nodeRed.url}reports/${secret}`, typeof body === "string" ? body : JSON.stringify(body));
}

async function send(url: string, body: string): Promise<number> {
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  await response.arrayBuffer();
  return response.status;
}

async function look(): Promise<Sample> {
  return (await (await fetch(`${nodeRed.url}look`)).json()) as Sample;
}

function tell(sample: Sample | undefined): void {
  if (!sample) return;
  const { heapMb, rssMb, externalMb, resources, counts } = sample;
  const memory = [heapMb, rssMb, externalMb].map((mb) => Math.round(mb)).join(" / ");
  console.log(`heap / resident / external MB ${memory}`, JSON.stringify(resources), JSON.stringify(counts));
}

/** The middle of the last third against the middle of the first. */
function judge(): void {
  const third = Math.max(1, Math.floor(samples.length / 3));
  const growth = (value: (sample: Sample) => number): [first: number, last: number] => [
    median(samples.slice(0, third).map(value)),
    median(samples.slice(-third).map(value)),
  ];
  const sockets = ({ resources }: Sample) => resources.TCPSocketWrap ?? 0;
  const others = ({ resources }: Sample) => Object.values(resources).reduce((sum, count) => sum + count, 0);
  held(
    "heap after a collection, MB",
    growth(({ heapMb }) => heapMb),
    10,
  );
  held(
    "resident memory, MB",
    growth(({ rssMb }) => rssMb),
    60,
  );
  held(
    "memory outside the heap, MB",
    growth(({ externalMb }) => externalMb),
    10,
  );
  held("open sockets", growth(sockets), 20);
  held("handles and timers in all", growth(others), 30);
  const [first, last] = [samples[0], samples.at(-1)];
  const came = (last?.counts.results ?? 0) - (first?.counts.results ?? 0);
  if (came === 0) process.exitCode = 1;
  console.log(`${posted} messages and reports posted; ${came} results came between the first look and the last`);
}

function held(what: string, [first, last]: readonly [number, number], most: number): void {
  const isHeld = last - first <= most;
  if (!isHeld) process.exitCode = 1;
  console.log(
    `${isHeld ? "ok    " : "BROKEN"} ${what}: ${first.toFixed(1)} → ${last.toFixed(1)} (at most ${most} more)`,
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
