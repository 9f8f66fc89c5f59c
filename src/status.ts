import { invalid } from "./error.ts";
import { asId, asRecords, isGiven, isRecord } from "./json.ts";
import type { Provider, StatusKind, StatusLookup, StatusReply } from "./provider.ts";
import type { MessageStatus, Status, StatusResult } from "./result.ts";

/** What a search may ask for (interface: check-status). */
const SEARCH_KEYS: readonly string[] = ["reference", "from", "to", "status", "number", "offset", "limit"];

/** From the least to the most advanced; what ended badly before what ended well. */
const ADVANCE: readonly Status[] = [
  "unknown",
  "scheduled",
  "accepted",
  "queued",
  "sent",
  "rejected",
  "undelivered",
  "delivered",
];

/**
 * What a flow wants to know the state of: the result of a send or of an earlier check, a webhook's status event, an id, an
 * object with an `id`, or the terms of a search. `kind` other than `auto` overrules what the value itself says.
 * Throws INVALID_MESSAGE.
 */
export function statusLookup(value: unknown, kind: StatusKind): StatusLookup {
  if (isRecord(value) && !Buffer.isBuffer(value)) return inRecord(value, kind);
  const id = Number.isSafeInteger(value) || typeof value === "string" ? asId(value) : undefined;
  if (id !== undefined) return { kind, id };
  throw refusal(value === undefined || value === null || value === "" ? "is empty" : "is no id and no result");
}

/**
 * Refuses the result of a send through another provider: ids are small numbers, and the same id may be a stranger's message.
 * Throws INVALID_MESSAGE.
 */
export function assertSameProvider(value: unknown, { name, label }: Pick<Provider, "name" | "label">): void {
  const provider = isRecord(value) ? value.provider : undefined;
  if (typeof provider !== "string" || provider === "" || provider.toLowerCase() === name) return;
  throw invalid(
    `This result comes from ${provider}, but the node's account is one of ${label}, where its ids mean other messages. ` +
      `Choose an account of ${provider} in the node, or lead results there by msg.payload.provider.`,
    "INVALID_MESSAGE",
    { kind: "otherProvider", values: { provider, own: label } },
  );
}

/** What check-status puts out. The state of several is that of the least advanced, and final when all of them are. */
export function statusResult(account: { readonly provider: Pick<Provider, "name"> }, reply: StatusReply): StatusResult {
  const { channel, messages, single, deliveryId, page, raw } = reply;
  const last = leastAdvanced(messages);
  const about = { provider: account.provider.name, channel };
  if (single) return { ...about, ...last, raw };
  return {
    ...about,
    id: deliveryId ?? last.id,
    status: last.status,
    final: messages.length > 0 && messages.every(({ final }) => final),
    providerStatus: last.providerStatus,
    messages,
    ...(page && { page }),
    raw,
  };
}

function inRecord(value: Readonly<Record<string, unknown>>, kind: StatusKind): StatusLookup {
  if (value.off === true) throw refusal("comes from an account that is switched off, so nothing was sent");
  const { id, ids, deliveries } = idsIn(value);
  const own = kind === "auto" ? kindOf(value.channel) : kind;
  if (deliveries.length > 0) {
    return { kind: kind === "auto" && own === "sms" ? "bulk" : own, deliveries, ...(ids.length > 0 && { ids }) };
  }
  if (ids.length > 1) return { kind: own, ids };
  if (id !== undefined) return { kind: own, id };
  if (Array.isArray(value.messages)) throw refusal("has no id: no message of that send was accepted");
  return { kind, search: searchIn(value) };
}

function idsIn(value: Readonly<Record<string, unknown>>) {
  const id = asId(value.id);
  const ids = asRecords(value.messages ?? []).flatMap((message) => asId(message.id) ?? []);
  const given = Array.isArray(value.deliveries) ? value.deliveries.flatMap((one) => asId(one) ?? []) : [];
  // One recipient is asked about by the message's id, even where it went as a delivery of one.
  const isOne = ids.length === 1 && ids[0] === id;
  if (isOne || given.length > 0) return { id, ids, deliveries: isOne ? [] : given };
  // An id that is none of the messages' is the whole's, as in the result of a check of a delivery.
  const isWhole = id !== undefined && ids.length > 0 && !ids.includes(id);
  return { id, ids, deliveries: isWhole ? [id] : [] };
}

function searchIn(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const terms = Object.entries(value).filter(([key, term]) => SEARCH_KEYS.includes(key) && isGiven(term));
  if (terms.length > 0) return Object.fromEntries(terms);
  throw refusal("holds neither an id nor anything to search for");
}

function leastAdvanced(messages: readonly MessageStatus[]): MessageStatus {
  const none: MessageStatus = { id: "", status: "unknown", final: false, providerStatus: "" };
  const [first = none, ...others] = messages;
  return others.reduce((least, each) => (advance(each.status) < advance(least.status) ? each : least), first);
}

/** How far on its way a message with this status is; a status with a lower number comes before it. */
export function advance(status: Status): number {
  return ADVANCE.indexOf(status);
}

/** The channel of a result is what to ask about. */
function kindOf(channel: unknown): StatusKind {
  return channel === "sms" || channel === "email" || channel === "push" ? channel : "auto";
}

function refusal(what: string): Error {
  return invalid(
    `What to look up ${what}. Give the result of a send node, an id, or an object with terms such as {reference}, ` +
      `or choose another property in the node's Lookup field.`,
  );
}
