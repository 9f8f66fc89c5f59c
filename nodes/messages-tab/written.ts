import { isRecord } from "../../src/json.ts";
import { Refusal } from "../../src/refusal.ts";

/** As many characters as a concatenated SMS can have. */
const MAX_TEXT = 1600;

const NUMBER = /^\+?\d{3,15}$/;

/** What a person wrote on a phone. Throws Refusal. */
export function asWritten(body: unknown): { from: string; to?: string; text: string } {
  const { from, to, text } = isRecord(body) ? body : {};
  if (typeof from !== "string" || !NUMBER.test(from)) throw new Refusal(400, `"from" must be a phone number.`);
  if (to !== undefined && (typeof to !== "string" || !NUMBER.test(to))) {
    throw new Refusal(400, `"to" must be a phone number, or be left out.`);
  }
  if (typeof text !== "string" || text.trim() === "") throw new Refusal(400, `"text" must not be empty.`);
  if (text.length > MAX_TEXT) throw new Refusal(400, `"text" must not be longer than ${MAX_TEXT} characters.`);
  return { from, text, ...(to !== undefined && { to }) };
}
