import { maskNumber } from "./phone.ts";

/** Characters of a provider's words that reach the user. */
const MAX_WORDS = 200;

/** Characters of them that are looked at. */
const MAX_READ = 100_000;

/** Shorter message texts are too likely to be part of a sentence that is not about them. */
const MIN_CONTENT = 6;

/**
 * A provider's words, fit for a log: on one line, short, without markup, a query, a whole number, or any of the `contents`
 * (the message texts in the request, which some servers echo).
 */
export function tidyWords(words: string, contents: readonly string[] = []): string {
  let text = words.slice(0, MAX_READ);
  for (const content of contents) {
    if (content.length >= MIN_CONTENT) text = text.replaceAll(content, "…");
  }
  text = text
    .slice(0, 10 * MAX_WORDS)
    .replace(/<[^>]*>/g, " ")
    .replace(/\?\S+=\S*/g, "?…")
    .replace(/\+?\b\d{8,15}\b/g, (number) => maskNumber(number))
    .replace(/\s+/g, " ")
    .trim();
  return text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS - 1)}…` : text;
}
