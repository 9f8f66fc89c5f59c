import type { Called, Calls } from "../processes/caller.ts";
import { SECRET, WEBHOOK_CREDENTIALS, WEBHOOK_PATH, webhookFlow } from "../../test/support/webhook.ts";
import { Forked, startServer } from "../support/forked.ts";
import { MeasuredNodeRed } from "../support/measured-node-red.ts";
import { definePart, inRounds, warmUp } from "../support/part.ts";

/** Reports on their way at a time. */
const CONNECTIONS = 100;

interface Candidate {
  readonly url: string;
  /** Microseconds of processor so far. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

/** Delivery reports of messages that nobody knows, each of another one. */
export const webhook = definePart({
  name: "webhook",
  rows: {
    perSecond: { what: "webhook in, reports a second", unit: "" },
    toHttpIn: { what: "… against core http in", unit: "×", digits: 2, promise: { least: 1.3 } },
    toHttp: { what: "… against bare node:http, without Node-RED", unit: "×", digits: 2 },
    p99: { what: "webhook in, 99 of 100 answered within", unit: "ms" },
    p99ToHttpIn: { what: "… as a part of core http in", unit: "×", digits: 2, promise: { most: 1 } },
    cpu: { what: "webhook in, processor time a report", unit: "µs" },
    cpuHttpIn: { what: "… core http in", unit: "µs" },
  },
  measure: async (setting) => {
    const caller = Forked.start("caller.ts");
    const ours = await nodeRed(`${WEBHOOK_PATH}/${SECRET}`, OURS, WEBHOOK_CREDENTIALS);
    const httpIn = await nodeRed("reports", HTTP_IN);
    const http = await bareHttp();
    const all = [ours, httpIn, http];
    const call = (candidate: Candidate, seconds: number, connections = CONNECTIONS) =>
      rateOf(candidate, caller, { connections, seconds });
    try {
      await warmUp(setting, all, CONNECTIONS, (candidate, connections, seconds) =>
        call(candidate, seconds, connections),
      );
      const seconds = setting.isQuick ? 0.5 : 4;
      const rounds = await inRounds(setting, async () => ({
        ours: await call(ours, seconds),
        httpIn: await call(httpIn, seconds),
        http: await call(http, seconds),
      }));
      return {
        perSecond: rounds.map((round) => round.ours.perSecond),
        toHttpIn: rounds.map((round) => round.ours.perSecond / round.httpIn.perSecond),
        toHttp: rounds.map((round) => round.ours.perSecond / round.http.perSecond),
        p99: rounds.map((round) => round.ours.p99),
        p99ToHttpIn: rounds.map((round) => round.ours.p99 / round.httpIn.p99),
        cpu: rounds.map((round) => round.ours.cpu),
        cpuHttpIn: rounds.map((round) => round.httpIn.cpu),
      };
    } finally {
      await Promise.all([caller, ...all].map((one) => one.stop()));
    }
  },
});

const ON = { z: "tab", x: 100, y: 100 };

const OURS = webhookFlow().map((node) =>
  node.type === "helper" ? { ...node, ...ON, type: "bench-sink" } : node.type === "tab" ? node : { ...node, ...ON },
);

/** The least that a flow needs with core nodes. */
const HTTP_IN = [
  { id: "tab", type: "tab", label: "Test" },
  { ...ON, id: "in", type: "http in", url: "/reports", method: "post", wires: [["answer", "out"]] },
  { ...ON, id: "answer", type: "http response", statusCode: "200", wires: [] },
  { ...ON, id: "out", type: "bench-sink", wires: [] },
];

async function nodeRed(path: string, flows: readonly object[], credentials = {}): Promise<Candidate> {
  const measured = await MeasuredNodeRed.start({ flows, credentials });
  return {
    url: measured.url + path,
    cpu: () => measured.tell<"cpu">("cpu"),
    stop: () => measured.stop(),
  };
}

async function bareHttp(): Promise<Candidate> {
  const { server, url } = await startServer("bare-http.ts");
  return { url: `${url}/reports`, cpu: () => server.ask<number>({}), stop: () => server.stop() };
}

async function rateOf(candidate: Candidate, caller: Forked, load: Omit<Calls, "url">) {
  const before = await candidate.cpu();
  const called = await caller.ask<Called>({ url: candidate.url, ...load });
  const cpu = (await candidate.cpu()) - before;
  if (called.refused > 0) throw new Error(`${called.refused} reports were refused`);
  return { perSecond: called.taken / called.seconds, p99: called.p99, cpu: cpu / called.taken };
}
