import { types } from "node:util";

/** What may still be read and kept. */
export interface Room {
  /** Values that may be looked at, which takes time. */
  values: number;
  /** Characters of JSON, about. */
  characters: number;
}

/** A value is larger than what is left of the room. */
export class TooLarge extends Error {}

/** Deeper is no data. */
const MAX_DEPTH = 50;

/**
 * What requests, responses and streams have as their own: the marks of a dead copy of one, and (the last) of what http-in
 * makes of a response. They hold headers, with whatever secrets came in them.
 */
const REMAINS = ["rawHeaders", "_events", "_res"] as const;

/**
 * A value as JSON can hold it; what JSON has no word for is an object with one key that begins with `$`. Undefined for what is
 * no plain data: functions, symbols, instances of classes, and what refers to one of `path`, the objects that it is in. Throws
 * TooLarge, and whatever a getter throws.
 */
export function plainData(value: unknown, path: readonly unknown[], room: Room): unknown {
  take(room, "values", 1);
  if (typeof value === "object" && value !== null) return plainObject(value, path, room);
  if (typeof value === "bigint") return { $bigint: String(value) };
  if (typeof value === "number" && !Number.isFinite(value)) return { $number: String(value) };
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value === "string") take(room, "characters", value.length);
  return value;
}

function plainObject(value: object, path: readonly unknown[], room: Room): unknown {
  // Not `instanceof`: what a function node makes is of another realm.
  if (types.isDate(value)) return { $date: value.getTime() };
  if (types.isUint8Array(value)) {
    take(room, "characters", Math.ceil((value.length * 4) / 3));
    return { $buffer: Buffer.from(value).toString("base64") };
  }
  if (path.includes(value) || path.length >= MAX_DEPTH) return undefined;
  const deeper = [...path, value];
  if (Array.isArray(value)) {
    if (value.length > room.values) throw new TooLarge();
    return Array.from(value, (entry) => plainData(entry, deeper, room) ?? null);
  }
  return isPlain(value) ? tagged(plainEntries(value, deeper, room)) : undefined;
}

/** What is no data is left out here, not by JSON: else an object could come to look like one of ours afterwards. */
export function ofData(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** An object that could be taken for one of ours is marked as the user's own. To be asked of what JSON will hold. */
export function tagged(record: Record<string, unknown>): Record<string, unknown> {
  return isTagged(record) ? { $plain: record } : record;
}

export function isTagged(record: Record<string, unknown>): boolean {
  const [key = "", another] = Object.keys(record);
  return key.startsWith("$") && another === undefined;
}

function plainEntries(value: object, path: readonly unknown[], room: Room): Record<string, unknown> {
  return ofData(
    Object.entries(value).map(([key, entry]) => {
      take(room, "characters", key.length);
      return [key, plainData(entry, path, room)] as const;
    }),
  );
}

/** Of `{…}` or without a prototype, whichever realm it is of. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  const isOfNoClass = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isOfNoClass && !REMAINS.some((mark) => Object.hasOwn(value, mark));
}

function take(room: Room, what: keyof Room, amount: number): void {
  room[what] -= amount;
  if (room[what] < 0) throw new TooLarge();
}
