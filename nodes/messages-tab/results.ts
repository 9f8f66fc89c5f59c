import { lastResults, type LastResult } from "../kit/last-results.ts";

/** A result as the tab shows it: its recipient is masked. */
export type ShownResult = Omit<LastResult, "to" | "id"> & { readonly to?: string };

/** The last results, oldest first. Numbers are masked here, where what masks them may be loaded. */
export async function lastResultsShown(): Promise<ShownResult[]> {
  const results = lastResults.all();
  if (results.length === 0) return [];
  const { maskNumber } = await import("../../src/phone.ts");
  return results.map(({ to, id: _id, ...result }) => {
    const masked = to === undefined ? undefined : (maskAddress(to) ?? maskNumber(to));
    // Of what is neither number nor address nothing is shown.
    return masked?.includes(HIDDEN) ? { ...result, to: masked } : result;
  });
}

/** What stands for the hidden part. */
const HIDDEN = "•••";

/** `ana@example.com` as `a•••@example.com`; undefined where it is no e-mail address. */
function maskAddress(to: unknown): string | undefined {
  const [, first, domain] = /^([^\s@])[^\s@]*@([^\s@]+)$/.exec(String(to)) ?? [];
  return first === undefined ? undefined : `${first}${HIDDEN}@${domain}`;
}
