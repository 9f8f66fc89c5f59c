import { asId } from "./json.ts";

/**
 * A number as providers write it in callbacks (digits with the country's prefix, with `+`, `00` or neither, as text or as a
 * JSON number) in E.164. What is none, such as a short code or a sender's name, stays as it is; undefined for nothing.
 */
export function asE164(number: unknown): string | undefined {
  const text = asId(number);
  if (text === undefined || !/^\+?[\d\s()-]+$/.test(text)) return text;
  const digits = text.replace(/\D/g, "").replace(/^00/, "");
  return digits.length >= 7 ? `+${digits}` : text;
}
