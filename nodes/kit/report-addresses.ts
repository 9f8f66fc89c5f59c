import type { ReportAddress } from "../../src/sending/settings.ts";

type Ask = () => ReportAddress | undefined;

/** Who receives the reports of each account, by the id of its config node. */
const receivers = new Map<string, Set<Ask>>();

/** Lets an account's provider be told where to report, as far as it is told with each send. Returns what ends that. */
export function receiveReports(accountId: string, ask: Ask): () => void {
  const asked = receivers.get(accountId) ?? new Set();
  receivers.set(accountId, asked.add(ask));
  return () => {
    asked.delete(ask);
    if (asked.size === 0 && receivers.get(accountId) === asked) receivers.delete(accountId);
  };
}

/** Where an account's reports are received now: a provider takes one address, the first. */
export function reportAddressOf(accountId: string): ReportAddress | undefined {
  for (const ask of receivers.get(accountId) ?? []) {
    const address = ask();
    if (address) return address;
  }
  return undefined;
}
