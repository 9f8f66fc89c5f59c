import { maskNumber } from "./phone.ts";

/** Characters of a provider's words that reach the user. */
const MAX_WORDS = 200;

/** A provider's words, fit for a log: on one line, short, without markup, a query or a whole number. */
export function tidyWords(words: string): string {
  const text = words
    .slice(0, 10 * MAX_WORDS)
    .replace(/<[^>]*>/g, " ")
    .replace(/\?\S+=\S*/g, "?…")
    .replace(/\+?\b\d{8,15}\b/g, (number) => maskNumber(number))
    .replace(/\s+/g, " ")
    .trim();
  return text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS - 1)}…` : text;
}
