/**
 * Where the time of a direct send goes: processor time of one SMS, layer by layer, all in turn. `npm run bench:layers` writes
 * the table of docs/bench.md, on a machine that does nothing else; `-- --quick` tries it once, and writes nothing.
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { IN_FLIGHT, smsFlow } from "./parts/sends.ts";
import type { Load, Run } from "./processes/closed-loop.ts";
import type { Layer } from "./processes/layer.ts";
import type { Kind } from "./processes/messages.ts";
import { Forked, startServer } from "./support/forked.ts";
import { ACCOUNT_CREDENTIALS, lineOf, MeasuredNodeRed } from "./support/measured-node-red.ts";
import { inRounds, warmUp } from "./support/part.ts";
import { median, writeBetween } from "./support/table.ts";

const ROUNDS = 5;

const PLACE = {
  file: resolve(import.meta.dirname, "..", "docs", "bench.md"),
  begin: "<!-- layers: written by npm run bench:layers -->",
  end: "<!-- /layers -->",
};

type Name = Layer | "node-red" | "wires";

/** Each holds all that is in the one above; those in brackets are to compare with. */
const NAMES: readonly (readonly [name: Name, what: string])[] = [
  ["dispatch", "undici's `dispatch`: the request written, the reply read, JSON"],
  ["http", "`HttpClient`: one promise, deadlines, what was written when, size and depth of the reply, verdict"],
  ["account", "`Account`: pace, retries, time budget, journal, no credential in the reply"],
  ["provider", "the provider: parameters to a request, reply to a result"],
  ["deliver", "`deliver`: numbers, text and its parts, outcome per recipient"],
  [
    "node-red",
    "the node and Node-RED: fields, badge, what a report will find again, last results, a deploy in between; two wires, hooks, `done`",
  ],
  ["undici", "(undici's `request`, which is what _bare undici_ uses)"],
  ["wires", "(Node-RED with a node that only lets messages pass)"],
];

interface Candidate {
  readonly what: string;
  /** Microseconds of processor for each message, one a round. */
  readonly cpu: number[];
  drive(load: Load): Promise<Run>;
  stop(): Promise<void>;
}

const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const { server, url } = await startServer("provider.ts");
const candidates: Candidate[] = [];
try {
  for (const [name, what] of NAMES) candidates.push({ what, cpu: [], ...(await started(name)) });
  const seconds = options.quick ? 0.3 : 3;
  await warmUp({ isQuick: options.quick }, candidates, IN_FLIGHT, (candidate, inFlight, wait) =>
    candidate.drive({ inFlight, seconds: wait }),
  );
  await inRounds({ rounds: options.quick ? 1 : ROUNDS }, async () => {
    for (const candidate of candidates) candidate.cpu.push(await cpuOf(candidate, seconds));
  });
} finally {
  await Promise.all([server, ...candidates].map((one) => one.stop()));
}
const table = tableOf(candidates);
console.log(table);
if (!options.quick) await writeBetween(PLACE, table);

type Started = Pick<Candidate, "drive" | "stop">;

async function started(name: Name): Promise<Started> {
  if (name === "wires") return nodeRed({ flows: lineOf({ type: "change", rules: [] }) });
  if (name === "node-red") return nodeRed({ flows: smsFlow(url), credentials: ACCOUNT_CREDENTIALS });
  const forked = Forked.start("layer.ts", [name]);
  return { drive: (load) => forked.ask<Run>({ baseUrl: url, ...load }), stop: () => forked.stop() };
}

async function nodeRed(options: Parameters<typeof MeasuredNodeRed.start>[0]): Promise<Started> {
  const measured = await MeasuredNodeRed.start(options);
  const kind: Kind = "sms";
  return {
    drive: (load) => measured.tell<"drive">("drive", { kind, baseUrl: url, ...load }),
    stop: () => measured.stop(),
  };
}

async function cpuOf(candidate: Candidate, seconds: number): Promise<number> {
  const { count, failed, cpuMicroseconds } = await candidate.drive({ inFlight: IN_FLIGHT, seconds });
  if (failed > 0) throw new Error(`${candidate.what}: ${failed} of ${count} messages failed`);
  return cpuMicroseconds / count;
}

function tableOf(all: readonly Candidate[]): string {
  const lines = all.map(({ what, cpu }, index) => {
    const above = all[index - 1];
    const isCompared = what.startsWith("(");
    const adds = isCompared ? "" : (median(cpu) - (above ? median(above.cpu) : 0)).toFixed(0);
    const least = Math.min(...cpu).toFixed(0);
    const most = Math.max(...cpu).toFixed(0);
    return `| ${what} | ${median(cpu).toFixed(0)} [${least}–${most}] | ${adds} |`;
  });
  return ["| layer | in all, µs | adds |", "| --- | ---: | ---: |", ...lines].join("\n");
}
