/** Tolerant reading of JSON as providers really send it: numbers as strings, strings as numbers, one item without its list. */

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A string, or a number, of JSON. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** As many digits as a number may lose some of; not right behind a quote, as ids that are texts mostly are. */
const LONG = /(?:^|[\s,:[-])\d{16}/;

/**
 * As JSON.parse, but an integer that would lose digits, such as a long id, comes as the text of its digits. Throws
 * SyntaxError.
 */
export function parseExactly(text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  const value: unknown = JSON.parse(text, reviver);
  // Only now: in what is no JSON, quotes could repair what is broken.
  return LONG.test(text) ? JSON.parse(text.replace(TOKEN, exact), reviver) : value;
}

function exact(token: string): string {
  return /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;
}

/** What a provider sends as a text, whatever JSON type it came as: an object as JSON, nothing as an empty text. */
export function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** Words that a server writes for "none", where it should write null. */
const NO_WORDS = /^(-?0*|-\d+|null|undefined|false|none|nan)$/i;

/** Whether a field of an entry or a form holds anything. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/**
 * An id or another word as text, whatever JSON type it came as; undefined when there is none, as for a number that lost digits
 * when it was read. Its length is nobody's business.
 */
export function asId(value: unknown): string | undefined {
  if (typeof value === "number" && isExact(value)) return String(value);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** An id that a server may have given: as `asId`, but neither 0, a negative number nor a word such as "null". */
export function asGivenId(value: unknown): string | undefined {
  const id = asId(value);
  return id === undefined || NO_WORDS.test(id) ? undefined : id;
}

function isExact(value: number): boolean {
  return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value));
}

/** A number, also one written as text with a point; undefined for all else. */
export function asNumber(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  return typeof value === "string" && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : undefined;
}

/**
 * The objects of a list. Some servers write a list of one without its brackets, an empty one as null, and PHP one that has
 * gaps as an object with numbers for keys.
 */
export function asRecords(value: unknown): Record<string, unknown>[] {
  const isNumbered =
    isRecord(value) && Object.keys(value).length > 0 && Object.keys(value).every((key) => /^\d+$/.test(key));
  return (Array.isArray(value) ? value : isNumbered ? Object.values(value) : [value]).filter(isRecord);
}
