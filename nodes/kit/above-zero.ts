/** A field's value as a number above zero; undefined for anything else. */
export function aboveZero(value: unknown): number | undefined {
  const number = typeof value === "number" || typeof value === "string" ? Number(value) : NaN;
  return number > 0 && Number.isFinite(number) ? number : undefined;
}
