import type { NewJob, NewRow, Row } from "../../src/outbox/job.ts";
import type { OutboxStore } from "../../src/outbox/store.ts";

export function newJob(more: Partial<NewJob> = {}): NewJob {
  return {
    node: "node",
    target: "account",
    provider: "connectus",
    account: "Alarms",
    channel: "sms",
    priority: "normal",
    options: {},
    properties: "{}",
    about: {},
    createdAt: Date.now(),
    expiresAt: Date.now() + 3_600_000,
    total: 1,
    ...more,
  };
}

export function newRow(to = "+56990324203"): NewRow {
  return { to, message: { to, text: "Pump 3 has stopped" } };
}

/** All that can be sent now. */
export async function ready(store: OutboxStore, target = "account"): Promise<Row[]> {
  const want = { now: Date.now(), chunkSize: 100, limit: 100, highOnly: false, inHand: new Map<string, string>() };
  return (await store.ready(target, want)).flatMap(({ rows }) => rows);
}
