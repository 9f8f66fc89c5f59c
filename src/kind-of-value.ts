import type { Part } from "./error.ts";

/** What a value is that should have been something else; of its content nothing. */
export function kindOfValue(value: unknown): Part {
  if (Buffer.isBuffer(value)) return { text: "a buffer", phrase: { kind: "aBuffer" } };
  if (Array.isArray(value)) return { text: "an array", phrase: { kind: "anArray" } };
  if (typeof value === "object") return { text: "an object", phrase: { kind: "anObject" } };
  return { text: `a ${typeof value}`, phrase: { kind: "aType", values: { type: typeof value } } };
}
