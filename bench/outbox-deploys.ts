/**
 * A flow that is deployed again and again while messages pour through its outbox: all of it, its send node, its outbox, its
 * account. `node bench/outbox-deploys.ts [deploys]`, after a build. Ends with 1 when a message was lost or doubled, a result
 * came twice or never, a deploy took longer than 8 s, or something was left behind.
 */
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { connectusStandIn } from "../src/providers/connectus/stand-in.ts";
import { startSandbox } from "../src/sandbox/index.ts";
import { account, CREDENTIALS, flowOf } from "../test/support/flows.ts";
import { RunningFlow } from "../test/support/node-red.ts";
import { newUserDir, outbox } from "../test/support/outbox.ts";

/** Messages for each deploy. */
const LOAD = 20;

const WAYS = [
  ["node", "full"],
  ["node", "nodes"],
  ["outbox", "nodes"],
  ["account", "nodes"],
  ["node", "flows"],
] as const;

const deploys = Number(process.argv[2] ?? 200);
const userDir = await newUserDir();
const taken = new Map<string, number>();
const standIn = connectusStandIn();
const sandbox = await startSandbox({
  ...standIn,
  answer: (request, desk) => {
    const keep: typeof desk.keep = ({ text }) => void taken.set(text, (taken.get(text) ?? 0) + 1);
    return standIn.answer(request, { ...desk, keep });
  },
});
sandbox.misbehave({ kind: "slow", ms: 20 }, { times: Infinity });
const before = left();
const nodes = flowOf({ type: "send-sms", outbox: "outbox" });
const flow = await RunningFlow.start([...nodes, account(sandbox.url), outbox()], CREDENTIALS, userDir);
const first = listeners();
let sent = 0;
let slowest = 0;
for (let deploy = 0; deploy < deploys; deploy++) {
  for (let index = 0; index < LOAD; index++) flow.send("node", { to: "990324203", payload: `${deploy}-${index}` });
  sent += LOAD;
  // A deploy cancels what the node has not stored yet, and says so.
  await flow.eventually(() => flow.outcomes("node").length === sent, "done of each", 60_000);
  const [changed, type] = WAYS[deploy % WAYS.length] ?? WAYS[0];
  const began = performance.now();
  await flow.deploy(
    type,
    flow.flow.map((node) => (node.id === changed ? { ...node, name: `Deploy ${deploy}` } : node)),
  );
  slowest = Math.max(slowest, performance.now() - began);
}
const came = () => flow.received("out").map(({ _msgid }) => _msgid);
await flow.eventually(() => new Set(came()).size >= sent, "a result of each", 120_000).catch(() => undefined);
await sleep(1000);
const results = came();
const last = listeners();
const wrong = flow.outcomes("node").filter((outcome) => outcome !== "done").length;
await flow.stop();
await sandbox.close();
await rm(userDir, { recursive: true, force: true });
await sleep(500);
const after = left();

const facts: Record<string, [found: number, most: number]> = {
  "messages lost": [sent - taken.size, 0],
  "messages sent twice": [[...taken.values()].filter((times) => times > 1).length, 0],
  "messages not stored": [wrong, 0],
  "results that never came": [sent - new Set(results).size, 0],
  "results that came twice": [results.length - new Set(results).size, 0],
  "ms, the slowest deploy": [Math.round(slowest), 8000],
  "listeners more than at the start": [last - first, 0],
  "timers, threads and sockets left": [after.length - before.length, 0],
};
console.log(`${deploys} deploys, ${sent} messages`);
for (const [what, [found, most]] of Object.entries(facts)) {
  console.log(`${found <= most ? "ok    " : "BROKEN"} ${what}: ${found} (at most ${most})`);
  if (found > most) process.exitCode = 1;
}
if (after.length > before.length) console.log(after.join(" "));

function left(): string[] {
  return process.getActiveResourcesInfo();
}

/** Of Node-RED's events, and of the process. */
function listeners(): number {
  const { events } = flow.red ?? {};
  const names = events?.eventNames() ?? [];
  return names.reduce((sum, name) => sum + (events?.listenerCount(name) ?? 0), 0) + process.listenerCount("exit");
}
