import { invalid } from "../../src/error.ts";

/** A field's value as a number above zero; undefined where the field is empty. Throws INVALID_MESSAGE. */
export function positive(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const number = typeof value === "number" || typeof value === "string" ? Number(value) : NaN;
  if (number > 0 && Number.isFinite(number)) return number;
  throw invalid(`The field "${name}" must be a number above zero. Correct it, or leave it empty.`);
}
