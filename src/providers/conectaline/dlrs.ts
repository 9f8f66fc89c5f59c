import { asGivenId, asId, asNumber, asRecords } from "../../json.ts";
import type { RecipientResult } from "../../result.ts";
import { without } from "./answer.ts";
import type { Answer } from "./answer.ts";
import { asDigits } from "./fields.ts";

/** What became of one recipient. */
export type Fate = Omit<RecipientResult, "to" | "parts">;

/** What a send was answered with. */
export interface Push {
  readonly id?: string;
  /** How many SMS it says were sent; absent where it does not tell. One of several parts may count as several. */
  readonly sent?: number;
  /** What it says of single recipients, each with the digits of its number; none where it names nobody. */
  readonly entries: readonly { readonly number: string; readonly fate: Fate }[];
}

/**
 * Reads `{id, dlrs: [{message_id, number, messages_sent, in_SMS_blacklist}]}`, the reply to push/simple [pub]; those to the
 * other sends are not public, so `dlrs` is read where it is. Throws BAD_REPLY when nothing shows that anything was taken.
 */
export function readPush(answer: Answer, taken: "accepted" | "scheduled"): Push {
  const pushes = asRecords(answer.data);
  const id = pushes.map((push) => asGivenId(push.id)).find((found) => found !== undefined);
  const dlrs = pushes.flatMap((push) => asRecords(push.dlrs));
  const counts = pushes.flatMap((push) => asNumber(push.total_messages_sent) ?? []);
  const sent = counts.length > 0 ? counts.reduce((sum, count) => sum + count) : undefined;
  if (id === undefined && sent !== 0 && !dlrs.some((dlr) => asGivenId(dlr.message_id))) throw without("id", answer);
  const entries = dlrs.map((dlr) => ({ number: numberOf(dlr), fate: fateOf(dlr, id, taken) }));
  return { ...(id !== undefined && { id }), ...(sent !== undefined && { sent }), entries };
}

/** The fate of each number, in the order of the numbers. A number that was sent twice has two entries, or one is unclear. */
export function fatesOf(numbers: readonly string[], push: Push, taken: "accepted" | "scheduled"): Fate[] {
  const { entries } = push;
  if (entries.length === 0) return numbers.map(() => commonFate(numbers.length, push, taken));
  const byNumber = new Map<string, Fate[]>();
  for (const { number, fate } of entries) byNumber.set(number, [...(byNumber.get(number) ?? []), fate]);
  return numbers.map((number) => byNumber.get(number)?.shift() ?? unclear("Its reply does not name this recipient."));
}

/**
 * The fate of each recipient of a push that names none of them. What is to be sent later need not be counted yet; of what is
 * sent now, a count of none is a refusal inside a 200, and one that is too small hides who was left out.
 */
function commonFate(recipients: number, { id, sent }: Push, taken: "accepted" | "scheduled"): Fate {
  if (taken === "accepted" && sent === 0) return unsent();
  if (taken === "accepted" && sent !== undefined && sent < recipients) {
    return unclear(`It counts ${sent} sent of ${recipients} and names none.`);
  }
  return id === undefined ? unclear("Its reply gives no id.") : { id, status: taken };
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
  const own = asGivenId(dlr.message_id);
  if (taken === "accepted" && asNumber(dlr.messages_sent) === 0) {
    return own === undefined ? unsent() : unclear("Its reply gives this recipient an id, but counts no message to it.");
  }
  const id = own ?? pushId;
  return id === undefined ? unclear("Its reply gives this recipient no id.") : { id, status: taken };
}

function unsent(): Fate {
  const message =
    "The provider took the request, but sent nothing to this number. Check the number, the account's credit and the API configuration.";
  return { status: "rejected", error: { code: "REJECTED", message } };
}

function unclear(what: string): Fate {
  const message = `The provider took the delivery, but what became of this recipient is unclear. ${what} Look it up in its console.`;
  return { status: "unknown", error: { code: "BAD_REPLY", outcome: "unknown", message } };
}

function isTrue(value: unknown): boolean {
  return value === true || /^(1|true|y|yes|s|si|sí)$/i.test(asId(value) ?? "");
}
