import { invalid } from "../../src/error.ts";
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

const WORDS = ["from", "senderName", "reference", "deliveryName"] as const;

/** The options that are not left empty. Throws INVALID_MESSAGE that names the field. */
export function sendOptions(fields: OptionFields, account: Pick<Account, "timeZone">): SendOptions {
  const given = (name: keyof OptionFields) => fields[name] !== undefined;
  return {
    ...Object.fromEntries(WORDS.filter(given).map((name) => [name, word(name, fields[name])])),
    ...(given("at") && { at: parseTime(fields.at, account.timeZone) }),
    ...(fields.encoding !== undefined && fields.encoding !== "auto" && { encoding: fields.encoding }),
  };
}

function word(name: string, value: unknown): string {
  if (typeof value === "string" || typeof value === "number") return String(value);
  throw invalid(`The field "${name}" must be text, not ${Array.isArray(value) ? "an array" : `a ${typeof value}`}.`);
}
