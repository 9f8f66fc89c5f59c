import { invalid, MessagingError, notSupported } from "../../error.ts";
import type { Parameters } from "../../form.ts";
import { asId, asRecords, isRecord } from "../../json.ts";
import type { Session, StatusKind, StatusLookup, StatusReply } from "../../provider.ts";
import type { Channel, MessageStatus, Page } from "../../result.ts";
import { parseNumber } from "../../phone.ts";
import { parseTime } from "../../time.ts";
import { asDigits, writeDate } from "./fields.ts";
import { isMessageId, PAGE_SIZE } from "./limits.ts";
import { searchAll, searchPage } from "./search.ts";
import type { FoundMessage, Service } from "./search.ts";

/** What several questions found. */
interface Findings {
  readonly messages: readonly FoundMessage[];
  readonly raws: readonly unknown[];
  readonly page?: Page;
}

type Question = (service: Service) => Promise<Findings>;

/** Words of a search for a state, ours and the provider's (document, table of states). */
const STATES: Readonly<Record<string, string>> = {
  queued: "PENDING",
  scheduled: "PENDING",
  sent: "SENT",
  delivered: "DELIVERED",
  undelivered: "NOTDELIVERED",
  pending: "PENDING",
  nosent: "NOSENT",
  notdelivered: "NOTDELIVERED",
};

/** The state of messages by their ids, by the reference of their send, or by the terms of a search. */
export async function checkStatus(session: Session, lookup: StatusLookup): Promise<StatusReply> {
  refuseEmail(lookup);
  const { deliveries, search } = lookup;
  if (deliveries?.length) return bySends(session, lookup, [...new Set(deliveries)]);
  if (search) return byTerms(session, lookup, search);
  const ids = lookup.ids ?? idList(lookup.id ?? "");
  if (!ids.every(isMessageId)) return bySends(session, lookup, [lookup.id ?? ""]);
  return byIds(session, lookup, ids);
}

/** The state of each of several messages, as `checkStatus` tells it of one alone; `raw` is that message's part of the reply. */
export async function checkMany(
  session: Session,
  ids: readonly string[],
  kind: StatusKind,
): Promise<(StatusReply | MessagingError)[]> {
  refuseEmail({ kind });
  const { messages, raws } = await findByIds(session, { kind }, ids);
  const found = new Map(messages.map((message) => [message.id, message]));
  const items = new Map(raws.flatMap(itemsOf).map((item) => [asId(item.id), item]));
  return ids.map((id) => {
    const message = found.get(id);
    return message ? replyOf({ kind }, [message], [items.get(id)], { single: true }) : notFound(id);
  });
}

async function byIds(session: Session, lookup: StatusLookup, ids: readonly string[]): Promise<StatusReply> {
  const { messages, raws } = await findByIds(session, lookup, ids);
  const found = new Map(messages.map((message) => [message.id, message]));
  const [id = ""] = ids;
  if (ids.length === 1 && !found.has(id)) throw notFound(id);
  const wanted = ids.map((each) => found.get(each) ?? missing(each));
  return replyOf(lookup, wanted, raws, { single: ids.length === 1 });
}

function findByIds(session: Session, lookup: StatusLookup, ids: readonly string[]): Promise<Findings> {
  return askServices(lookup, ids.length, async (service) => {
    const parts: Findings[] = [];
    for (let start = 0; start < ids.length; start += PAGE_SIZE) {
      const some = ids.slice(start, start + PAGE_SIZE);
      parts.push(await searchAll(session, service, { id: some.join(",") }, some.length));
    }
    return { messages: parts.flatMap((part) => part.messages), raws: parts.flatMap((part) => part.raws) };
  });
}

function itemsOf(raw: unknown): Record<string, unknown>[] {
  return isRecord(raw) ? asRecords(raw.smsList) : [];
}

async function bySends(session: Session, lookup: StatusLookup, references: readonly string[]): Promise<StatusReply> {
  const { messages, raws } = await askServices(lookup, Infinity, async (service) => {
    const parts: Findings[] = [];
    for (const transactionId of references) parts.push(await searchAll(session, service, { transactionId }));
    return { messages: parts.flatMap((part) => part.messages), raws: parts.flatMap((part) => part.raws) };
  });
  return replyOf(lookup, messages, raws, { single: false, deliveryId: references[0] ?? "" });
}

/** One page as the user chose it; of a reference alone, everything. */
async function byTerms(
  session: Session,
  lookup: StatusLookup,
  terms: NonNullable<StatusLookup["search"]>,
): Promise<StatusReply> {
  const parameters = asParameters(session, terms);
  const names = Object.keys(parameters).filter((name) => parameters[name as keyof typeof parameters] !== undefined);
  if (names.every((name) => name === "offset" || name === "limit")) {
    throw invalid("There is nothing to search for: give a reference, a number, a state, or from and to.");
  }
  const isReferenceAlone = names.length === 1 && names[0] === "transactionId";
  const { messages, raws, page } = await askServices(lookup, Infinity, async (service): Promise<Findings> => {
    if (isReferenceAlone) return searchAll(session, service, parameters);
    const { raw, ...found } = await searchPage(session, service, parameters);
    return { ...found, raws: [raw] };
  });
  return replyOf(lookup, messages, raws, { single: false, ...(page && { page }) });
}

/**
 * An id does not say whether it is that of an SMS or of a push. SMS are asked for first: every account may, most messages are
 * SMS, and a push that became an SMS is one. Push is asked for only when fewer than `wanted` messages are found, and that an
 * account has no push plan, or that an SMS's id means nothing to the other service, is then no error. How many messages a
 * send or a search has is known to nobody: one with an SMS fallback has some of both kinds.
 */
async function askServices(lookup: StatusLookup, wanted: number, question: Question): Promise<Findings> {
  if (lookup.kind === "sms" || lookup.kind === "bulk") return question("sms");
  if (lookup.kind === "push") return question("push");
  const sms = await question("sms").catch(noneIf("BAD_ID"));
  if (sms.messages.length >= wanted) return sms;
  const push = await question("push").catch(noneIf("PUSH_UNAVAILABLE", "BAD_ID"));
  if (sms.messages.length === 0 && push.messages.length > 0) return push;
  return joined(sms, push);
}

/** The service of push may list SMS too (document, push/search): what both name is one message. */
function joined(sms: Findings, push: Findings): Findings {
  const keyOf = ({ id, isPush }: FoundMessage) => `${String(isPush)} ${id}`;
  const known = new Set(sms.messages.map(keyOf));
  const more = push.messages.filter((message) => !known.has(keyOf(message)));
  const isApart = more.length === push.messages.length;
  const [one, other] = [sms.page?.count ?? 0, push.page?.count ?? 0];
  const page = sms.page && { ...sms.page, count: isApart ? one + other : Math.max(one, other) };
  const messages = [...sms.messages, ...more];
  return { messages, raws: [...sms.raws, ...push.raws], ...(page && { page }) };
}

function noneIf(...codes: readonly string[]): (error: unknown) => Findings {
  return (error) => {
    if (error instanceof MessagingError && codes.includes(error.cause.providerCode ?? ""))
      return { messages: [], raws: [] };
    throw error;
  };
}

function asParameters(session: Session, terms: NonNullable<StatusLookup["search"]>) {
  const date = (value: unknown) =>
    value === undefined ? undefined : writeDate(parseTime(value, session.timeZone), session.timeZone);
  return {
    transactionId: asId(terms.reference),
    msisdn: terms.number === undefined ? undefined : asDigits(parseNumber(terms.number, session.country)),
    fromDate: date(terms.from),
    toDate: date(terms.to),
    status: asState(terms.status),
    offset: asCount(terms.offset, "offset", 0),
    limit: asCount(terms.limit, "limit", 1),
  } satisfies Parameters;
}

function asState(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const word = (asId(value) ?? "").toLowerCase();
  if (Object.hasOwn(STATES, word)) return STATES[word];
  const choices = Object.keys(STATES).slice(0, 5).join(", ");
  throw invalid(`The status to search for is none that SMSHosting knows. Give one of ${choices}.`);
}

function asCount(value: unknown, name: string, least: number): number | undefined {
  if (value === undefined) return undefined;
  const count = Number(value);
  if (Number.isSafeInteger(count) && count >= least) return count;
  throw invalid(`The search's "${name}" must be a whole number from ${least} on.`);
}

function replyOf(
  { kind, withText }: StatusLookup,
  found: readonly (FoundMessage | MessageStatus)[],
  raws: readonly unknown[],
  about: Pick<StatusReply, "single" | "deliveryId" | "page">,
): StatusReply {
  const wentAsPush = found.some((message) => "isPush" in message && message.isPush);
  const channel: Channel = kind === "push" || wentAsPush ? "push" : "sms";
  return {
    channel,
    ...about,
    messages: found.map((message) => plain(message, withText)),
    raw: raws.length === 1 ? raws[0] : raws,
  };
}

function plain(message: FoundMessage | MessageStatus, withText = false): MessageStatus {
  const { isPush: _, text, ...status } = { isPush: false, ...message };
  return { ...status, ...(withText && text !== undefined && { text }) };
}

/** One of many that the provider does not know, or not yet. */
function missing(id: string): MessageStatus {
  return { id, status: "unknown", final: false, providerStatus: "" };
}

function idList(text: string): string[] {
  return text.split(",").map((id) => id.trim());
}

function notFound(id: string): MessagingError {
  return new MessagingError(
    `SMSHosting knows no message ${id} in this account. Check the id and the account; a message that was just sent may take a moment.`,
    { code: "REJECTED", outcome: "rejected", retryable: true, httpStatus: 200, attempts: 1 },
  );
}

function refuseEmail({ kind }: StatusLookup): void {
  if (kind !== "email") return;
  throw notSupported("SMSHosting's API that is used here has no e-mail.");
}
