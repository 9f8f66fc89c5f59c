import { hash } from "node:crypto";
import { entriesOf } from "../../src/list.ts";
import { parseNumber } from "../../src/phone.ts";
import { notSupported } from "../kit/not-supported.ts";
import { positive } from "../kit/positive.ts";
import type { SourceContext, Start } from "../kit/source-node.ts";
import { workBadge } from "../kit/status.ts";
import { definition } from "./definition.ts";
import { Memory } from "./memory.ts";
import { repeat } from "./repeat.ts";

type Fields = typeof definition.fields;

const EVERY_SECONDS = 60;

/** Hands on each message that comes in, once, until the node closes. */
export const start: Start<Fields> = async (context) => {
  const { id, userDir, stop, fail, log, isRemoved } = context;
  const memory = await Memory.open(userDir, id, context.warnOnce);
  let everySeconds = EVERY_SECONDS;
  const ask = async () => {
    const fields = await context.fields();
    everySeconds = Math.max(
      positive("everySeconds", fields.everySeconds) ?? EVERY_SECONDS,
      definition.fields.everySeconds.min,
    );
    await receive(context, memory, entriesOf(fields.senders));
  };
  const onRecovery = () => log("The provider answers again: messages are received.");
  await repeat(ask, { stop, everyMs: () => 1000 * everySeconds, onFailure: fail, onRecovery });
  if (isRemoved()) await memory.remove();
};

async function receive(context: SourceContext<Fields>, memory: Memory, senders: readonly unknown[]): Promise<void> {
  const node = context.accountNode();
  const account = await node.account();
  const { provider, country, mode } = account;
  const { receiveSms } = provider.operations;
  if (!receiveSms) throw notSupported(account, "noReceive");
  const numbers = senders.map((sender) => parseNumber(sender, country)).sort();
  if (mode === "off") return context.show({ ...workBadge("status.not-listening"), fill: "grey" });

  const inbox = await memory.inbox(scopeOf([provider.name, node.id, mode, ...numbers]));
  const filter = { since: inbox.since, ...(numbers.length > 0 && { senders: numbers }) };
  const listed = await account.perform(context.call, (session) => receiveSms(session, filter));
  if (context.stop.aborted) return;
  const fresh = inbox.take(listed, Date.now());
  // As webhook-in does it: a send node behind it answers the sender, through the account that the message came to.
  for (const payload of fresh) context.emit(0, { payload, to: payload.from, account: node.id });
  // After the messages: should Node-RED end in between, one that comes twice is better than one that is lost.
  await memory.save();
  context.show(workBadge(fresh.length > 0 ? "status.inbound" : "status.listening"));
}

/** Hashed, as it goes into the file. */
function scopeOf(parts: readonly string[]): string {
  return hash("sha256", JSON.stringify(parts), "base64url").slice(0, 22);
}
