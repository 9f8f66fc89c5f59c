import type { MessagingError } from "../error.ts";
import { recipientError } from "../failed-recipient.ts";
import type { Draft } from "../message.ts";
import type { GroupSendReply, Session } from "../provider.ts";
import type { Channel, RecipientResult, SendResult } from "../result.ts";
import type { Account, CallOptions } from "./account.ts";
import { allRefused, asRefusal, kindOf, sendResult, untold } from "./send-result.ts";

/** A message that goes to all its recipients in one request, some of whom only the provider may know. */
export interface GroupSend {
  readonly channel: Channel;
  /** The recipients that are named, in the order given; those with an error are not sent to. */
  readonly recipients?: readonly Draft<unknown>[];
  /** Whether it goes to groups, so that there may be others besides those that are named. */
  readonly hasGroups: boolean;
  readonly reference?: string | undefined;
  send(session: Session): Promise<GroupSendReply>;
}

/**
 * Sends it, unless there is nobody to send to or the account is switched off, which has the same result as with `deliver`.
 * `messages` begins with the named recipients, in the order given; others that the reply names follow. Where the reply
 * counts more than it names, `accepted` is its count.
 *
 * Rejects with a MessagingError when the request failed, or when all recipients are named and each one was refused.
 */
export async function sendToGroups(account: Account, what: GroupSend, call: CallOptions): Promise<SendResult> {
  const { channel, recipients = [], hasGroups } = what;
  const isNobody = !hasGroups && recipients.every((recipient) => "error" in recipient);
  const isSent = !isNobody && account.mode !== "off";
  const reply = isSent ? await account.perform(call, (session) => what.send(session)) : UNSENT;
  const messages = isSent ? inOrder(recipients, reply.recipients) : refused(recipients);
  const reference = what.reference ?? reply.reference;
  const known = reference !== undefined && { reference };
  const refusal = hasGroups ? undefined : commonRefusal(recipients, messages);
  if (refusal) throw refusal.with({ provider: account.provider.name, account: account.name, ...known });
  const count = (kind: ReturnType<typeof kindOf>) => messages.filter(({ status }) => kindOf(status) === kind).length;
  return sendResult(account, channel, {
    id: reply.id,
    ...known,
    accepted: reply.accepted ?? count("accepted"),
    rejected: count("rejected"),
    failed: count("failed"),
    messages,
    raw: reply.raw,
  });
}

/** In place of a reply, where there was no request. */
const UNSENT: GroupSendReply = { id: "", recipients: [], raw: null };

/** The error of a send none of whose recipients was taken. */
function commonRefusal(
  recipients: readonly Draft<unknown>[],
  messages: readonly RecipientResult[],
): MessagingError | undefined {
  const [draft] = recipients;
  const [first] = messages;
  const isRefused = messages.length === recipients.length && messages.every(({ status }) => status === "rejected");
  if (!draft || !first || !isRefused) return undefined;
  return allRefused("error" in draft ? draft.error : asRefusal(first), messages.length);
}

function refused(recipients: readonly Draft<unknown>[]): RecipientResult[] {
  return recipients.flatMap((recipient) => ("error" in recipient ? asRejected(recipient) : []));
}

function inOrder(recipients: readonly Draft<unknown>[], found: readonly RecipientResult[]): RecipientResult[] {
  const rest = [...found];
  const named = recipients.map((recipient): RecipientResult => {
    if ("error" in recipient) return asRejected(recipient);
    const { to } = recipient;
    const place = rest.findIndex((each) => each.to === to);
    return (place < 0 ? undefined : rest.splice(place, 1)[0]) ?? { to, ...untold() };
  });
  return [...named, ...rest];
}

function asRejected({ to, error }: { to: string; error: MessagingError }): RecipientResult {
  return { to, status: "rejected", error: recipientError(error) };
}
