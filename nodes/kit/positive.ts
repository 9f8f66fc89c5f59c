import { invalid } from "../../src/error.ts";
import { aboveZero } from "./above-zero.ts";

/** A field's value as a number above zero; undefined where the field is empty. Throws INVALID_MESSAGE. */
export function positive(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const number = aboveZero(value);
  if (number !== undefined) return number;
  const message = `The field "${name}" must be a number above zero. Correct it, or leave it empty.`;
  throw invalid(message, "INVALID_MESSAGE", { kind: "positive", values: { field: name } });
}
