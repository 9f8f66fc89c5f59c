import type { PushMessage } from "../message.ts";
import type { Estimate, GroupSendReply, Operations } from "../provider.ts";
import type { PushDraft } from "../push.ts";
import type { RecipientResult, SendResult } from "../result.ts";
import { smsParts } from "../text.ts";
import type { Account, CallOptions } from "./account.ts";
import { sendToGroups } from "./group-send.ts";
import { recipientError } from "../failed-recipient.ts";

/** What push-send puts out when it only estimates. */
export interface EstimateResult extends Estimate {
  provider: string;
  channel: "push";
  /** The numbers that would be refused by our own check; absent when all are good. */
  messages?: RecipientResult[];
}

/** Sends a checked push; see `sendToGroups` for the result and the errors. */
export function deliverPush(
  account: Account,
  send: NonNullable<Operations["sendPush"]>,
  { push, recipients }: PushDraft,
  call: CallOptions,
): Promise<SendResult> {
  const { groups, reference } = push;
  const request = { channel: "push", recipients, hasGroups: groups.length > 0, reference } as const;
  return sendToGroups(
    account,
    { ...request, send: async (session) => withParts(await send(session, push), push) },
    call,
  );
}

/** What a checked push would cost. Rejects with the first number's error when there is nobody to send to. */
export async function estimateCost(
  account: Account,
  estimate: NonNullable<Operations["estimatePush"]>,
  { push, recipients }: PushDraft,
  call: CallOptions,
): Promise<EstimateResult> {
  const refused = recipients.flatMap((recipient) => ("error" in recipient ? recipient : []));
  const [first] = refused;
  if (first && push.to.length === 0 && push.groups.length === 0) throw first.error;
  const { raw, ...costs } = await account.perform(call, (session) => estimate(session, push));
  const messages = refused.map(({ to, error }) => ({ to, status: "rejected" as const, error: recipientError(error) }));
  return {
    provider: account.provider.name,
    channel: "push",
    ...costs,
    ...(messages.length > 0 && { messages }),
    raw,
  };
}

/** How many SMS each recipient takes who gets the push as SMS. */
function withParts(reply: GroupSendReply, { sms }: PushMessage): GroupSendReply {
  if (!sms) return reply;
  const { parts } = smsParts(sms.text, sms.encoding);
  const recipients = reply.recipients.map((one) => (one.via === "sms" ? { ...one, parts } : one));
  return { ...reply, recipients };
}
