import { MessagingError } from "../error.ts";
import type { Draft, EmailMessage, SendOptions, SmsMessage } from "../message.ts";
import type { SendOperation } from "../provider.ts";
import type { MessageStatus } from "../result.ts";
import type { Account, CallOptions } from "../sending/account.ts";
import { deliver } from "../sending/deliver.ts";
import type { Sender } from "./sender.ts";

type Channel = "sms" | "email";

/** What one page of a search may hold at a provider that was asked for more than it gives. */
const PAGE = 100;

/** More than a user gives the same reference to in a few minutes; of more than that nothing can be said. */
const MAX_FOUND = 10_000;

/** The provider's clock and ours may differ by this much. */
const CLOCK_MS = 120_000;

/** An account as an outbox sends through it. */
export function accountSender(account: Account): Sender {
  const { sendSms, sendEmail } = account.provider.operations;
  const operation = (channel: Channel): Omit<SendOperation<never>, "send"> | undefined =>
    channel === "sms" ? sendSms : sendEmail;
  return {
    ...account.limits,
    provider: account.provider.name,
    account: account.name,
    maxRecipients: (channel) => operation(channel)?.usualRecipients ?? operation(channel)?.maxRecipients ?? 1,
    keepsReference: (channel) => operation(channel)?.honours.includes("reference") ?? false,
    send: (channel, drafts, options, call) => sendThrough(account, channel, drafts, options, call),
    find: (channel, reference, since, call) => findBy(account, channel, { reference, since }, call),
    isRepeat: (channel, code) => operation(channel)?.repeatCodes?.includes(code) ?? false,
  };
}

function sendThrough(
  account: Account,
  channel: Channel,
  drafts: readonly Draft<SmsMessage | EmailMessage>[],
  options: SendOptions,
  call: CallOptions,
) {
  return deliver(account, channel, drafts, drafts.length, options, { ...call, batchSize: drafts.length });
}

/** Page by page, as a reference of the user's own may name many. */
async function findBy(
  account: Account,
  channel: Channel,
  { reference, since }: { reference: string; since: Date },
  call: CallOptions,
): Promise<MessageStatus[]> {
  const { checkStatus } = account.provider.operations;
  if (!checkStatus || account.mode === "off") throw cannotAsk(account);
  const from = new Date(since.getTime() - CLOCK_MS);
  const found: MessageStatus[] = [];
  for (;;) {
    const search = { reference, from, limit: PAGE, offset: found.length };
    const lookup = { kind: channel, search, withText: true };
    const reply = await account.perform(call, (session) => checkStatus(session, lookup));
    found.push(...reply.messages);
    const { count = 0 } = reply.page ?? {};
    const isOver = reply.messages.length === 0 || found.length >= MAX_FOUND;
    if (isOver && found.length < count) throw incomplete(account);
    if (isOver || found.length >= count) return found;
  }
}

/** What is sent again because the provider does not know it must not be one of those that it counts and does not show. */
function incomplete({ provider, name }: Account): MessagingError {
  return new MessagingError(`${provider.label} counts more messages with our reference than it shows.`, {
    code: "BAD_REPLY",
    outcome: "unknown",
    provider: provider.name,
    account: name,
  });
}

function cannotAsk({ provider, name }: Account): MessagingError {
  return new MessagingError(`${provider.label} cannot be asked what became of a message by our reference.`, {
    code: "NOT_SUPPORTED",
    outcome: "rejected",
    retryable: false,
    provider: provider.name,
    account: name,
  });
}
