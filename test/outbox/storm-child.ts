/**
 * What is killed in a storm: two outboxes that share one store, as two Node-REDs share a database, and a person who drops
 * messages that wait. It says on standard output, a file, what it does: a kill loses nothing of that.
 */
import { writeSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { asMessagingError } from "../../src/error.ts";
import { smsDrafts } from "../../src/message.ts";
import { accountSender } from "../../src/outbox/account-sender.ts";
import { Outbox, type Settled } from "../../src/outbox/outbox.ts";
import type { OutboxStore } from "../../src/outbox/store.ts";
import { providers } from "../../src/providers/index.ts";
import { Account } from "../../src/sending/account.ts";
import { sqliteStore } from "./sqlite.ts";
import { recipientsOf, type ChildSettings, type Said } from "./storm-words.ts";

/** Puts on their way at once, so that they share transactions. */
const PUTTING = 20;

const settings = JSON.parse(process.argv[2] ?? "{}") as ChildSettings;
const provider = providers.find(({ name }) => name === settings.provider);
if (!provider) throw new Error("There is no such provider.");
const { url: baseUrl, credentials, concurrency, ratePerSecond } = settings;
const account = new Account(provider, { name: "storm", baseUrl, concurrency, ratePerSecond }, credentials);
const store = sqliteStore(settings.file);
const outboxes = [newOutbox(store), newOutbox(sharing(store))];
for (const outbox of outboxes) {
  outbox.subscribe("storm", (settled) => say({ settled: indexOf(settled), ...endOf(settled) }));
  await outbox.open();
}
await Promise.all([...Array.from({ length: PUTTING }, (_, lane) => putAll(lane)), dropSome()]);
await settleAll();
await Promise.all(outboxes.map((outbox) => outbox.close()));
await account.close();

function newOutbox(own: OutboxStore): Outbox {
  return new Outbox(own, {
    onUnknown: settings.onUnknown,
    checkAfterMs: [300, 1000, 2500],
    sender: async () => accountSender(account),
    onTrouble: (error) => say({ trouble: error.message }),
  });
}

/** The same store for another outbox, which neither opens nor closes it. */
function sharing(own: OutboxStore): OutboxStore {
  return new Proxy(own, {
    get(target, name: keyof OutboxStore) {
      if (name === "open") return async () => ({});
      if (name === "close") return async () => undefined;
      return target[name].bind(target);
    },
  });
}

async function putAll(lane: number): Promise<void> {
  const begun = performance.now();
  for (let index = settings.from + lane; index < settings.to; index += PUTTING) {
    const due = ((index - settings.from) / settings.putsPerSecond) * 1000;
    await delay(Math.max(0, begun + due - performance.now()));
    const drafts = smsDrafts(recipientsOf(index), `message ${index}`, provider?.country ?? "");
    say({ putting: index });
    try {
      await outboxes[index % 2]?.put({
        node: "storm",
        target: "storm",
        provider: settings.provider,
        account: "storm",
        channel: "sms",
        drafts,
        total: drafts.length,
        options: {},
        properties: { index },
        ...(index % 50 === 0 && { priority: "high" }),
      });
      say({ stored: index });
    } catch (thrown) {
      say({ refused: index, why: asMessagingError(thrown).message });
    }
  }
}

/** One that is about to be sent, and perhaps just is. */
async function dropSome(): Promise<void> {
  const [outbox] = outboxes;
  for (const until = performance.now() + settings.dropForMs; performance.now() < until && outbox; await delay(10)) {
    const { queued } = await outbox.counts();
    const [next] = await outbox.messages({ state: "queued", limit: 1, offset: Math.max(0, queued - 1) });
    // That it has just changed is what is tried here.
    if (next)
      await outbox.decide(next.id, "drop").then(
        () => say({ dropped: next.to }),
        () => undefined,
      );
  }
}

/** At the end of the storm, everything comes to rest. */
async function settleAll(): Promise<void> {
  for (let quiet = 0; quiet < 3; await delay(200)) {
    const { queued, sending, uncertain } = await store.counts();
    const isOpen = queued + sending > 0 || (settings.onUnknown === "check" && uncertain > 0);
    const due = await store.due(["storm"], 1);
    quiet = isOpen || due.length > 0 ? 0 : quiet + 1;
  }
  say({ rest: await store.counts() });
}

function indexOf({ properties }: Settled): number {
  return Number(properties.index);
}

function endOf({ outcome, revised }: Settled): Pick<Extract<Said, { settled: number }>, "recipients" | "revised"> {
  if ("result" in outcome) {
    const recipients = outcome.result.messages.map(({ to, status, possibleDuplicate = false }) => ({
      to,
      status,
      possibleDuplicate,
    }));
    return { recipients, revised };
  }
  const { code, cause } = outcome.error;
  const { outcome: status, possibleDuplicate = false } = cause;
  return { recipients: [{ status, code, possibleDuplicate }], revised };
}

function say(what: Said): void {
  writeSync(1, `${JSON.stringify(what)}\n`);
}
