import { invalid } from "./error.ts";

/** The entries of an array or a comma list, the empty ones left out. */
export function entriesOf(value: unknown): unknown[] {
  return [value]
    .flat()
    .flatMap((entry: unknown) => (typeof entry === "string" ? entry.split(",").map((part) => part.trim()) : [entry]))
    .filter((entry) => !isBlank(entry));
}

/**
 * Ids as an array or a comma list, each once; none where the value is empty. Throws INVALID_MESSAGE that names the field
 * where an entry can be no id.
 */
export function idsOf(value: unknown, field: string): string[] {
  const ids = entriesOf(value).map((id) => {
    if (typeof id === "string") return id;
    if (Number.isSafeInteger(id)) return String(id);
    throw invalid(`The field "${field}" must hold ids only: write them as a comma list such as 3,4 or as an array.`);
  });
  return [...new Set(ids)];
}

export function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "string" && value.trim() === "");
}
