import { dripFaults, dripOf, type DripFault, type DripFields } from "./drip.ts";
import { asMessagingError, invalid } from "./error.ts";
import { idsOf, isBlank } from "./list.ts";
import { smsText } from "./message.ts";
import type { Campaign } from "./message.ts";
import { parseTime } from "./time.ts";

/** A campaign as a flow gives it: each field may be anything; what is empty is absent. */
export interface CampaignFields extends DripFields {
  readonly campaignName: unknown;
  readonly text: unknown;
  /** Ids as an array or a comma list. */
  readonly groups: unknown;
  /** As `parseTime` takes it. */
  readonly start?: unknown;
}

/**
 * Checks a campaign by all rules that can be known without the provider, and gives it in one form: a campaign reaches many
 * people, so a slip must show before anything is sent. Throws INVALID_MESSAGE that names the field and what to write.
 */
export function checkedCampaign(fields: CampaignFields, timeZone: string): Campaign {
  const campaign = {
    name: nameOf(fields.campaignName),
    text: smsText(fields.text),
    groups: groupIds(fields.groups),
    ...(!isBlank(fields.start) && { start: startTime(fields.start, timeZone) }),
  };
  const drip = checkedDrip(fields);
  return drip ? { ...campaign, drip } : campaign;
}

function checkedDrip(fields: DripFields): Campaign["drip"] {
  const [fault] = dripFaults(fields);
  if (fault) throw refusal(fault);
  return dripOf(fields);
}

/** How the number of a block's field is told. */
const COUNTS = {
  messagesPerBlock: { unit: "messages", example: 100 },
  minutesPerBlock: { unit: "minutes", example: 10 },
} as const;

function refusal(fault: DripFault): Error {
  const { field } = fault;
  switch (fault.kind) {
    case "count":
      return invalid(
        `The field "${field}" holds ${shown(fault.value)}: ` +
          `write a whole number of ${COUNTS[fault.field].unit} above 0, such as ${COUNTS[fault.field].example}.`,
      );
    case "lacking":
      return invalid(
        `The field "${field}" is empty, but "${fault.filled}" is not: a campaign in blocks needs both. ` +
          `Write a number of ${COUNTS[fault.field].unit}, such as ${COUNTS[fault.field].example}, ` +
          `or empty "${fault.filled}" to send all at once.`,
      );
    case "alone":
      return invalid(
        `The field "${field}" works only for a campaign in blocks: fill "messagesPerBlock" and "minutesPerBlock" too, ` +
          `or empty "${field}".`,
      );
    case "day":
      return invalid(
        `The field "${field}" holds ${shown(fault.value)}, which is no day of the week: ` +
          `write numbers from 1 (Monday) to 7 (Sunday), such as 1,2,3,4,5.`,
      );
    case "twice":
      return invalid(`The field "${field}" holds the day ${fault.day} twice: write each day once.`);
    case "interval":
      return invalid(
        `The field "${field}" holds ${shown(fault.value)}, which is no interval of a day: ` +
          `write HH:mm-HH:mm with hours from 00 to 23, such as 09:00-13:00,17:00-21:00.`,
      );
    case "backwards":
      return invalid(
        `The field "${field}" holds ${fault.interval}, which does not end after it starts: ` +
          `write the earlier time first; over midnight write two, such as 21:00-23:59,00:00-02:00.`,
      );
    case "overlap":
      return invalid(
        `The field "${field}" holds two intervals that overlap, ${fault.one} and ${fault.other}: ` +
          `write them apart, such as 09:00-13:00,17:00-21:00.`,
      );
  }
}

function nameOf(value: unknown): string {
  const name = typeof value === "number" ? String(value) : value;
  if (typeof name === "string" && !isBlank(name)) return name;
  throw invalid(
    `The field "campaignName" ${isBlank(name) ? "is empty" : "is no text"}: write a name for the provider's console.`,
  );
}

function groupIds(value: unknown): string[] {
  const ids = idsOf(value, "groups");
  if (ids.length > 0) return ids;
  throw invalid(`The field "groups" is empty: write the ids of the groups to send to, such as 3,4.`);
}

function startTime(value: unknown, timeZone: string): Date {
  try {
    return parseTime(value, timeZone);
  } catch (error) {
    const { message } = asMessagingError(error);
    throw invalid(`The field "start" holds ${shown(value)}. ${message}`);
  }
}

/** What was given, for an error, where it is short and plain. Never used for a name or a text. */
function shown(value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number") return "something else";
  return JSON.stringify(String(value).slice(0, 40));
}
