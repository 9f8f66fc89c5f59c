import { DateTime } from "luxon";
import { invalid, type MessagingError, type Phrase } from "./error.ts";

/** Date and time, and an offset or none. Luxon alone would also take "2026", a week, or a time without its day. */
const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?) ?(Z|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)?$/i;

const EARLIEST_MS = Date.UTC(1990, 0, 1);
const LATEST_MS = Date.UTC(9999, 11, 31);

/**
 * A point in time from a Date, milliseconds since 1970 (as a number or its digits), or an ISO text. A text without offset
 * is a wall clock's time in `timeZone` (IANA): one that a change to summer time skips is taken as that much later
 * (02:30 becomes 03:30), and of one that comes twice in autumn, the first. Past and far-off times are as good as any:
 * what becomes of the first kind is for the provider to say. Throws INVALID_MESSAGE.
 */
export function parseTime(input: unknown, timeZone: string): Date {
  if (input instanceof Date) return fromMilliseconds(input.getTime());
  if (typeof input === "number") return fromMilliseconds(input);
  if (typeof input !== "string") throw refusal("is neither a date, a number nor a text", { kind: "timeNoKind" });
  const text = input.trim();
  if (/^\d{9,17}$/.test(text)) return fromMilliseconds(Number(text));
  const [, day, time, offset = ""] = ISO.exec(text) ?? [];
  if (day === undefined) throw refusal("cannot be read", { kind: "timeUnreadable" });
  const moment = DateTime.fromISO(`${day}T${time}${offset}`, { zone: timeZone });
  if (moment.invalidReason === "unsupported zone") {
    const phrase = { kind: "timeZoneUnknown", values: { zone: timeZone } };
    throw refusal(`is in the unknown time zone "${timeZone}"`, phrase);
  }
  if (!moment.isValid) throw refusal("does not exist in the calendar", { kind: "timeImpossible" });
  // Luxon's own choice between the two moments depends on the season in which it is asked.
  const first = offset === "" ? moment.getPossibleOffsets()[0] : moment;
  return fromMilliseconds((first ?? moment).toMillis());
}

/** A time as a zone's clocks show it, in Luxon's pattern letters (`yyyy-MM-dd HH:mm:ss`), with plain digits. */
export function formatInZone(date: Date, timeZone: string, pattern: string): string {
  return DateTime.fromJSDate(date, { zone: timeZone }).toFormat(pattern, { locale: "en-US", numberingSystem: "latn" });
}

function fromMilliseconds(milliseconds: number): Date {
  if (!Number.isFinite(milliseconds)) throw refusal("is not a valid date", { kind: "timeInvalid" });
  if (milliseconds < EARLIEST_MS) {
    throw refusal("is before 1990, as if in seconds; give milliseconds", { kind: "timeTooEarly" });
  }
  if (milliseconds > LATEST_MS) {
    throw refusal("is after the year 9999, as if in microseconds; give milliseconds", { kind: "timeTooLate" });
  }
  return new Date(milliseconds);
}

function refusal(what: string, phrase: Phrase): MessagingError {
  return invalid(
    `The time ${what}. Give a Date, milliseconds since 1970, or a text such as 2026-10-02T14:30 ` +
      `(the account's time zone) or 2026-10-02T14:30:00+02:00.`,
    "INVALID_MESSAGE",
    { kind: "badTime", values: { what: phrase } },
  );
}
