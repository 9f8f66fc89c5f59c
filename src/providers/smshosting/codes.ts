import type { ErrorCode, Outcome } from "../../error.ts";
import type { Explanation, Reply } from "../../http-request.ts";
import { isRecord } from "../../json.ts";

interface Meaning {
  readonly code: ErrorCode;
  /** Where it is not what the HTTP status alone says. */
  readonly outcome?: Outcome;
  /** What was wrong and what to do. */
  readonly hint: string;
}

/** Every word of `errorMsg` and `statusDetail` that the document (its tables of errors) and providers.md name. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  // An error inside the provider although it comes as a 400: it may have taken the message.
  GENERIC_ERROR: { code: "PROVIDER_ERROR", outcome: "unknown", hint: "an error inside SMSHosting" },
  BAD_CREDENTIALS: { code: "BAD_CREDENTIALS", hint: "wrong AUTH_KEY or AUTH_SECRET, correct them in the account" },
  BAD_CREDIT: { code: "NO_CREDIT", hint: "not enough credit, top up the account" },
  NO_CREDIT: { code: "NO_CREDIT", hint: "no credit left, top up the account" },
  NO_PUSH: { code: "NO_CREDIT", hint: "not enough push messages left in the plan" },
  SENDING_DISABLED: {
    code: "NO_CREDIT",
    hint: "sending is switched off, often as the reseller has no credit: ask them",
  },
  PUSH_UNAVAILABLE: { code: "NOT_SUPPORTED", hint: "the account has no push plan, order one or send an SMS" },
  NO_VALID_RECIPIENT: { code: "INVALID_NUMBER", hint: "no recipient can be reached, check numbers and groups" },
  BAD_TO: { code: "INVALID_NUMBER", hint: "the number is wrong, it needs its country prefix" },
  BAD_MSISDN: { code: "INVALID_NUMBER", hint: "the number to search for is wrong" },
  BADNUMBERFORMAT: { code: "INVALID_NUMBER", hint: "the number is wrong, it needs its country prefix" },
  DUPLICATESMS: {
    code: "REJECTED",
    hint: "the same text went to this number from this sender within 24 hours, change the text",
  },
  DUPLICATE_SMS: {
    code: "REJECTED",
    hint: "the same text went to this number from this sender within 24 hours, change the text",
  },
  BLACKLIST: {
    code: "REJECTED",
    hint: "the number is on the account's blacklist, remove it there if it may be written to",
  },
  NOT_INSERTED: { code: "REJECTED", hint: "no message was made for it and no reason was given" },
  BAD_GROUP: { code: "INVALID_MESSAGE", hint: "no such group in the phone book, give its id" },
  BAD_CONTENT_PUSH: { code: "INVALID_MESSAGE", hint: "a push needs a text or an image" },
  BAD_FILE: { code: "INVALID_MESSAGE", hint: "the image was not taken" },
  BAD_TEXT: { code: "INVALID_MESSAGE", hint: "the SMS text is empty or too long" },
  BAD_TEXT_PLACEHOLDER: { code: "INVALID_MESSAGE", hint: "the text has a placeholder that nothing fills" },
  BAD_FROM: {
    code: "INVALID_MESSAGE",
    hint: "use a sender of this account: a verified number, or at most 11 characters",
  },
  BAD_ENCODING: { code: "INVALID_MESSAGE", hint: "the encoding is wrong" },
  BAD_DATE: { code: "INVALID_MESSAGE", hint: "the date is wrong or past" },
  BAD_TRANSACTIONID: { code: "INVALID_MESSAGE", hint: "the reference is wrong, at most 60 characters" },
  BAD_CALLBACK: { code: "INVALID_MESSAGE", hint: "the callback URL is wrong" },
  NO_PARAMS: { code: "INVALID_MESSAGE", hint: "nothing to look for, give an id, a reference, a number or a date" },
  BAD_ID: { code: "INVALID_MESSAGE", hint: "the id is not valid" },
  BAD_STATUS: { code: "INVALID_MESSAGE", hint: "the state to search for is wrong" },
};

/** The provider's word is its code; anything else in its place is a sentence for people. */
const WORD = /^[A-Z][A-Z0-9_]{1,59}$/;

/** Reads a refusal with any status. */
export function explain(reply: Reply): Explanation | undefined {
  const body = reply.text().trim();
  if (body === "" || body.startsWith("<")) return undefined;
  const { status } = reply;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { text: body };
  }
  const explanation = explainValue(value);
  // What a 429 or a 503 means is said by the status: a word beside it must not turn "later" into "never".
  const isRefusal = status >= 400 && status < 500 && status !== 408 && status !== 429;
  if (isRefusal || !explanation) return explanation;
  const { text, providerCode } = explanation;
  return { ...(text !== undefined && { text }), ...(providerCode !== undefined && { providerCode }) };
}

/** `{"errorCode":401,"errorMsg":"BAD_CREDENTIALS"}`, in a refusal or where a 200 carries it; undefined when there is none. */
export function explainValue(value: unknown): Explanation | undefined {
  if (!isRecord(value)) return undefined;
  const words = [value.errorMsg].flat().filter((word) => typeof word === "string" && word.trim() !== "");
  return words.length > 0 ? explainWords(words.join(",")) : undefined;
}

/** One or more codes, joined by commas. The gravest decides: one that leaves the outcome open, else the first known. */
export function explainWords(words: string): Explanation {
  const parts = words.split(",");
  const codes = parts.flatMap((part) => codeOf(part) ?? []);
  const isCodes = codes.length === parts.length || codes.some((code) => Object.hasOwn(MEANINGS, code));
  if (!isCodes) return { text: words.trim() };
  const known = codes.flatMap((code) => (Object.hasOwn(MEANINGS, code) ? [MEANINGS[code] as Meaning] : []));
  const gravest = known.find(({ outcome }) => outcome !== undefined) ?? known[0];
  return {
    text: codes.map(describe).join("; "),
    providerCode: codes.join(",").slice(0, 200),
    ...(gravest && { code: gravest.code }),
    ...(gravest?.outcome && { outcome: gravest.outcome }),
  };
}

/** A code alone, in capitals or one that is known, or in front of its explanation, as the document's tables print them. */
function codeOf(part: string): string | undefined {
  const [head = ""] = part.trim().split(/\s+-\s+|:\s/);
  const code = head.trim().toUpperCase();
  return WORD.test(head) || Object.hasOwn(MEANINGS, code) ? code : undefined;
}

function describe(code: string): string {
  const hint = Object.hasOwn(MEANINGS, code) ? MEANINGS[code]?.hint : undefined;
  return hint ? `${code}: ${hint}` : code;
}
