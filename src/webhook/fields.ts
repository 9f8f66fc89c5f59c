import { isRecord, parseExactly } from "../json.ts";
import type { BodyType } from "./body.ts";
import { Refusal } from "../refusal.ts";

/** What one callback says: JSON values, or the texts of a form or a query. */
export type CallbackFields = Readonly<Record<string, unknown>>;

/** Objects and lists inside each other. */
const MAX_DEPTH = 20;

/** Names in a form or query, and reports in a list. */
const MAX_COUNT = 1000;

/** Reads a body; a JSON list holds several callbacks. Throws a Refusal with 400 for what is malformed, too deep, or would pollute. */
export function fieldsOfBody(body: Buffer, type: Exclude<BodyType, "none">): CallbackFields[] {
  // Senders that post JSON without saying so send it under the type of a form, curl among them.
  if (type === "json" || /^\s*[{[]/.test(body.toString("latin1", 0, 100))) return fieldsOfValue(parsed(body));
  return [pairs(body.toString("latin1"))];
}

/** Reads the query of a request target. Throws as `fieldsOfBody`. */
export function fieldsOfQuery(target: string): CallbackFields[] {
  const start = target.indexOf("?");
  return start < 0 ? [] : [pairs(Buffer.from(target.slice(start + 1)).toString("latin1"))];
}

/** What a body was parsed to, by us or by another's middleware. Throws as `fieldsOfBody`. */
export function fieldsOfValue(value: unknown): CallbackFields[] {
  check(value, MAX_DEPTH);
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > MAX_COUNT) throw new Refusal(400, `more than ${MAX_COUNT} reports in one request`);
  return list.map((item) => {
    if (isRecord(item)) return item;
    throw new Refusal(400, "send a JSON object");
  });
}

/** Throws a TypeError for what is no UTF-8. */
const UTF_8 = new TextDecoder("utf-8", { fatal: true });

function parsed(body: Buffer): unknown {
  try {
    return parseExactly(UTF_8.decode(body));
  } catch {
    throw new Refusal(400, "the body is no JSON");
  }
}

function check(value: unknown, left: number): void {
  if (typeof value !== "object" || value === null) return;
  if (left === 0) throw new Refusal(400, `the body is nested more than ${MAX_DEPTH} deep`);
  if (pollutes(value)) throw forbidden();
  for (const inner of Object.values(value)) check(inner, left - 1);
}

/** Whether it holds names that, merged into another object by a flow, would change every object of the process. */
function pollutes(value: object): boolean {
  if (Object.hasOwn(value, "__proto__")) return true;
  const own: unknown = Object.getOwnPropertyDescriptor(value, "constructor")?.value;
  return isRecord(own) && Object.hasOwn(own, "prototype");
}

/** `text` has one character for each byte. */
function pairs(text: string): CallbackFields {
  const all = text.split("&", MAX_COUNT + 1).filter((pair) => pair !== "");
  if (all.length > MAX_COUNT) throw new Refusal(400, `more than ${MAX_COUNT} fields`);
  const fields = all.map((pair): [string, string] => {
    const end = pair.indexOf("=");
    return end < 0 ? [decoded(pair), ""] : [decoded(pair.slice(0, end)), decoded(pair.slice(end + 1))];
  });
  if (fields.some(([name]) => name === "__proto__")) throw forbidden();
  return Object.fromEntries(fields);
}

/** UTF-8, or else the Latin alphabet that older gateways write: no byte sequence with accents is by chance valid in both. */
function decoded(text: string): string {
  const bytes = Buffer.from(
    text.replaceAll("+", " ").replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    "latin1",
  );
  try {
    return UTF_8.decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

function forbidden(): Refusal {
  return new Refusal(400, "a field has a name that is not allowed");
}
