import { setTimeout as sleep } from "node:timers/promises";
import type { Seen } from "../processes/provider.ts";
import { ACCOUNT_CREDENTIALS, MeasuredNodeRed } from "../support/measured-node-red.ts";
import { definePart, inRounds, type Setting } from "../support/part.ts";
import { smsFlow } from "./sends.ts";

const MESSAGES = 20_000;

/** As an account has it that nobody changed. */
const CONCURRENCY = 10;

/** A crowd of messages in one tick. */
export const burst = definePart({
  name: "burst",
  rows: {
    settled: { what: "20,000 messages in one tick, sent", unit: "", promise: { least: MESSAGES } },
    sockets: { what: "… connections, with a concurrency of 10", unit: "", promise: { most: CONCURRENCY } },
    memory: { what: "… memory over idle", unit: "MB", promise: { most: 150 } },
    seconds: { what: "… all done after", unit: "s", digits: 1 },
  },
  measure: async (setting) => {
    const runs = await inRounds(setting, () => once(setting, setting.isQuick ? MESSAGES / 10 : MESSAGES));
    return {
      settled: runs.map(({ ended, failed }) => (ended - failed) * (setting.isQuick ? 10 : 1)),
      sockets: runs.map(({ sockets }) => sockets),
      memory: runs.map(({ memory }) => memory),
      seconds: runs.map(({ seconds }) => seconds),
    };
  },
});

/** In a Node-RED of its own: memory that was in use once is not given back. */
async function once({ provider }: Setting, count: number) {
  const flows = smsFlow(provider.url, CONCURRENCY);
  const nodeRed = await MeasuredNodeRed.start({ flows, credentials: ACCOUNT_CREDENTIALS });
  try {
    const ask = { kind: "sms", baseUrl: provider.url };
    // Idle is a Node-RED that has sent before: what the first message loads is loaded, and the heap's nursery has its size.
    await nodeRed.tell<"burst">("burst", { ...ask, count: count / 10 });
    // Its idle connections are dropped after a second.
    await sleep(2000);
    await provider.server.ask<Seen>({});
    const run = await nodeRed.tell<"burst">("burst", { ...ask, count });
    const { sockets } = await provider.server.ask<Seen>({});
    return { ...run, sockets };
  } finally {
    await nodeRed.stop();
  }
}
