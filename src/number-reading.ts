import {
  isSupportedCountry,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
  type CountryCode,
} from "libphonenumber-js/min";

/** Why a number cannot exist, as far as can be told; `impossible` has the right length, but nobody has such numbers. */
export type NumberFault = "no-number" | "too-short" | "too-long" | "impossible" | "unknown-country";

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
  const defaultCountry = isSupportedCountry(country) ? { defaultCountry: country } : {};
  switch (validatePhoneNumberLength(candidate, defaultCountry as { defaultCountry?: CountryCode })) {
    case "TOO_SHORT":
      return "too-short";
    case "TOO_LONG":
      return "too-long";
    case "NOT_A_NUMBER":
      return "no-number";
    default:
      return "impossible";
  }
}
