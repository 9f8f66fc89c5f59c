import type { SmsMessage, SendOptions } from "../../message.ts";
import type { SendPart, SendReply, Session } from "../../provider.ts";
import { takenId, without } from "./answer.ts";
import { isBulk, sendBulk } from "./bulk.ts";
import { submit } from "./request.ts";

/** One immediate message goes as `send_sms`, all else as a bulk. */
export async function sendSms(
  session: Session,
  messages: readonly SmsMessage[],
  options: SendOptions,
  part?: SendPart,
): Promise<SendReply> {
  const [only] = messages;
  if (only && !isBulk(messages, options, part)) return sendOne(session, only);
  return sendBulk(
    session,
    {
      operation: "send_sms_bulk",
      list: "messages",
      idField: "id_sms",
      destination: "dst_number",
      items: messages.map(({ to, text }) => ({ dst_number: asLong(to), sms_content: text })),
    },
    options,
  );
}

async function sendOne(session: Session, { to, text }: SmsMessage): Promise<SendReply> {
  const answer = await submit(session, "send_sms", { dst_number: asLong(to), sms_content: text });
  const id = takenId("id_sms", answer);
  if (id === undefined) throw without("id_sms", answer);
  return { recipients: [{ id, status: "accepted" }], raw: answer.raw };
}

/** `+56990324203` as 56990324203: the document calls it a long, and its samples write it so in JSON too (p. 8 and 9). */
function asLong(to: string): number {
  return Number(to.replace(/\D/g, ""));
}
