import { asMessagingError, invalid } from "./error.ts";
import { entriesOf, idsOf, isBlank } from "./list.ts";
import { smsText } from "./message.ts";
import type { Campaign } from "./message.ts";
import { parseTime } from "./time.ts";

/** A campaign as a flow gives it: each field may be anything; what is empty is absent. */
export interface CampaignFields {
  readonly campaignName: unknown;
  readonly text: unknown;
  /** Ids as an array or a comma list. */
  readonly groups: unknown;
  /** As `parseTime` takes it. */
  readonly start?: unknown;
  readonly messagesPerBlock?: unknown;
  readonly minutesPerBlock?: unknown;
  /** 1 = Monday … 7 = Sunday, as an array or a comma list. */
  readonly days?: unknown;
  /** `HH:mm-HH:mm`, as an array or a comma list. */
  readonly timeIntervals?: unknown;
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

/**
 * Blocks need both numbers. Days and hours hold for blocks only: without them the provider would ignore these limits and
 * send everything at once, perhaps at night, so that is refused here.
 */
function checkedDrip(fields: CampaignFields): Campaign["drip"] {
  const messagesPerBlock = positive(fields.messagesPerBlock, "messagesPerBlock", "messages", 100);
  const minutesPerBlock = positive(fields.minutesPerBlock, "minutesPerBlock", "minutes", 10);
  const days = weekDays(fields.days);
  const timeIntervals = intervals(fields.timeIntervals);
  if (messagesPerBlock !== undefined && minutesPerBlock !== undefined) {
    return { messagesPerBlock, minutesPerBlock, ...(days && { days }), ...(timeIntervals && { timeIntervals }) };
  }
  if (messagesPerBlock !== undefined) throw lacking("minutesPerBlock", "messagesPerBlock", "minutes, such as 10");
  if (minutesPerBlock !== undefined) throw lacking("messagesPerBlock", "minutesPerBlock", "messages, such as 100");
  const limit = days ? "days" : timeIntervals ? "timeIntervals" : undefined;
  if (limit === undefined) return undefined;
  throw invalid(
    `The field "${limit}" works only for a campaign in blocks: fill "messagesPerBlock" and "minutesPerBlock" too, ` +
      `or empty "${limit}".`,
  );
}

function lacking(empty: string, filled: string, example: string): Error {
  return invalid(
    `The field "${empty}" is empty, but "${filled}" is not: a campaign in blocks needs both. ` +
      `Write a number of ${example}, or empty "${filled}" to send all at once.`,
  );
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

function positive(value: unknown, field: string, unit: string, example: number): number | undefined {
  if (isBlank(value)) return undefined;
  const number = typeof value === "string" && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number) && number > 0) return number;
  throw invalid(
    `The field "${field}" holds ${shown(value)}: write a whole number of ${unit} above 0, such as ${example}.`,
  );
}

function weekDays(value: unknown): number[] | undefined {
  const days = entriesOf(value).map((day) => {
    const number = typeof day === "string" && /^\d$/.test(day) ? Number(day) : day;
    if (typeof number === "number" && Number.isInteger(number) && number >= 1 && number <= 7) return number;
    throw invalid(
      `The field "days" holds ${shown(day)}, which is no day of the week: ` +
        `write numbers from 1 (Monday) to 7 (Sunday), such as 1,2,3,4,5.`,
    );
  });
  const twice = days.find((day, index) => days.indexOf(day) !== index);
  if (twice !== undefined) throw invalid(`The field "days" holds the day ${twice} twice: write each day once.`);
  return days.length > 0 ? days : undefined;
}

interface Interval {
  readonly text: string;
  /** Minutes of the day. */
  readonly start: number;
  readonly end: number;
}

function intervals(value: unknown): string[] | undefined {
  const given = entriesOf(value).map(interval);
  const ordered = given.toSorted((one, other) => one.start - other.start);
  const clash = ordered.findIndex(({ end }, index) => end > (ordered[index + 1]?.start ?? Infinity));
  if (clash < 0) return given.length > 0 ? given.map(({ text }) => text) : undefined;
  throw invalid(
    `The field "timeIntervals" holds two intervals that overlap, ${ordered[clash]?.text} and ${ordered[clash + 1]?.text}: ` +
      `write them apart, such as 09:00-13:00,17:00-21:00.`,
  );
}

function interval(value: unknown): Interval {
  const [, start, end] = (typeof value === "string" && /^(\d?\d:\d\d)\s*-\s*(\d?\d:\d\d)$/.exec(value)) || [];
  const from = minutesOfDay(start);
  const to = minutesOfDay(end);
  if (from === undefined || to === undefined) {
    throw invalid(
      `The field "timeIntervals" holds ${shown(value)}, which is no interval of a day: ` +
        `write HH:mm-HH:mm with hours from 00 to 23, such as 09:00-13:00,17:00-21:00.`,
    );
  }
  const text = `${start?.padStart(5, "0")}-${end?.padStart(5, "0")}`;
  if (from < to) return { text, start: from, end: to };
  throw invalid(
    `The field "timeIntervals" holds ${text}, which does not end after it starts: ` +
      `write the earlier time first; over midnight write two, such as 21:00-23:59,00:00-02:00.`,
  );
}

/** Minutes of the day; undefined for a time that no clock shows. */
function minutesOfDay(time: string | undefined): number | undefined {
  const [hours = NaN, minutes = NaN] = (time ?? "").split(":").map(Number);
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : undefined;
}

/** What was given, for an error, where it is short and plain. Never used for a name or a text. */
function shown(value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number") return "something else";
  return JSON.stringify(String(value).slice(0, 40));
}
