import { isRecord } from "../json.ts";

/** Of a message that came by HTTP: sockets, which end with the process. */
const NOT_KEPT: readonly string[] = ["req", "res"];

/** Deeper is no data. */
const MAX_DEPTH = 50;

/**
 * A message's own properties as JSON text, to be given back with its result. Dates and Buffers come back as such; what cannot
 * be stored, such as functions and what refers to itself, is left out. The message itself stays as it is.
 */
export function storedProperties(properties: Readonly<Record<string, unknown>>): string {
  const own = Object.entries(properties).filter(([key]) => !NOT_KEPT.includes(key));
  return JSON.stringify(plain(Object.fromEntries(own), []));
}

export function restoredProperties(text: string): Record<string, unknown> {
  const restored = revive(JSON.parse(text));
  return isRecord(restored) ? restored : {};
}

/** As JSON can hold it; what JSON has no word for is an object with one key that begins with `$`. */
function plain(value: unknown, path: readonly unknown[]): unknown {
  if (typeof value === "bigint") return { $bigint: String(value) };
  if (typeof value === "number" && !Number.isFinite(value)) return { $number: String(value) };
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return { $date: value.getTime() };
  if (value instanceof Uint8Array) return { $buffer: Buffer.from(value).toString("base64") };
  if (path.includes(value) || path.length >= MAX_DEPTH) return undefined;
  const deeper = [...path, value];
  if (Array.isArray(value)) return value.map((entry) => plain(entry, deeper) ?? null);
  const record = Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry, deeper)]));
  return isTagged(record) ? { $plain: record } : record;
}

function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (!isRecord(value)) return value;
  if (!isTagged(value)) return reviveEach(value);
  const { $bigint, $number, $date, $buffer, $plain } = value;
  if (typeof $bigint === "string") return BigInt($bigint);
  if (typeof $number === "string") return Number($number);
  if (typeof $date === "number" || $date === null) return new Date($date ?? NaN);
  if (typeof $buffer === "string") return Buffer.from($buffer, "base64");
  return isRecord($plain) ? reviveEach($plain) : reviveEach(value);
}

function reviveEach(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, entry]) => [key, revive(entry)]));
}

function isTagged(record: Record<string, unknown>): boolean {
  const [key = "", another] = Object.keys(record);
  return key.startsWith("$") && another === undefined;
}
