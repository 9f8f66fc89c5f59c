import { asMessagingError, type MessagingError } from "./error.ts";
import { ENDS_ALL, failedRecipient } from "./failed-recipient.ts";
import type { SmsMessage } from "./message.ts";
import type { SendReply } from "./provider.ts";

type Recipient = SendReply["recipients"][number];

/** Messages that share a text. */
interface Group {
  readonly messages: SmsMessage[];
  /** Where each of them is among all. */
  readonly places: number[];
}

/** Requests of one send under way at once; the account's own limit holds beside it. */
const LANES = 10;

/**
 * For a call that takes one text: sends the messages of each text by `send`, which should set its requests `apart`, and puts
 * their recipients back in order, each with what became of its own request, a failed one included. Once the account itself
 * is refused, the rest is not tried. Rejects when every request failed, unless each did for the numbers in it: of several
 * errors with the one whose outcome is `unknown`, if any, as that forbids sending all again.
 */
export async function sendPerText(
  messages: readonly SmsMessage[],
  send: (messages: readonly SmsMessage[]) => Promise<SendReply>,
): Promise<SendReply> {
  const groups = byText(messages);
  const replies: SendReply[] = [];
  const failures: MessagingError[] = [];
  const rest = groups.entries();
  const lane = async () => {
    for (const [index, { messages: group }] of rest) {
      try {
        const end = failures.find(({ code }) => ENDS_ALL.includes(code));
        if (end) throw end.with({ outcome: "not-sent" });
        replies[index] = await send(group);
      } catch (thrown) {
        const error = asMessagingError(thrown);
        failures.push(error);
        replies[index] = { recipients: group.map(() => failedRecipient(error)), raw: null };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, groups.length) }, lane));
  const [first] = failures;
  const isAboutNumbers = messages.length > 1 && failures.every(({ code }) => code === "INVALID_NUMBER");
  if (first && failures.length === groups.length && !isAboutNumbers) {
    throw failures.find(({ cause }) => cause.outcome === "unknown") ?? first;
  }
  const deliveryId = replies.find((reply) => reply.deliveryId !== undefined)?.deliveryId;
  return {
    ...(deliveryId !== undefined && { deliveryId }),
    recipients: inPlace(groups, replies),
    raw: replies.length === 1 ? replies[0]?.raw : replies.map(({ raw }) => raw),
  };
}

function byText(messages: readonly SmsMessage[]): Group[] {
  const groups = new Map<string, Group>();
  messages.forEach((message, place) => {
    const group = groups.get(message.text) ?? { messages: [], places: [] };
    group.messages.push(message);
    group.places.push(place);
    groups.set(message.text, group);
  });
  return [...groups.values()];
}

function inPlace(groups: readonly Group[], replies: readonly SendReply[]): Recipient[] {
  const recipients: Recipient[] = [];
  groups.forEach(({ places }, index) => {
    places.forEach((place, row) => {
      const recipient = replies[index]?.recipients[row];
      if (recipient) recipients[place] = recipient;
    });
  });
  return recipients;
}
