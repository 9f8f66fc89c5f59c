import type { Readable } from "node:stream";
import { asMessagingError, invalid, type MessagingError, type Part } from "./error.ts";
import { kindOfValue } from "./kind-of-value.ts";
import { maskNumber, parseNumber } from "./phone.ts";
import { smsParts } from "./text.ts";

/** An SMS ready to be sent: `to` is E.164 (`+56990324203`), `text` is not empty. */
export interface SmsMessage {
  readonly to: string;
  readonly text: string;
}

/** An e-mail ready to be sent. `body` is sent as it is, text or HTML. */
export interface EmailMessage {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
}

/** What holds for all messages of one send. */
export interface SendOptions {
  /** When to deliver; the provider's local time is the adapter's business. */
  readonly at?: Date;
  /** Sender id of an SMS, or source address of an e-mail. */
  readonly from?: string;
  /** Display name of an e-mail's sender. */
  readonly senderName?: string;
  /** The user's own id of this send, at most 60 characters. */
  readonly reference?: string;
  /** Name of a bulk delivery, as shown in the provider's console. */
  readonly deliveryName?: string;
  readonly encoding?: "gsm7" | "ucs2";
}

/** An image to be sent: opened when the request is written, and again should it be retried. */
export interface ImageFile {
  readonly fileName: string;
  readonly contentType: "image/png" | "image/jpeg" | "image/gif";
  /** Bytes. */
  readonly size: number;
  open(): Readable | Buffer;
}

/** A push to numbers and groups. At least one of `to` and `groups`, and one of `text` and `image`, is there. */
export interface PushMessage {
  /** E.164. */
  readonly to: readonly string[];
  /** Ids of the provider's own groups. */
  readonly groups: readonly string[];
  readonly text?: string;
  readonly image?: ImageFile;
  /** Sent to those who have no app; absent = push only. */
  readonly sms?: { readonly text: string; readonly from?: string; readonly encoding?: "gsm7" | "ucs2" };
  readonly at?: Date;
  readonly reference?: string;
}

/** One text to groups of the provider's address book. */
export interface Campaign {
  readonly name: string;
  readonly text: string;
  /** Ids of the groups. */
  readonly groups: readonly string[];
  readonly start?: Date;
  /** In blocks instead of all at once. */
  readonly drip?: {
    readonly messagesPerBlock: number;
    readonly minutesPerBlock: number;
    /** 1 = Monday … 7 = Sunday. */
    readonly days?: readonly number[];
    /** `["09:00-13:00", "17:00-21:00"]`, in the account's zone. */
    readonly timeIntervals?: readonly string[];
  };
}

/** A checked message, or why there is none. `to` is E.164 or an address; beside an error, the recipient as it was given. */
export type Draft<M> = { to: string; message: M } | { to: string; error: MessagingError };

/** More than this cannot be one SMS (GSM 03.40 numbers the parts in one octet); nor does anyone mean to pay for it. */
const MAX_PARTS = 255;
const MAX_SMS_CHARACTERS = 65_536;
const MAX_BODY_CHARACTERS = 1_048_576;
/** Longest line of a mail header, RFC 5322 2.1.1. */
const MAX_SUBJECT_CHARACTERS = 998;
/** RFC 5321 4.5.3.1.3 */
const MAX_ADDRESS_CHARACTERS = 254;

/** One `@`, and nothing that parts addresses or begins a header. */
const ADDRESS = /^[^\s@,;<>"\p{Cc}]+@[^\s@,;<>"\p{Cc}]+$/u;

/** How much of a refused recipient a result repeats. */
const MAX_SHOWN = 100;

/**
 * One SMS to each recipient of `to`: a number, a list of them parted by commas, semicolons or lines, or an array of both.
 * The same number named twice gets one SMS, and has one draft. A bad number becomes a draft with its error; throws
 * INVALID_MESSAGE for the text and INVALID_NUMBER when there is no recipient at all.
 */
export function smsDrafts(to: unknown, text: unknown, country: string): Draft<SmsMessage>[] {
  const checked = smsText(text);
  return draftsTo(to, country, (number) => ({ to: number, text: checked }));
}

/** The numbers of `to` alone, read as `smsDrafts` reads them, for a message that goes to all of them in one. */
export function numberDrafts(to: unknown, country: string): Draft<{ readonly to: string }>[] {
  return draftsTo(to, country, (number) => ({ to: number }));
}

/** One e-mail to each address of `to`, as `smsDrafts`. An address that is none has INVALID_MESSAGE. */
export function emailDrafts(to: unknown, subject: unknown, body: unknown): Draft<EmailMessage>[] {
  const checked = { subject: emailSubject(subject), body: emailBody(body) };
  return once(recipients(to).map((recipient) => draft(recipient, () => ({ to: parseAddress(recipient), ...checked }))));
}

/** The message that `make` makes for a recipient, or the error that it throws, in the recipient's place. */
export function draft<M extends { readonly to: string }>(recipient: unknown, make: () => M): Draft<M> {
  try {
    const message = make();
    return { to: message.to, message };
  } catch (thrown) {
    return { to: asGiven(recipient), error: asMessagingError(thrown) };
  }
}

/** A text that can go as SMS, unchanged. Throws INVALID_MESSAGE that ends with the advice. */
export function smsText(value: unknown, advice = adviceFor("payload", "Text")): string {
  const text = asText(value, TEXT, advice, MAX_SMS_CHARACTERS);
  const { parts } = smsParts(text);
  if (parts > MAX_PARTS) {
    const message = `The text would take ${parts} SMS; one message can have at most ${MAX_PARTS}. Shorten it.`;
    throw invalid(message, "INVALID_MESSAGE", { kind: "tooManyParts", values: { parts, most: MAX_PARTS } });
  }
  return text;
}

/** The subject of an e-mail, unchanged. Throws INVALID_MESSAGE, for a line break too: it would begin another header. */
export function emailSubject(value: unknown, advice = adviceFor("topic", "Subject")): string {
  const subject = asText(value, SUBJECT, advice, MAX_SUBJECT_CHARACTERS);
  if (!/\p{Cc}/u.test(subject)) return subject;
  const message = "The subject has a line break or control character. Give one line of text.";
  throw invalid(message, "INVALID_MESSAGE", { kind: "subjectBreak" });
}

/** The text of a push, unchanged. Throws INVALID_MESSAGE that ends with the advice. */
export function pushText(value: unknown, advice = adviceFor("payload", "Text")): string {
  return asText(value, TEXT, advice, MAX_SMS_CHARACTERS);
}

/** The body of an e-mail, text or HTML, unchanged. Throws INVALID_MESSAGE that ends with the advice. */
export function emailBody(value: unknown, advice = adviceFor("payload", "Body")): string {
  return asText(value, BODY, advice, MAX_BODY_CHARACTERS);
}

/** An e-mail address. Light on purpose, as only its server knows it; but never two addresses, nor part of a header. */
export function parseAddress(recipient: unknown): string {
  const address = typeof recipient === "string" ? recipient.trim() : "";
  if (address.length <= MAX_ADDRESS_CHARACTERS && ADDRESS.test(address)) return address;
  const length = typeof recipient === "string" ? recipient.length : undefined;
  const given = length === undefined ? "What was given" : `A text of ${length} characters`;
  throw invalid(
    `${given} is not an e-mail address. Give just the address, such as ana@example.com.`,
    "INVALID_MESSAGE",
    length === undefined ? { kind: "noAddress" } : { kind: "notAddress", values: { length } },
  );
}

/** Parts of a message, as a sentence names them. */
const TEXT: Part = { text: "text", phrase: { kind: "theText" } };
const SUBJECT: Part = { text: "subject", phrase: { kind: "theSubject" } };
const BODY: Part = { text: "body", phrase: { kind: "theBody" } };

function adviceFor(property: string, field: "Text" | "Subject" | "Body"): Part {
  return {
    text: `Put text into msg.${property}, or choose another property in the node's ${field} field.`,
    phrase: { kind: "intoMessage", values: { property, field: { kind: `field${field}` } } },
  };
}

function asText(value: unknown, { text: what, phrase }: Part, advice: Part, limit: number): string {
  const refusal = (kind: string, says: string, values = {}) =>
    invalid(`The ${what} ${says}`, "INVALID_MESSAGE", { kind, values: { what: phrase, ...values } });
  if (value === undefined || value === null || (typeof value === "string" && value.trim() === "")) {
    throw refusal("textEmpty", `is empty. ${advice.text}`, { advice: advice.phrase });
  }
  if (typeof value === "object" || typeof value === "function" || typeof value === "symbol") {
    const kind = kindOfValue(value);
    throw refusal("textNone", `is ${kind.text}. ${advice.text}`, { kind: kind.phrase, advice: advice.phrase });
  }
  const text = String(value);
  const { length } = text;
  if (length > limit) {
    const says = `has ${length} characters; at most ${limit} go. Shorten it.`;
    throw refusal("textTooLong", says, { length, most: limit });
  }
  // Half an emoji, as left by cutting a text at a length, exists in no encoding. An alarm with one odd character is
  // better than none, so it becomes the replacement character, as any conversion to UTF-8 would make it.
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

function draftsTo<M extends { readonly to: string }>(
  to: unknown,
  country: string,
  make: (number: string) => M,
): Draft<M>[] {
  return once(recipients(to).map((recipient) => draft(recipient, () => make(parseNumber(recipient, country)))));
}

function recipients(to: unknown): unknown[] {
  const list = (Array.isArray(to) ? to.flat() : [to]).flatMap((entry: unknown) =>
    typeof entry === "string" ? entry.split(/[,;\r\n]/).filter((part) => part.trim() !== "") : entry,
  );
  if (list.every((entry) => entry === undefined || entry === null)) {
    throw invalid(
      "There is nobody to send to: the list of recipients is empty. Put one into msg.to.",
      "INVALID_NUMBER",
      { kind: "nobody" },
    );
  }
  return list;
}

/** Drops the later of two drafts for the same recipient: nobody gets, or pays for, the same message twice. */
function once<M>(drafts: Draft<M>[]): Draft<M>[] {
  if (drafts.length < 2) return drafts;
  const seen = new Set<string>();
  return drafts.filter((entry) => {
    if ("error" in entry) return true;
    const key = entry.to.toLowerCase();
    return !seen.has(key) && seen.add(key);
  });
}

function asGiven(recipient: unknown): string {
  if (typeof recipient === "string") return recipient.trim().slice(0, MAX_SHOWN);
  return typeof recipient === "number" || typeof recipient === "bigint" ? String(recipient) : maskNumber(recipient);
}
