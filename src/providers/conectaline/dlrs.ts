import { asId, asRecords } from "../../json.ts";
import type { RecipientResult } from "../../result.ts";
import { without } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { asDigits } from "./fields.ts";

/** What became of one recipient. */
export type Fate = Omit<RecipientResult, "to" | "parts">;

/** What a send was answered with. */
export interface Push {
  readonly id?: string;
  /** What it says of single recipients, each with the digits of its number; none where it names nobody. */
  readonly entries: readonly { readonly number: string; readonly fate: Fate }[];
}

/**
 * Reads `{id, dlrs: [{message_id, number, messages_sent, in_SMS_blacklist}]}`, the reply to push/simple [pub]; those to the
 * other sends are not public, so `dlrs` is read where it is. Throws BAD_REPLY when nothing shows that anything was taken.
 */
export function readPush(answer: Answer, taken: "accepted" | "scheduled"): Push {
  const pushes = asRecords(answer.data);
  const id = pushes.map((push) => asId(push.id)).find((found) => found !== undefined);
  const dlrs = pushes.flatMap((push) => asRecords(push.dlrs));
  if (id === undefined && !dlrs.some((dlr) => asId(dlr.message_id))) throw without("id", answer);
  const entries = dlrs.map((dlr) => ({ number: numberOf(dlr), fate: fateOf(dlr, id, taken) }));
  return { ...(id !== undefined && { id }), entries };
}

/** The fate of each number, in the order of the numbers. A number that was sent twice has two entries, or one is unclear. */
export function fatesOf(numbers: readonly string[], { id, entries }: Push, taken: "accepted" | "scheduled"): Fate[] {
  if (entries.length === 0) return numbers.map(() => ({ ...(id !== undefined && { id }), status: taken }));
  const byNumber = new Map<string, Fate[]>();
  for (const { number, fate } of entries) byNumber.set(number, [...(byNumber.get(number) ?? []), fate]);
  return numbers.map((number) => byNumber.get(number)?.shift() ?? unclear("Its reply does not name this recipient."));
}

/** Digits of a number that may come as a number, with + or with 00. */
function numberOf({ number }: Readonly<Record<string, unknown>>): string {
  return asDigits(asId(number) ?? "").replace(/^00/, "");
}

function fateOf(
  dlr: Readonly<Record<string, unknown>>,
  pushId: string | undefined,
  taken: "accepted" | "scheduled",
): Fate {
  if (isTrue(dlr.in_SMS_blacklist)) {
    const message = "The number is on the account's SMS blacklist at the provider: take it off there, or leave it out.";
    return { status: "rejected", error: { code: "REJECTED", message, providerCode: "in_SMS_blacklist" } };
  }
  const id = asId(dlr.message_id) ?? pushId;
  return id === undefined ? unclear("Its reply gives this recipient no id.") : { id, status: taken };
}

function unclear(what: string): Fate {
  const message = `The provider took the delivery, but what became of this recipient is unclear. ${what} Look it up in its console.`;
  return { status: "unknown", error: { code: "BAD_REPLY", outcome: "unknown", message } };
}

function isTrue(value: unknown): boolean {
  return value === true || value === 1 || value === "1" || value === "true";
}
