import { isSupportedCountry, parsePhoneNumberFromString, validatePhoneNumberLength } from "libphonenumber-js/min";

/** Why a number cannot exist, as far as can be told; `impossible` has the right length, but nobody has such numbers. */
export type NumberFault = "no-number" | "too-short" | "too-long" | "impossible" | "unknown-country";

const LENGTH_FAULTS: Readonly<Record<string, NumberFault>> = {
  TOO_SHORT: "too-short",
  TOO_LONG: "too-long",
  NOT_A_NUMBER: "no-number",
};

/** An E.164 number as people group it: `+56 9 9032 4203`. */
export function groupedNumber(e164: string): string {
  return parsePhoneNumberFromString(e164)?.formatInternational() ?? e164;
}

/** What is wrong with a number that `parseNumber` refuses for this country. */
export function numberFault(input: unknown, country: string): NumberFault {
  const written = String(input).trim();
  if (!/\d/.test(written) || /\p{L}/u.test(written)) return "no-number";
  const isInternational = /^\(?(\+|00)/.test(written);
  if (!isInternational && !isSupportedCountry(country)) return "unknown-country";
  const digits = written.replace(/\D/g, "");
  const candidate = isInternational ? `+${digits.replace(/^00/, "")}` : digits;
  const options = isSupportedCountry(country) ? { defaultCountry: country } : {};
  return LENGTH_FAULTS[validatePhoneNumberLength(candidate, options) ?? ""] ?? "impossible";
}
