import type { Campaign } from "../../message.ts";
import type { GroupSendReply, Session } from "../../provider.ts";
import { without } from "./answer.ts";
import { readPush } from "./dlrs.ts";
import { startDate } from "./fields.ts";
import { configurationOf, submit } from "./request.ts";

/**
 * One text to groups of the address book, at once or in blocks. The provider looks at days and intervals only beside both
 * block numbers (document, "Campañas - Configuración múltiple"), which `Campaign` holds together.
 */
export async function sendCampaign(session: Session, campaign: Campaign): Promise<GroupSendReply> {
  const { name, text, groups, start, drip } = campaign;
  const answer = await submit(session, "push/campaigns", {
    name,
    configuration_name: configurationOf(session),
    message: text,
    available_groups: groups.join(","),
    start_date: start && startDate(start, session.timeZone),
    ...(drip && {
      smsxblock: drip.messagesPerBlock,
      minutesxblock: drip.minutesPerBlock,
      days: drip.days?.join(","),
      time_intervals: drip.timeIntervals?.join(","),
    }),
  });
  const { id, sent, entries } = readPush(answer, start ? "scheduled" : "accepted");
  if (id === undefined) throw without("id", answer);
  const recipients = entries.map(({ number, fate }) => ({ to: number && `+${number}`, ...fate }));
  // The address book is the provider's: whom it holds is known by this count only, once it has begun.
  return { id, recipients, ...(sent !== undefined && entries.length === 0 && { accepted: sent }), raw: answer.raw };
}
