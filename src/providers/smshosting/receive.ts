import { asId } from "../../json.ts";
import type { ReceiveFilter, Session } from "../../provider.ts";
import type { InboundMessage } from "../../result.ts";
import { asDigits, asE164, readDate, writeDate } from "./fields.ts";
import { pagesOf } from "./search.ts";

/** Before the service began. A search without any parameter is refused (NO_PARAMS), so a date is always given. */
const EVER = new Date("2000-01-01T00:00:00Z");

/** The SMS that came in, oldest first. They have no id (public clients): sender, time and text tell them apart. */
export async function receiveSms(
  session: Session,
  { since = EVER, senders = [] }: ReceiveFilter,
): Promise<InboundMessage[]> {
  const parameters = { from: senders.map(asDigits).join(","), fromDate: writeDate(since, session.timeZone) };
  const messages: InboundMessage[] = [];
  for await (const { items } of pagesOf(session, "sms/received/search", parameters)) {
    messages.push(...items.map((item) => readInbound(session, item)));
  }
  return messages.sort((one, other) => one.receivedAt.localeCompare(other.receivedAt));
}

function readInbound(session: Session, item: Readonly<Record<string, unknown>>): InboundMessage {
  const id = asId(item.id);
  const to = asE164(item.to, session.country);
  return {
    provider: session.provider.name,
    type: "inbound",
    ...(id !== undefined && { id }),
    from: asE164(item.from, session.country) ?? "",
    ...(to !== undefined && { to }),
    text: typeof item.text === "string" ? item.text : String(item.text ?? ""),
    receivedAt: readDate(item.receiveDate, session.timeZone) ?? "",
    raw: item,
  };
}
