import { smsParts } from "../../text.ts";
import { parseTime } from "../../time.ts";
import type { StandInFile } from "../../sandbox/stand-in.ts";

/** What the stand-in answers when parameters are not as the document says: its codes, joined by commas. */
export class Refusal extends Error {
  readonly status: number;

  constructor(codes: readonly string[], status = 400) {
    super(codes.join(","));
    this.status = status;
  }
}

/** The groups of the sandbox's phone book, as in the document's example, and who is in them. */
export const GROUPS = [
  { id: 1, name: "Amici", members: ["393480000101", "393480000102"] },
  { id: 2, name: "Scuola", members: ["393480000201", "393480000202", "393480000009"] },
];

/** Parts of an SMS: 7 on the page of sms/send, 5 on that of push/send (providers.md). */
const MAX_PARTS = { sms: 7, push: 5 };

const ENCODINGS = { "7BIT": "gsm7", UCS2: "ucs2", AUTO: undefined } as const;

export type Received = Readonly<Record<string, unknown>>;

/** What a send or its estimate asks for. */
export interface Order {
  /** Digits as they came, the members of groups included. */
  readonly to: readonly string[];
  /** Text of the push, or of the SMS where there is no push. */
  readonly text: string;
  readonly image?: StandInFile;
  readonly sms?: { readonly text: string; readonly from?: string; readonly parts: number };
  readonly hasPush: boolean;
  readonly deliverAt?: number;
  readonly transactionId?: string;
  readonly isTest: boolean;
  readonly statusCallback?: string;
}

/** Reads the parameters one by one and remembers what is wrong with each: the provider names them all at once. */
export class Reader {
  readonly #received: Received;
  readonly #codes = new Set<string>();

  constructor(received: Received) {
    this.#received = received;
  }

  /** Throws Refusal when anything was wrong. */
  done(): void {
    if (this.#codes.size > 0) throw new Refusal([...this.#codes]);
  }

  wrong(code: string): undefined {
    this.#codes.add(code);
    return undefined;
  }

  text(name: string): string | undefined {
    const value = this.#received[name];
    return typeof value === "string" && value.trim() !== "" ? value : undefined;
  }

  has(name: string): boolean {
    return this.#received[name] !== undefined;
  }

  /** `true` or `false`. */
  flag(name: string, otherwise: boolean): boolean {
    const value = this.#received[name];
    if (value === undefined) return otherwise;
    if (value !== "true" && value !== "false") this.wrong("NO_PARAMS");
    return value === "true";
  }

  file(name: string): StandInFile | undefined {
    const value = this.#received[name];
    return typeof value === "object" && value !== null && "data" in value ? (value as StandInFile) : undefined;
  }

  /** `2014-12-25T08:00:00+0200`, as epoch milliseconds. */
  date(name: string): number | undefined {
    const value = this.#received[name];
    if (value === undefined) return undefined;
    if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}$/.test(value))
      return this.wrong("BAD_DATE");
    try {
      return parseTime(value, "UTC").getTime();
    } catch {
      return this.wrong("BAD_DATE");
    }
  }

  /** Of a callback. */
  url(name: string): string | undefined {
    const url = this.text(name);
    if (url === undefined || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))) return url;
    return this.wrong("BAD_CALLBACK");
  }

  /** A whole number from 0 on. */
  count(name: string, otherwise: number): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    if (!/^\d{1,9}$/.test(text)) this.wrong("NO_PARAMS");
    return Number(text);
  }

  /** The numbers, and the members of the groups. */
  recipients(): string[] {
    const to = this.text("to")?.split(",") ?? [];
    const groups = this.text("group")?.split(",") ?? [];
    const members = groups.flatMap((id) => {
      const group = GROUPS.find((each) => String(each.id) === id);
      return group?.members ?? this.wrong("BAD_GROUP") ?? [];
    });
    const recipients = [...to, ...members];
    if (recipients.length === 0) this.wrong("NO_VALID_RECIPIENT");
    return recipients;
  }

  /** A verified number, or at most 11 letters and digits. */
  sender(name: string): string | undefined {
    const from = this.text(name);
    if (from === undefined || /^\d{5,15}$/.test(from) || /^[\w .-]{1,11}$/.test(from)) return from;
    return this.wrong("BAD_FROM");
  }

  /** An SMS, which is a push's second choice or the message itself. */
  sms(names: { text: string; from: string; encoding: string }, maxParts: number): Order["sms"] {
    const text = this.text(names.text);
    const from = this.sender(names.from);
    const encoding = this.text(names.encoding) ?? "7BIT";
    const isKnown = Object.hasOwn(ENCODINGS, encoding);
    if (!isKnown) this.wrong("BAD_ENCODING");
    const chosen = isKnown ? ENCODINGS[encoding as keyof typeof ENCODINGS] : undefined;
    const parts = smsParts(text ?? "", chosen).parts;
    if (text === undefined || parts > maxParts) return this.wrong("BAD_TEXT");
    return { text, parts, ...(from !== undefined && { from }) };
  }
}

/** The parameters of push/send and push/estimate. */
export function readPush(received: Received): Order {
  const reader = new Reader(received);
  const image = reader.file("file");
  const text = reader.text("text");
  if (text === undefined && image === undefined) reader.wrong("BAD_CONTENT_PUSH");
  const onlyPush = reader.flag("onlyPush", true);
  const sms = onlyPush
    ? undefined
    : reader.sms({ text: "smsText", from: "smsFrom", encoding: "smsEncoding" }, MAX_PARTS.push);
  const order = { ...readCommon(reader), text: text ?? "", hasPush: true };
  reader.done();
  return { ...order, ...(image && { image }), ...(sms && { sms }) };
}

/** The parameters of sms/send, sms/sendbulk and sms/estimate. */
export function readSms(received: Received): Order {
  const reader = new Reader(received);
  const sms = reader.sms({ text: "text", from: "from", encoding: "encoding" }, MAX_PARTS.sms);
  const statusCallback = reader.url("statusCallback");
  const order = { ...readCommon(reader), text: sms?.text ?? "", hasPush: false };
  reader.done();
  return { ...order, ...(sms && { sms }), ...(statusCallback !== undefined && { statusCallback }) };
}

function readCommon(reader: Reader): Pick<Order, "to" | "deliverAt" | "transactionId" | "isTest"> {
  const transactionId = reader.text("transactionId");
  if (transactionId !== undefined && transactionId.length > 60) reader.wrong("BAD_TRANSACTIONID");
  const deliverAt = reader.date("date");
  return {
    to: reader.recipients(),
    isTest: reader.flag("sandbox", false),
    ...(deliverAt !== undefined && { deliverAt }),
    ...(transactionId !== undefined && { transactionId }),
  };
}
