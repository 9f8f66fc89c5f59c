import { setTimeout as sleep } from "node:timers/promises";
import type { Seen } from "../processes/provider.ts";
import { ACCOUNT_CREDENTIALS, lineOf, MeasuredNodeRed } from "../support/measured-node-red.ts";
import { definePart, inRounds, type Setting } from "../support/part.ts";
import { smsFlow } from "./sends.ts";

const MESSAGES = 20_000;

/** As an account has it that nobody changed. */
const CONCURRENCY = 10;

/** Sent before. */
const FEW = 20;

/** A crowd of messages in one tick. */
export const burst = definePart({
  name: "burst",
  rows: {
    settled: { what: "20,000 messages in one tick, sent", unit: "", promise: { least: MESSAGES, each: true } },
    sockets: { what: "… connections, with a concurrency of 10", unit: "", promise: { most: CONCURRENCY, each: true } },
    memory: { what: "… memory over idle", unit: "MB", promise: { most: 150, each: true } },
    wires: { what: "… the same where a core node only lets them pass", unit: "MB" },
    seconds: { what: "… all done after", unit: "s", digits: 1 },
  },
  measure: async (setting) => {
    const count = setting.isQuick ? MESSAGES / 10 : MESSAGES;
    const runs = await inRounds(setting, () => once(setting, count, smsFlow(setting.provider.url, CONCURRENCY)));
    const passed = await inRounds(setting, () => once(setting, count, lineOf({ type: "change", rules: [] })));
    return {
      settled: runs.map(({ ended, failed }) => (ended - failed) * (setting.isQuick ? 10 : 1)),
      sockets: runs.map(({ sockets }) => sockets),
      memory: runs.map(({ memory }) => memory),
      wires: passed.map(({ memory }) => memory),
      seconds: runs.map(({ seconds }) => seconds),
    };
  },
});

/** In a Node-RED of its own: memory that was in use once is not given back. */
async function once({ provider }: Setting, count: number, flows: object[]) {
  const nodeRed = await MeasuredNodeRed.start({ flows, credentials: ACCOUNT_CREDENTIALS });
  try {
    const ask = { kind: "sms", baseUrl: provider.url };
    // Idle is a Node-RED that has sent a few: what the first message loads is loaded.
    await nodeRed.tell<"burst">("burst", { ...ask, count: FEW });
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
