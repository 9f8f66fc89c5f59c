/** The entries of a list of prefixes such as `56, +39`. */
export function prefixEntries(list: string): string[] {
  return list.split(/[,;\s]+/).filter((entry) => entry !== "");
}

/** The digits that numbers begin with, country code first, of `56`, `+56` or `0056`; undefined for what is no prefix. */
export function prefixDigits(entry: string): string | undefined {
  return /^(?:\+|00)?([1-9]\d{0,14})$/.exec(entry)?.[1];
}
