import { isSupportedCountry, parsePhoneNumberFromString, type CountryCode } from "libphonenumber-js/min";
import { invalid, type MessagingError, type Part, type Phrase } from "./error.ts";
import { kindOfValue } from "./kind-of-value.ts";

/** What people put between digits, and nothing else: a letter, a comma or an extension makes it something else. */
const WRITTEN_NUMBER = /^\(?\+?[\d\s()./\u2010-\u2015\u2212-]+$/;

/** Marks of writing direction and zero width that come along when a number is copied from a contact list. */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Longest text that is looked at; E.164 has 15 digits. */
const MAX_LENGTH = 40;

/** Of E.164, with its plus. Some plans, such as Germany's, have room for more. */
const MAX_E164_LENGTH = 16;

/** Fewer digits than this are rather a national number with a typing error than a foreign one without its plus. */
const MIN_INTERNATIONAL_DIGITS = 10;

/**
 * A phone number in E.164 (`+56990324203`). Takes a text or a number, with or without `+` or `00`, with the usual
 * separators; without a country code it belongs to `country` (ISO 3166, two letters). Throws INVALID_NUMBER.
 *
 * It asks only whether such a number can exist, not whether it is a mobile one: numbering plans do not always tell, and
 * a number refused by mistake is an alarm lost.
 */
export function parseNumber(input: unknown, country: string): string {
  if (typeof input !== "string" || input.length > MAX_LENGTH) return parsed(input, country);
  const name = `${country} ${input}`;
  const known = lately.get(name);
  if (known !== undefined) return known;
  const number = before.get(name) ?? parsed(input, country);
  if (lately.size >= MAX_LATELY) {
    before = lately;
    lately = new Map();
  }
  lately.set(name, number);
  return number;
}

/** Alarms go to the same people again and again. */
const MAX_LATELY = 5000;

/** Numbers that were asked for, and what they are. Two maps that take turns, as taking the oldest out of one takes ever longer. */
let lately = new Map<string, string>();
let before = new Map<string, string>();

function parsed(input: unknown, country: string): string {
  const written = asWritten(input);
  if (written === undefined) throw refusal(input);
  const digits = written.replace(/\D/g, "");
  const candidates = written.includes("+") ? [`+${digits}`] : [digits, ...asInternational(digits)];
  for (const candidate of candidates) {
    const number = parsePhoneNumberFromString(candidate, { defaultCountry: country as CountryCode, extract: false });
    if (number?.isValid() && number.number.length <= MAX_E164_LENGTH) return number.number;
  }
  throw refusal(input, isSupportedCountry(country) ? undefined : country);
}

/**
 * A number as its owner recognises it and nobody else can use it: `+569•••4203`. What is no number is only described
 * ("a text of 12 characters"), for it may be anything, a password too.
 */
export function maskNumber(input: unknown): string {
  return masked(input) ?? describe(input).text;
}

/** Undefined for what is no number. */
function masked(input: unknown): string | undefined {
  const written = asWritten(input);
  const digits = written?.replace(/\D/g, "") ?? "";
  if (written === undefined || digits.length === 0 || digits.length > 15) return undefined;
  // At least four digits of a whole number stay hidden.
  const shown = Math.min(3, Math.max(0, digits.length - 8));
  const start = shown > 0 && written.includes("+") ? "+" : "";
  return `${start}${digits.slice(0, shown)}•••${digits.slice(digits.length < 7 ? -2 : -4)}`;
}

function asWritten(input: unknown): string | undefined {
  if (typeof input === "number") return Number.isSafeInteger(input) && input > 0 ? String(input) : undefined;
  if (typeof input === "bigint") return input > 0n && input < 10n ** 15n ? String(input) : undefined;
  if (typeof input !== "string") return undefined;
  const text = input
    .slice(0, 2 * MAX_LENGTH)
    .replace(INVISIBLE, "")
    .trim();
  return text.length <= MAX_LENGTH && WRITTEN_NUMBER.test(text) ? text : undefined;
}

/** `0056…` and `56…` as +56…, for countries whose own way of dialling abroad is another one. */
function asInternational(digits: string): string[] {
  const international = digits.replace(/^00/, "");
  return international.length >= MIN_INTERNATIONAL_DIGITS ? [`+${international}`] : [];
}

function refusal(input: unknown, unknownCountry?: string): MessagingError {
  if (input === undefined || input === null || (typeof input === "string" && input.trim() === "")) {
    const message = "There is no phone number. Give one such as +56990324203.";
    return invalid(message, "INVALID_NUMBER", { kind: "noNumber" });
  }
  const number = masked(input);
  const given = number === undefined ? describe(input) : { text: number, phrase: number };
  const advice = unknownCountry ? notKnown(unknownCountry.slice(0, 10)) : WITH_PLUS;
  return invalid(`Not a phone number that can exist: ${given.text}. ${advice.text}`, "INVALID_NUMBER", {
    kind: "badNumber",
    values: { given: given.phrase, advice: advice.phrase },
  });
}

const WITH_PLUS: Part = {
  text: "Write it with + and its country code, such as +56990324203.",
  phrase: { kind: "withPlus" },
};

function notKnown(country: string): Part {
  const text = `The account's country "${country}" is not known: set a two-letter code such as CL.`;
  return { text, phrase: { kind: "unknownCountry", values: { country } } };
}

function describe(input: unknown): { text: string; phrase: Phrase | string } {
  if (input === undefined || input === null || input === "") return { text: "nothing", phrase: { kind: "nothing" } };
  if (typeof input === "string") {
    const { length } = input;
    return { text: `a text of ${length} characters`, phrase: { kind: "aText", values: { length } } };
  }
  if (typeof input === "number" && !Number.isFinite(input)) return { text: String(input), phrase: String(input) };
  if (typeof input === "number" || typeof input === "bigint") {
    return { text: "a negative, broken or too large number", phrase: { kind: "aBadNumber" } };
  }
  return kindOfValue(input);
}
