import { asMessagingError } from "../../src/error.ts";
import { isRecord } from "../../src/json.ts";
import type { Channel, RecipientResult } from "../../src/result.ts";
import type { Account, CallOptions, Requested, Taken } from "../../src/sending/account.ts";
import { sentMessages } from "../../src/webhook/sent-messages.ts";
import type { Context } from "./run.ts";

/** What it needs of a node at work. */
interface Caller extends Pick<Context, "warnOnce"> {
  readonly call: CallOptions;
}

interface Sender {
  /** The accounts that it may go through. */
  readonly accounts: readonly Account[];
  /** The message as it came to the node. */
  readonly message: object;
  /** What the node sends, as far as its result does not say so. */
  readonly channel: Channel;
}

/**
 * Does a node's work so that a webhook-in recognises the reports on it: what was taken is remembered, with topic and context
 * of the message, as soon as it is known.
 */
export async function correlated<C extends Caller, Result>(
  { accounts, message, channel }: Sender,
  context: C,
  work: (context: C) => Promise<Result>,
): Promise<Result> {
  const { topic, context: own } = message as { topic?: unknown; context?: unknown };
  const sendings = accounts.map(({ name, provider }) => {
    const names = { provider: provider.name, account: name };
    return { ...names, ...sentMessages.begin({ ...names, topic, context: own }) };
  });
  if (sendings.some(({ kept }) => !kept)) context.warnOnce("notKept");
  const by = ({ provider, account }: { provider?: string; account?: string }) =>
    sendings.find((one) => one.provider === provider && one.account === account) ?? sendings[0];
  const onTaken = (taken: Taken) => by(taken)?.taken(taken);
  const onRequest = (requested: Requested) => by(requested)?.departs({ channel, ...requested });
  try {
    const result = await work({ ...context, call: { ...context.call, onTaken, onRequest } });
    // Several accounts have told with each reply what went through them.
    if (sendings.length === 1 && isSendResult(result)) by({})?.taken({ ...result, recipients: recipientsOf(result) });
    return result;
  } catch (thrown) {
    // It may have been taken all the same, and a report will tell.
    const { reference, ...cause } = asMessagingError(thrown).cause;
    if (reference !== undefined && cause.outcome === "unknown")
      by(cause)?.taken({ channel, recipients: [], reference });
    throw thrown;
  } finally {
    for (const sending of sendings) sending.end();
  }
}

interface SendLike {
  readonly channel: Channel;
  readonly id?: string;
  readonly reference?: string;
  readonly messages: readonly Pick<RecipientResult, "id" | "to">[];
}

function isSendResult(result: unknown): result is SendLike {
  return isRecord(result) && Array.isArray(result.messages) && typeof result.channel === "string";
}

/** Where the reply names nobody, as with a campaign, the id of the whole is all that a report can name. */
function recipientsOf({ id, messages }: SendLike): readonly Partial<RecipientResult>[] {
  return messages.length === 0 && id ? [{ id }] : messages;
}
