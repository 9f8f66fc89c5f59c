import { asId } from "./json.ts";
import { parseNumber } from "./phone.ts";

/** Fewer digits than this, where they are no number of the account's country, are a short code. */
const MIN_INTERNATIONAL_DIGITS = 10;

/**
 * So many digits are rather a number with its country's prefix, as providers mostly write them, than one without: Italy's
 * plan has room for 34600111222 too.
 */
const LIKELY_INTERNATIONAL_DIGITS = 11;

/** Fewer digits are no number of any country with its prefix. */
export const LEAST_INTERNATIONAL_DIGITS = 7;

/**
 * A number as providers write it in callbacks, as text or as a JSON number, in E.164: with `+`, with `00`, with its
 * country's prefix alone, or without any, of the account's `country` (ISO 3166, two letters). What is none, such as a short
 * code or a sender's name, stays as it is; undefined for nothing. From `likely` digits on it is read with its country's prefix first:
 * a provider that always writes the prefix may name a short number of another country, which is one of ours as well.
 */
export function asE164(
  number: unknown,
  country: string,
  likely: number = LIKELY_INTERNATIONAL_DIGITS,
): string | undefined {
  const text = asId(number);
  if (text === undefined || !/^\+?[\d\s()-]+$/.test(text)) return text;
  const digits = text.replace(/\D/g, "").replace(/^00/, "");
  const international = digits.length >= likely ? parsed(`+${digits}`, country) : undefined;
  const found = international ?? parsed(text, country);
  if (found !== undefined) return found;
  // Plans change, and the provider knows its numbers.
  return text.startsWith("+") || digits.length >= MIN_INTERNATIONAL_DIGITS ? `+${digits}` : text;
}

function parsed(text: string, country: string): string | undefined {
  try {
    return parseNumber(text, country);
  } catch {
    return undefined;
  }
}
