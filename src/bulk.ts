import { hash } from "node:crypto";
import { invalid, type Part } from "./error.ts";
import { isGiven } from "./json.ts";
import { draft, emailBody, emailSubject, parseAddress, smsText } from "./message.ts";
import type { Draft, EmailMessage, SmsMessage } from "./message.ts";
import { parseNumber } from "./phone.ts";
import { compileTemplate, type Render } from "./template.ts";

/** The messages of a bulk send. */
export interface Bulk<M> {
  /** Number of drafts. */
  readonly total: number;
  /** Made one by one as they are asked for, so that no number of them holds Node-RED. To be iterated once. */
  readonly drafts: Iterable<Draft<M>>;
}

/** What all entries share. An entry's own text or subject goes before it; `{{key}}` in either is filled from the entry. */
export interface BulkTexts {
  /** Of an SMS, or the body of an e-mail. */
  readonly text?: unknown;
  /** Of e-mails only. */
  readonly subject?: unknown;
}

type Entry = Readonly<Record<string, unknown>>;

/**
 * The drafts of a bulk: an array of recipients (numbers or texts), or of objects `{to, text?, …}`, for e-mail
 * `{to, subject?, body? or text?, …}`, whose keys fill the templates.
 *
 * Every entry has one draft, in its place; a bad one has its error and never stops the others. An entry with the
 * recipient and the content of an earlier one is a bad one too, so that nobody gets, or pays for, the same message twice.
 * Throws INVALID_MESSAGE when the list is no array, a common text is no text or none is to be found, and INVALID_NUMBER
 * when the list is empty.
 */
export function bulkDrafts(channel: "sms", list: unknown, texts: BulkTexts, country: string): Bulk<SmsMessage>;
export function bulkDrafts(channel: "email", list: unknown, texts: BulkTexts, country: string): Bulk<EmailMessage>;
export function bulkDrafts(
  channel: "sms" | "email",
  list: unknown,
  texts: BulkTexts,
  country: string,
): Bulk<SmsMessage> | Bulk<EmailMessage> {
  const entries = asEntries(list);
  if (channel === "sms") {
    const text = commonOrOwn(entries, texts.text, { field: "Text", keys: ["text"], check: smsText });
    return bulk(entries, (entry) => ({ to: parseNumber(entry.to, country), text: text(entry) }));
  }
  const subject = commonOrOwn(entries, texts.subject, { field: "Subject", keys: ["subject"], check: emailSubject });
  const body = commonOrOwn(entries, texts.text, {
    field: "Text",
    keys: ["body", "text"],
    check: emailBody,
    html: true,
  });
  return bulk(entries, (entry) => ({ to: parseAddress(entry.to), subject: subject(entry), body: body(entry) }));
}

function asEntries(list: unknown): readonly unknown[] {
  if (!Array.isArray(list)) {
    const isText = typeof list === "string";
    const advice = "Give an array of numbers, or of objects such as {to, text}";
    const how = isText ? "a JSON node before this one makes it from JSON text" : "for one, put it in [ ]";
    const message = `The list of messages is ${isText ? "a text" : "no array"}. ${advice}; ${how}.`;
    throw invalid(message, "INVALID_MESSAGE", { kind: isText ? "listIsText" : "listIsNone" });
  }
  if (list.length === 0) {
    const message = "There is nobody to send to: the list of messages is empty.";
    throw invalid(message, "INVALID_NUMBER", { kind: "listEmpty" });
  }
  return list;
}

function bulk<M extends { readonly to: string }>(entries: readonly unknown[], make: (entry: Entry) => M): Bulk<M> {
  return { total: entries.length, drafts: produce(entries, make) };
}

function* produce<M extends { readonly to: string }>(
  entries: readonly unknown[],
  make: (entry: Entry) => M,
): Generator<Draft<M>> {
  const places = new Map<string, number>();
  for (const [index, given] of entries.entries()) {
    const entry = isEntry(given) ? given : { to: given };
    yield draft(entry.to, () => {
      const message = make(entry);
      const key = fingerprint(message);
      const earlier = places.get(key);
      if (earlier !== undefined) throw repeats(earlier);
      places.set(key, index);
      return message;
    });
  }
}

/** Tells messages apart without keeping the texts of 100,000 of them in memory. */
function fingerprint({ to, ...content }: { readonly to: string }): string {
  return hash("sha1", `${to.toLowerCase()}\n${Object.values(content).join("\n")}`, "base64");
}

function repeats(earlier: number): Error {
  return invalid(`Entry ${earlier + 1} of the list has the same recipient and content: this one was not sent again.`);
}

/** A text that all entries share or that each has itself, where it is found, and what it must be. */
interface TextSource {
  readonly field: "Text" | "Subject";
  /** Properties of an entry, the first that is set counts. */
  readonly keys: readonly string[];
  readonly check: (value: unknown, advice: Part) => string;
  readonly html?: boolean;
}

function commonOrOwn(entries: readonly unknown[], common: unknown, source: TextSource): Render {
  const { field, keys, check, html = false } = source;
  const key = keys[0] ?? "";
  const advice = {
    text: `Fill in the node's ${field} field, or give each entry of the list its own "${key}".`,
    phrase: { kind: "intoEntry", values: { field: { kind: `field${field}` }, key } },
  };
  const own = (entry: unknown) => (isEntry(entry) ? keys.map((key) => entry[key]).find(isGiven) : undefined);
  const prepare = (value: unknown): Render => {
    if (typeof value === "string" && value.includes("{{")) {
      const render = compileTemplate(value, { html });
      return (entry) => check(render(entry), advice);
    }
    const text = check(value, advice);
    return () => text;
  };
  // One clear error for all, rather than the same one for each.
  if (!isGiven(common) && !entries.some((entry) => own(entry) !== undefined)) check(undefined, advice);
  const shared = isGiven(common) ? prepare(common) : () => check(undefined, advice);
  return (entry) => {
    const value = own(entry);
    return (value === undefined ? shared : prepare(value))(entry);
  };
}

function isEntry(value: unknown): value is Entry {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}
