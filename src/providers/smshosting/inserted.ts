import { MessagingError } from "../../error.ts";
import { asGivenId, asId, asNumber, asRecords } from "../../json.ts";
import type { RecipientResult } from "../../result.ts";
import { explainValue, explainWords } from "./codes.ts";
import { asDigits } from "./fields.ts";
import type { Answer } from "./request.ts";

/** What became of one recipient. */
export type Fate = Omit<RecipientResult, "to" | "parts">;

/** One item of the list in a send's reply. */
export interface Insertion {
  /** Digits only; empty when the item names no number. */
  readonly to: string;
  readonly fate: Fate;
}

/** States of a message that was taken: INSERTED (document, push/send), and those that only a taken one can have. */
const TAKEN = ["INSERTED", "PENDING", "SENT", "DELIVERED"];

/**
 * The items of a send's reply. Rejects what tells nothing about any recipient; that none was inserted is no such thing.
 * `taken` is what to call a message that was inserted.
 */
export function readInsertions(answer: Answer, taken: "accepted" | "scheduled"): Insertion[] {
  const { fields } = answer;
  const items = asRecords(fields.sms);
  if (items.length === 0 && insertedCount(answer) === undefined) throw without("sms", answer);
  const isNone = insertedCount(answer) === 0;
  return items.map((item) => ({ to: asDigits(item.to), fate: readFate(item, taken, isNone) }));
}

/** How many messages the provider says it inserted, as SMS and as push; undefined when it does not say. */
export function insertedCount({ fields }: Answer): number | undefined {
  const counts = [fields.smsInserted, fields.pushInserted].flatMap((count) => asNumber(count) ?? []);
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count);
}

/**
 * Each number's item, in the order of the numbers: by what the items say, for the reply promises no order. A number that is
 * given twice but listed once shares its item. An item that names no number is taken only by the one number that is left: an
 * id given to the wrong recipient would be worse than none.
 */
export function matched(numbers: readonly string[], items: readonly Insertion[]): (Insertion | undefined)[] {
  const waiting = new Map<string, Insertion[]>();
  for (const item of items) {
    const same = waiting.get(item.to);
    if (same) same.push(item);
    else waiting.set(item.to, [item]);
  }
  const found = numbers.map((number) => {
    const own = waiting.get(asDigits(number)) ?? [];
    return own.length > 1 ? own.shift() : own[0];
  });
  const nameless = waiting.get("") ?? [];
  const left = found.indexOf(undefined);
  if (nameless.length === 1 && left >= 0 && left === found.lastIndexOf(undefined)) found[left] = nameless[0];
  return found;
}

/** What became of a recipient that the reply does not list: it was left out, unless more was inserted than is listed. */
export function unlisted(answer: Answer, items: readonly Insertion[], leftOut = refused(undefined)): Fate {
  const count = insertedCount(answer);
  const listed = items.filter(({ fate }) => isTaken(fate)).length;
  return count !== undefined && count <= listed ? leftOut : unclear("Its reply does not list this recipient.");
}

/** What a 200 without the expected content means: a refusal where it names one, else a reply that tells nothing. */
export function without(field: string, { operation, fields }: Answer): MessagingError {
  const facts = { httpStatus: 200, attempts: 1 };
  const said = explainValue(fields);
  if (said) {
    const words = said.providerCode === undefined ? "see its console for the reason" : said.text;
    return new MessagingError(`${operation} was refused: ${words}.`, {
      ...facts,
      code: said.code ?? "REJECTED",
      outcome: said.outcome ?? "rejected",
      ...(said.providerCode !== undefined && { providerCode: said.providerCode }),
    });
  }
  return new MessagingError(
    `SMSHosting answered ${operation} without "${field}". ` +
      (operation.includes("/send")
        ? "It may have taken the message: look it up by its reference before you send it again."
        : "Check the account's base URL; if it is right, ask again later."),
    { ...facts, code: "BAD_REPLY", outcome: "unknown" },
  );
}

export function isTaken({ status }: Fate): boolean {
  return status === "accepted" || status === "scheduled";
}

/** `isNone`: the reply counts no message as inserted, so that an item without a state is none. */
function readFate(item: Readonly<Record<string, unknown>>, taken: "accepted" | "scheduled", isNone: boolean): Fate {
  const id = asGivenId(item.id);
  const word = asId(item.status)?.toUpperCase();
  const via = asId(item.type)?.toUpperCase() === "PUSH" ? ({ via: "push" } as const) : {};
  if (word === "NOT_INSERTED") return refused(asId(item.statusDetail));
  // The provider's test mode: nothing is sent, so nothing needs an id.
  if (word === "SANDBOX") return { ...(id !== undefined && { id }), ...via, status: taken };
  if (id !== undefined && (word === undefined ? !isNone : TAKEN.includes(word))) return { id, ...via, status: taken };
  const fate = unclear(
    id === undefined ? "It gave the message no id." : "Its state of the message is not known to us.",
  );
  return { ...(id !== undefined && { id }), ...via, ...fate };
}

function refused(reason: string | undefined): Fate {
  const { code = "REJECTED", text, providerCode } = explainWords(reason ?? "NOT_INSERTED");
  const message = `SMSHosting refused this recipient: ${providerCode === undefined ? "see raw for its words" : text}.`;
  return { status: "rejected", error: { code, message, ...(providerCode !== undefined && { providerCode }) } };
}

function unclear(what: string): Fate {
  const message = `SMSHosting does not tell what became of this recipient. ${what} Look it up by its reference before you send again.`;
  return { status: "unknown", error: { code: "BAD_REPLY", outcome: "unknown", message } };
}
