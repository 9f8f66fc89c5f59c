import { asE164 as readE164, LEAST_INTERNATIONAL_DIGITS } from "../../e164.ts";
import { randomUUID } from "node:crypto";
import { invalid } from "../../error.ts";
import { asId } from "../../json.ts";
import { formatInZone, parseTime } from "../../time.ts";

/** Document, table of push/send. */
const MAX_REFERENCE = 60;
const MAX_SENDER_NAME = 11;

/** A number as the provider writes it: its country prefix, no plus. */
export function asDigits(number: unknown): string {
  return (asId(number) ?? "").replace(/\D/g, "").replace(/^00/, "");
}

/**
 * A number of a reply or callback in E.164. The document writes all of them with the country's prefix and without a plus, so
 * that this reading comes first, however short the number.
 */
export function asE164(number: unknown, country: string): string | undefined {
  return readE164(number, country, LEAST_INTERNATIONAL_DIGITS);
}

/** `2014-12-25T08:00:00+0200`: the document's form, whose offset has no colon. */
export function writeDate(date: Date, timeZone: string): string {
  return formatInZone(date, timeZone, "yyyy-MM-dd'T'HH:mm:ssZZZ");
}

/** The same in a reply, also with a colon or Z, as ISO in UTC; undefined where there is none, the text where it is none. */
export function readDate(value: unknown, timeZone: string): string | undefined {
  const text = typeof value === "number" ? value : asId(value);
  if (text === undefined) return undefined;
  try {
    return parseTime(text, timeZone).toISOString();
  } catch {
    return String(text);
  }
}

/**
 * The provider's default of 7BIT damages á, í, ó, ú and all that GSM 03.38 lacks, so AUTO is sent unless the user chose
 * (providers.md).
 */
export function asEncoding(encoding: "gsm7" | "ucs2" | undefined): string {
  return encoding === undefined ? "AUTO" : { gsm7: "7BIT", ucs2: "UCS2" }[encoding];
}

/** A sender as the provider takes it: a verified number without plus, or at most 11 letters and digits. */
export function asSender(from: string | undefined): string | undefined {
  const text = from?.trim();
  if (!text) return undefined;
  if (/^\+?[\d\s().-]{5,}$/.test(text)) return asDigits(text);
  if (text.length <= MAX_SENDER_NAME) return text;
  throw invalid(
    `The sender "from" has ${text.length} characters: SMSHosting takes a verified number or at most ${MAX_SENDER_NAME} characters.`,
  );
}

/**
 * The transactionId of a send: the user's reference, else one of our own. It is always set, for it is the only way to find
 * out what became of a request that was not answered.
 */
export function asReference(reference: string | undefined): string {
  const text = reference?.trim() || `nr-${randomUUID()}`;
  if (text.length <= MAX_REFERENCE) return text;
  throw invalid(
    `The reference has ${text.length} characters: SMSHosting takes at most ${MAX_REFERENCE}. Give a shorter one.`,
  );
}

/** The numbers that a reply tells: one that is missing must not pass for 0. */
export function given<K extends string>(numbers: Readonly<Record<K, number | undefined>>): Partial<Record<K, number>> {
  const told = Object.entries(numbers).filter(([, number]) => number !== undefined);
  return Object.fromEntries(told) as Partial<Record<K, number>>;
}
