import { Outbox } from "../../src/outbox/outbox.ts";
import { accountSender } from "../../src/outbox/account-sender.ts";
import { PostgresStore } from "../../src/outbox/postgres/postgres-store.ts";
import { connectus } from "../../src/providers/connectus/index.ts";
import { Account } from "../../src/sending/account.ts";

/*
 * A process of its own with an outbox on PostgreSQL, as one of several Node-RED instances has it: told what to do by the
 * test that forked it, and telling it what happens.
 */

export interface WorkerSettings {
  readonly connectionString: string;
  readonly baseUrl: string;
  readonly credentials: Record<string, string>;
  readonly concurrency: number;
  readonly ratePerSecond: number;
}

export type ToWorker =
  { readonly put: { readonly text: string; readonly dedupeKey?: string } } | { readonly close: true };

export type FromWorker =
  | { readonly ready: true }
  | { readonly stored: string; readonly duplicate: boolean }
  | { readonly settled: string; readonly statuses: string[]; readonly duplicate: boolean }
  | { readonly trouble: string }
  | { readonly recovered: true }
  | { readonly closed: true };

const settings = JSON.parse(process.env.WORKER ?? "{}") as WorkerSettings;
const account = new Account(connectus, { name: "Alarms", ...settings }, settings.credentials);
const store = new PostgresStore({ connectionString: settings.connectionString, maxMessages: 100_000 });
const outbox = new Outbox(store, {
  onUnknown: "hold",
  sender: async () => accountSender(account),
  onTrouble: (error) => tell({ trouble: error.message }),
  onRecovered: () => tell({ recovered: true }),
});

function tell(message: FromWorker): void {
  process.send?.(message);
}

async function put({ text, dedupeKey }: { text: string; dedupeKey?: string }): Promise<void> {
  const to = "+56990324203";
  const { duplicate } = await outbox.put({
    node: "node",
    target: "account",
    provider: "connectus",
    account: "Alarms",
    channel: "sms",
    drafts: [{ to, message: { to, text } }],
    total: 1,
    options: {},
    properties: { text },
    ...(dedupeKey !== undefined && { dedupeKey }),
  });
  tell({ stored: text, duplicate });
}

async function close(): Promise<void> {
  await outbox.close();
  await account.close();
  tell({ closed: true });
  process.disconnect();
}

process.on("message", (message: ToWorker) => void ("put" in message ? put(message.put) : close()));
outbox.subscribe("node", ({ properties, outcome, duplicate }) => {
  const statuses = "result" in outcome ? outcome.result.messages.map(({ status }) => status) : [outcome.error.code];
  tell({ settled: String(properties.text), statuses, duplicate });
});
await outbox.open();
tell({ ready: true });
