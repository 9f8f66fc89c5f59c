import { invalid } from "../../src/error.ts";
import { kindOfValue } from "../../src/kind-of-value.ts";
import type { SendOptions } from "../../src/message.ts";
import type { Account } from "../../src/sending/account.ts";
import { parseTime } from "../../src/time.ts";

/** A send node's resolved fields that hold for all messages of one send; a node has those that it has. */
export interface OptionFields {
  readonly at?: unknown;
  readonly from?: unknown;
  readonly senderName?: unknown;
  readonly reference?: unknown;
  readonly deliveryName?: unknown;
  readonly encoding?: "auto" | "gsm7" | "ucs2";
}

const WORDS = ["from", "senderName", "reference"] as const;

/** The options that are not left empty. Throws INVALID_MESSAGE that names the field. */
export function sendOptions(fields: OptionFields, account: Pick<Account, "timeZone">): SendOptions {
  const given = (name: keyof OptionFields) => fields[name] !== undefined;
  return {
    ...Object.fromEntries(WORDS.filter(given).map((name) => [name, word(name, fields[name])])),
    // Only shown in the provider's console, and taken from msg.topic, which holds all sorts of things: no reason to fail.
    ...(isWord(fields.deliveryName) && { deliveryName: String(fields.deliveryName) }),
    ...(given("at") && { at: parseTime(fields.at, account.timeZone) }),
    ...(fields.encoding !== undefined && fields.encoding !== "auto" && { encoding: fields.encoding }),
  };
}

/** What a reference may have, as the strictest provider has it: a flow must not break when another account is chosen. */
const MAX_REFERENCE = 60;

function short(name: string, text: string): string {
  if (name !== "reference" || text.length <= MAX_REFERENCE) return text;
  const { length } = text;
  const message = `The field "${name}" has ${length} characters; at most ${MAX_REFERENCE} go. Shorten it.`;
  const values = { field: name, length, most: MAX_REFERENCE };
  throw invalid(message, "INVALID_MESSAGE", { kind: "referenceTooLong", values });
}

function word(name: string, value: unknown): string {
  if (isWord(value)) return short(name, String(value));
  const { text, phrase } = kindOfValue(value);
  const message = `The field "${name}" must be text, not ${text}. Correct it, or leave it empty.`;
  throw invalid(message, "INVALID_MESSAGE", { kind: "notText", values: { field: name, kind: phrase } });
}

function isWord(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}
