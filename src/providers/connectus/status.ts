import { MessagingError, notSupported } from "../../error.ts";
import { asId, asRecords, isRecord } from "../../json.ts";
import type { Session, StatusKind, StatusLookup, StatusReply } from "../../provider.ts";
import type { MessageStatus, Status, StatusEvent } from "../../result.ts";
import { maskNumber } from "../../phone.ts";
import { formatInZone, parseTime } from "../../time.ts";
import { refusalIn, without } from "./answer.ts";
import { ask } from "./request.ts";
import type { Answer } from "./request.ts";

/** Document p. 11 (SMS) and 17 (e-mail, whose NUMERO_ENVIADO is written so); ENVIADO is its likely correction. */
const STATUSES: Readonly<Record<string, { status: Status; final: boolean }>> = {
  PROGRAMADO: { status: "scheduled", final: false },
  EN_COLA: { status: "queued", final: false },
  NUMERO_INVALIDO: { status: "rejected", final: true },
  ENVIADO_A_CARRIER: { status: "sent", final: false },
  ESPERANDO_RESPUESTA: { status: "sent", final: false },
  NO_ENTREGABLE: { status: "undelivered", final: true },
  ENTREGADO: { status: "delivered", final: true },
  NUMERO_ENVIADO: { status: "sent", final: false },
  ENVIADO: { status: "sent", final: false },
};

const EVENTS: Readonly<Record<string, string>> = { ABIERTO: "opened", CLICKEADO: "clicked" };

type Question = (session: Session, id: string) => Promise<StatusReply>;

/** The three calls that know ids. An id does not show which of them made it: they are asked in this order. */
const QUESTIONS: Readonly<Partial<Record<StatusKind, Question>>> = { sms: askSms, bulk: askDelivery, email: askEmail };

/** Questions under way at once where a lookup asks many; the account's own limit holds beside it. */
const LANES = 10;

/** An id as providers make them, and nothing that a person writes: it may be quoted. */
const ID = /^[0-9a-f-]{1,64}$/i;

/** The state of one SMS or e-mail, or of all that were sent together. */
export async function checkStatus(session: Session, lookup: StatusLookup): Promise<StatusReply> {
  const { kind, id, ids = [], deliveries = [] } = lookup;
  if (kind === "push") throw notSupported("Connectus has no push messages.");
  if (kind === "email" && ids.length > 0) return askEach(session, ids, askEmail, deliveries[0]);
  if (deliveries.length > 0) {
    if (kind !== "email") return askDeliveries(session, deliveries, ids);
    throw notSupported("Connectus tells the state of single e-mails only: give check-status one e-mail's id.");
  }
  if (ids.length > 0) return askEach(session, ids, QUESTIONS[kind] ?? askAll);
  if (id === undefined) {
    throw notSupported("Connectus cannot search for messages: give check-status an id, or the result of a send node.");
  }
  const question = QUESTIONS[kind];
  return question ? question(session, id) : askAll(session, id);
}

async function askAll(session: Session, id: string): Promise<StatusReply> {
  let refusal: MessagingError | undefined;
  let fault: MessagingError | undefined;
  for (const question of Object.values(QUESTIONS)) {
    try {
      return await question(session, id);
    } catch (error) {
      if (isRefusedId(error)) refusal ??= error;
      else if (isOdd(error)) fault ??= error;
      else throw error;
    }
  }
  if (fault) throw fault;
  const message = `No SMS, bulk or e-mail of this account has ${described(id)}.`;
  throw refusal?.with({}, `${message} ${refusal.message}`) ?? notSupported(message);
}

/** An id for a message: what does not look like one may be anything, a phone number or a text too. */
function described(id: string): string {
  if (/^\+?\d{8,15}$/.test(id) || !ID.test(id)) return `what was given as its id (${maskNumber(id)})`;
  return `the id "${id}"`;
}

/** A call that does not know an id may answer in a way that nobody foresaw: that is no reason not to ask the next one. */
function isOdd(error: unknown): error is MessagingError {
  return error instanceof MessagingError && (error.code === "BAD_REPLY" || error.code === "PROVIDER_ERROR");
}

/** What the provider refused because of the id, and not because of the key, the credit, the address or a fault. */
function isRefusedId(error: unknown): error is MessagingError {
  if (!(error instanceof MessagingError)) return false;
  const { outcome, httpStatus } = error.cause;
  return error.code === "REJECTED" && outcome === "rejected" && httpStatus !== undefined;
}

/**
 * All messages of deliveries, and those of `ids` that the replies do not hold: of a bulk that took several requests, some may
 * have gone as no delivery.
 */
async function askDeliveries(
  session: Session,
  deliveries: readonly string[],
  ids: readonly string[],
): Promise<StatusReply> {
  const whole = joined(await Promise.all(deliveries.map((delivery) => askDelivery(session, delivery))));
  const known = new Set(whole.messages.map(({ id }) => id));
  const rest = ids.filter((id) => !known.has(id));
  // A message without an id may be any of them.
  const unnamed = whole.messages.filter(({ id }) => id === "").length;
  if (rest.length <= unnamed) return whole;
  const others = await askEach(session, rest, askSms);
  return { ...whole, messages: [...whole.messages, ...others.messages], raw: [whole.raw, others.raw].flat() };
}

/** Asks for each message alone. One that the provider refuses has an unknown state, unless it refuses them all. */
async function askEach(
  session: Session,
  ids: readonly string[],
  question: Question,
  deliveryId?: string,
): Promise<StatusReply> {
  const replies: (StatusReply | undefined)[] = [];
  let refusal: MessagingError | undefined;
  const rest = ids.entries();
  const lane = async () => {
    for (const [index, id] of rest) {
      try {
        replies[index] = await question(session, id);
      } catch (error) {
        if (!isRefusedId(error)) throw error;
        refusal ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, ids.length) }, lane));
  const first = replies.find((reply) => reply !== undefined);
  if (!first) throw refusal ?? notSupported("There is no id to ask for.");
  return {
    channel: first.channel,
    single: false,
    ...(deliveryId !== undefined && { deliveryId }),
    messages: ids.flatMap((id, index) => replies[index]?.messages ?? [unknown(id, "")]),
    raw: ids.map((_, index) => replies[index]?.raw ?? null),
  };
}

async function askSms(session: Session, id: string): Promise<StatusReply> {
  const answer = await ask(session, "check_sms_status", { id_sms: id });
  const message = statusIn(answer, id);
  return { channel: "sms", single: true, messages: [message], raw: answer.raw };
}

async function askEmail(session: Session, id: string): Promise<StatusReply> {
  const answer = await ask(session, "check_email_status_events", { id_email: id });
  const message = statusIn(answer, id);
  const events = readEvents(answer.fields.events, session.timeZone);
  return { channel: "email", single: true, messages: [{ ...message, events }], raw: answer.raw };
}

function statusIn(answer: Answer, id: string): MessageStatus {
  const message = readStatus(id, answer.fields.status);
  // `{"status":"error","message":"…"}` is no state of a message.
  if (!message || (message.status === "unknown" && refusalIn(answer.raw))) throw without("status", answer);
  return message;
}

async function askDelivery(session: Session, id: string): Promise<StatusReply> {
  const answer = await ask(session, "check_delivery_status", { id_delivery: id });
  // The document's text names the fields at the top, its sample below `delivery_status` (p. 12).
  const { delivery_status: nested } = answer.fields;
  const { id_delivery, messages: list } = isRecord(nested) ? nested : answer.fields;
  if (!Array.isArray(list)) throw without("messages", answer);
  const messages = asRecords(list).map((item) => {
    const message = asId(item.id_sms) ?? "";
    return readStatus(message, item.status) ?? unknown(message, "");
  });
  return { channel: "sms", single: false, deliveryId: asId(id_delivery) ?? id, messages, raw: answer.raw };
}

function joined(replies: readonly StatusReply[]): StatusReply {
  const [first, ...others] = replies as [StatusReply, ...StatusReply[]];
  if (others.length === 0) return first;
  return { ...first, messages: replies.flatMap(({ messages }) => messages), raw: replies.map(({ raw }) => raw) };
}

export function readStatus(id: string, word: unknown): MessageStatus | undefined {
  if (typeof word !== "string" || word.trim() === "") return undefined;
  const key = word.trim().toUpperCase();
  const known = Object.hasOwn(STATUSES, key) ? STATUSES[key] : undefined;
  return known ? { id, ...known, providerStatus: word } : unknown(id, word);
}

function unknown(id: string, providerStatus: string): MessageStatus {
  return { id, status: "unknown", final: false, providerStatus };
}

function readEvents(list: unknown, timeZone: string): StatusEvent[] {
  return asRecords(list).map((raw) => {
    // The document's text says email_event and event_timestamp, its sample event and timestamp (p. 17).
    const word = String(raw.email_event ?? raw.event ?? "");
    const type = Object.hasOwn(EVENTS, word) ? EVENTS[word] : undefined;
    return { type: type ?? word, at: readDate(String(raw.event_timestamp ?? raw.timestamp ?? ""), timeZone), raw };
  });
}

/** `2019-03-25 10:30:00` as ISO with the zone's offset. `05-03-19 17:05:25` does not say its day from its month: kept. */
function readDate(text: string, timeZone: string): string {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)$/.exec(text) ?? [];
  if (day === undefined) return text;
  try {
    return formatInZone(parseTime(`${day}T${time}`, timeZone), timeZone, "yyyy-MM-dd'T'HH:mm:ssZZ");
  } catch {
    return text;
  }
}
