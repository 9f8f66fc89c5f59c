import type { EmailMessage, SendOptions } from "../../message.ts";
import type { SendPart, SendReply, Session } from "../../provider.ts";
import { takenId, without } from "./answer.ts";
import { isBulk, sendBulk } from "./bulk.ts";
import { submit } from "./request.ts";

/** One immediate e-mail goes as `send_email`, all else as a bulk. */
export async function sendEmail(
  session: Session,
  messages: readonly EmailMessage[],
  options: SendOptions,
  part?: SendPart,
): Promise<SendReply> {
  // The source address stands beside the list of a bulk, never in its items (document p. 15).
  const source = options.from ? { src_email: options.from } : {};
  const items = messages.map((message) => describe(message, options));
  const [only] = items;
  if (only && !isBulk(items, options, part)) return sendOne(session, { ...only, ...source });
  return sendBulk(
    session,
    {
      operation: "send_email_bulk",
      list: "emails",
      idField: "id_email",
      destination: "dst_email",
      items,
      more: source,
    },
    options,
  );
}

type EmailParameters = ReturnType<typeof describe>;

function describe({ to, subject, body }: EmailMessage, { senderName }: SendOptions) {
  return { dst_email: to, subject, email_content: body, ...(senderName && { sender: senderName }) };
}

async function sendOne(session: Session, parameters: EmailParameters & { src_email?: string }): Promise<SendReply> {
  const answer = await submit(session, "send_email", parameters);
  const id = takenId("id_email", answer);
  if (id === undefined) throw without("id_email", answer);
  return { recipients: [{ id, status: "accepted" }], raw: answer.raw };
}
