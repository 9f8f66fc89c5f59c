import type { SendOptions, SmsMessage } from "../../message.ts";
import { sendPerText } from "../../per-text.ts";
import type { SendReply, Session } from "../../provider.ts";
import type { Answer } from "./answer.ts";
import { fatesOf, readPush } from "./dlrs.ts";
import { asDigits, startDate } from "./fields.ts";
import { configurationOf, submit } from "./request.ts";

/**
 * One text goes as push/simple, several as push/multiple. Only push/simple is known to take a start date [pub]: scheduled
 * messages with several texts go as one push/simple per text, so that no schedule is dropped and sent at once.
 */
export async function sendSms(
  session: Session,
  messages: readonly SmsMessage[],
  { at }: SendOptions,
): Promise<SendReply> {
  const isOneText = messages.every(({ text }) => text === messages[0]?.text);
  if (!at && !isOneText) return sendMultiple(session, messages);
  return sendPerText(messages, (group) => sendSimple(session, group, at, !isOneText));
}

/** Messages of the same text. */
async function sendSimple(
  session: Session,
  messages: readonly SmsMessage[],
  at: Date | undefined,
  isOneOfMany: boolean,
): Promise<SendReply> {
  const parameters = {
    configuration_name: configurationOf(session),
    message: messages[0]?.text,
    numbers: messages.map(({ to }) => asDigits(to)).join(","),
    start_date: at && startDate(at, session.timeZone),
  };
  const answer = await submit(session, "push/simple", parameters, isOneOfMany);
  return readSend(answer, messages, at ? "scheduled" : "accepted");
}

/** The list is JSON inside a field of the form (document, "Envío múltiple"). */
async function sendMultiple(session: Session, messages: readonly SmsMessage[]): Promise<SendReply> {
  const answer = await submit(session, "push/multiple", {
    configuration_name: configurationOf(session),
    messages: JSON.stringify(messages.map(({ to, text }) => ({ number: asDigits(to), message: text }))),
  });
  return readSend(answer, messages, "accepted");
}

function readSend(answer: Answer, messages: readonly SmsMessage[], taken: "accepted" | "scheduled"): SendReply {
  const push = readPush(answer, taken);
  const numbers = messages.map(({ to }) => asDigits(to));
  return {
    ...(push.id !== undefined && { deliveryId: push.id }),
    recipients: fatesOf(numbers, push, taken),
    raw: answer.raw,
  };
}
