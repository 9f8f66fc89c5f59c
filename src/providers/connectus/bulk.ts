import type { SendPart, Session, SendReply } from "../../provider.ts";
import type { SendOptions } from "../../message.ts";
import type { Explanation } from "../../http-request.ts";
import { formatInZone } from "../../time.ts";
import type { Parameters } from "../../form.ts";
import { asGivenId, asId, isRecord } from "../../json.ts";
import { contradiction, refusalIn, without } from "./answer.ts";
import { submit } from "./request.ts";
import type { Answer } from "./request.ts";
import { fit, reason } from "./words.ts";

type Recipient = SendReply["recipients"][number];

/** What tells the two bulk calls apart. */
export interface Bulk {
  readonly operation: "send_sms_bulk" | "send_email_bulk";
  /** Name of the list in the request. */
  readonly list: "messages" | "emails";
  readonly idField: "id_sms" | "id_email";
  /** The field of an item that says where it goes. */
  readonly destination: "dst_number" | "dst_email";
  readonly items: readonly Readonly<Record<string, string | number>>[];
  /** Parameters beside the list. */
  readonly more?: Parameters;
}

/**
 * Whether messages go as a bulk: only bulks can be scheduled and have a name. A single one that is what is left of many does
 * too, or the delivery's state would leave it out.
 */
export function isBulk(
  { length }: { readonly length: number },
  { at, deliveryName }: SendOptions,
  { total }: SendPart = { total: length },
): boolean {
  return total > 1 || at !== undefined || Boolean(deliveryName);
}

/** Sends a bulk; its list is JSON inside a text parameter, wherever the parameters travel (document p. 9 and 15). */
export async function sendBulk(session: Session, bulk: Bulk, options: SendOptions): Promise<SendReply> {
  const parameters = {
    [bulk.list]: JSON.stringify(bulk.items),
    delivery_name: options.deliveryName || options.reference || "Node-RED",
    ...(options.at && { deliver_at: formatInZone(options.at, session.timeZone, "yyyy-MM-dd HH:mm:ss") }),
    ...bulk.more,
  };
  const answer = await submit(session, bulk.operation, parameters);
  return readBulk(answer, bulk, options.at ? "scheduled" : "accepted");
}

function readBulk(answer: Answer, bulk: Bulk, taken: "accepted" | "scheduled"): SendReply {
  const deliveryId = asGivenId(answer.fields.id_delivery);
  const refusal = refusalIn(answer.raw);
  // The document's text calls the list of an e-mail bulk `emails`, its sample `messages` (p. 15).
  const list = [answer.fields.messages, answer.fields.emails].find(Array.isArray);
  const hasIds = list?.some((item) => isRecord(item) && asGivenId(item[bulk.idField]) !== undefined);
  if (deliveryId === undefined && (!list?.length || (refusal && !hasIds))) throw without("id_delivery", answer);
  const recipients = inOrder(list ?? [], bulk).map((item, index) =>
    item === undefined ? unmatched(deliveryId) : readItem(item.value, bulk, { taken, refusal, index }),
  );
  return { ...(deliveryId !== undefined && { deliveryId }), recipients, raw: answer.raw };
}

/**
 * Finds each message's item in the reply. The document promises no order and no echo: the position counts when there are
 * as many items as messages and no item names another destination; otherwise only an item that alone names a destination
 * which was sent once. An id given to the wrong recipient would be worse than none.
 */
function inOrder(list: readonly unknown[], { items, destination }: Bulk): ({ value: unknown } | undefined)[] {
  const sent = items.map((item) => asPlace(item[destination]) ?? "");
  const named = list.map((item) => (isRecord(item) ? asPlace(item[destination]) : undefined));
  const inPlace = named.every((name, index) => name === undefined || name === sent[index]);
  if (list.length === sent.length && inPlace) return list.map((value) => ({ value }));
  return sent.map((name) => {
    const position = onlyIndexOf(named, name);
    return position >= 0 && onlyIndexOf(sent, name) >= 0 ? { value: list[position] } : undefined;
  });
}

/** A destination in a form that compares: of a number its last digits, as it may be echoed with or without its country. */
function asPlace(destination: unknown): string | undefined {
  const text = asId(destination)?.toLowerCase();
  return text === undefined || text.includes("@") ? text : text.replace(/\D/g, "").slice(-8) || undefined;
}

/** Where the value is, if it is there exactly once; else -1. */
function onlyIndexOf(values: readonly unknown[], value: string): number {
  const index = values.indexOf(value);
  return index === values.lastIndexOf(value) ? index : -1;
}

/** What is known of a recipient besides its item. */
interface ItemFacts {
  readonly taken: "accepted" | "scheduled";
  /** What the reply as a whole says against the bulk. */
  readonly refusal: Explanation | undefined;
  /** Its place in what was sent. */
  readonly index: number;
}

function readItem(item: unknown, { idField, items }: Bulk, { taken, refusal, index }: ItemFacts): Recipient {
  const request = { url: "", body: JSON.stringify(items[index]) };
  const { [idField]: given, ...rest } = isRecord(item) ? item : {};
  const id = asGivenId(given);
  const doubt = refusalIn(item) ?? refusal;
  if (id !== undefined) {
    if (!doubt) return { id, status: taken };
    const message = `This may or may not have been taken: ${contradiction(doubt, request)}`;
    return { id, status: "unknown", error: { code: "BAD_REPLY", outcome: "unknown", message } };
  }
  // An item without an id is a refused recipient; its reason has no documented key (providers.md).
  const said = reason(isRecord(item) ? rest : item) ?? refusal;
  const { text = "no reason given", code = "REJECTED", providerCode } = said ?? {};
  const message = `Connectus refused this recipient: ${fit(text, request)}`;
  return { status: "rejected", error: { code, message, ...(providerCode !== undefined && { providerCode }) } };
}

function unmatched(deliveryId: string | undefined): Recipient {
  const next =
    deliveryId === undefined
      ? "look in its console"
      : `check the status of the delivery ${deliveryId}, or look in its console,`;
  return {
    status: "unknown",
    error: {
      code: "BAD_REPLY",
      outcome: "unknown",
      message: `Connectus took the bulk but its reply does not tell what became of this recipient: ${next} before you send again.`,
    },
  };
}
