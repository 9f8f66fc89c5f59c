import { isRecord } from "../json.ts";
import { isTagged, ofData, plainData, tagged, TooLarge, type Room } from "./plain-data.ts";

/** Of a message that came by HTTP: they end with the process. Deeper, they are known by what they are. */
const NOT_KEPT: readonly string[] = ["req", "res"];

/** Characters of JSON that are kept of one message; and values looked at for that, some 60 ms. */
const MAX_CHARACTERS = 1024 ** 2;
const MAX_VALUES = 200_000;

const INTEGER = /^-?\d+$/;
const NO_JSON_NUMBERS: readonly string[] = ["NaN", "Infinity", "-Infinity"];

export interface StoredProperties {
  readonly text: string;
  /** Names of those that were left out as they are too large. */
  readonly tooLarge: readonly string[];
}

/**
 * A message's own properties as JSON text, to be given back with its result. Plain data, Dates and Buffers come back as they
 * were; all else is left out wherever it is (see `plainData`), as are `without` and what is too large. The message stays as it is.
 */
export function storedProperties(
  message: Readonly<Record<string, unknown>>,
  without: readonly string[] = [],
): StoredProperties {
  const room = { values: MAX_VALUES, characters: MAX_CHARACTERS };
  const names = Object.keys(message).filter((name) => !NOT_KEPT.includes(name) && !without.includes(name));
  const read = names.map((name) => [name, readProperty(message, name, room)] as const);
  const kept = read.filter(([, value]) => value !== TooLarge);
  return {
    text: JSON.stringify(tagged(ofData(kept))),
    tooLarge: read.filter(([, value]) => value === TooLarge).map(([name]) => name),
  };
}

export function restoredProperties(text: string): Record<string, unknown> {
  const restored = revive(JSON.parse(text));
  return isRecord(restored) ? restored : {};
}

/** `TooLarge` itself for what is: smaller ones behind it still have room. */
function readProperty(message: Readonly<Record<string, unknown>>, name: string, room: Room): unknown {
  // One alone never takes all the time.
  const own = { characters: room.characters, values: Math.floor(room.values / 2) };
  const spare = room.values - own.values;
  try {
    const value = plainData(message[name], [message], own);
    room.characters = own.characters;
    return value;
  } catch (thrown) {
    // What throws when it is read is no data.
    return thrown instanceof TooLarge ? TooLarge : undefined;
  } finally {
    room.values = spare + Math.max(0, own.values);
  }
}

/** Never throws: what looks like one of ours and cannot be read stays as it is. */
function revive(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(revive);
  if (!isRecord(value)) return value;
  if (!isTagged(value)) return reviveEach(value);
  const { $bigint, $number, $date, $buffer, $plain } = value;
  if (typeof $bigint === "string" && INTEGER.test($bigint)) return BigInt($bigint);
  if (typeof $number === "string" && NO_JSON_NUMBERS.includes($number)) return Number($number);
  if (typeof $date === "number" || $date === null) return new Date($date ?? NaN);
  if (typeof $buffer === "string") return Buffer.from($buffer, "base64");
  return isRecord($plain) ? reviveEach($plain) : reviveEach(value);
}

function reviveEach(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, entry]) => [key, revive(entry)]));
}
