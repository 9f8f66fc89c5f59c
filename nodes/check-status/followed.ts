import { asId, asRecords, isRecord } from "../../src/json.ts";
import type { StatusLookup } from "../../src/provider.ts";
import type { StatusReport, StatusResult } from "../../src/result.ts";
import { isSameNumber } from "../../src/same-number.ts";

/** A message that is followed, or several, and what a report may name them by. */
export interface Followed {
  readonly lookup: StatusLookup;
  readonly references: readonly string[];
  readonly recipients: readonly { readonly id?: string | undefined; readonly to?: string | undefined }[];
}

/** `value` is what the lookup was made of: the result of a send has more to tell. */
export function followedOf(value: unknown, lookup: StatusLookup): Followed {
  const { reference, messages = [] } = isRecord(value) ? value : {};
  const references = [asId(reference), lookup.id, ...(lookup.deliveries ?? [])].filter((one) => one !== undefined);
  const recipients = asRecords(messages).map(({ id, to }) => ({ id: asId(id), to: asId(to) }));
  return { lookup, references, recipients: recipients.filter(({ id }) => id !== undefined) };
}

/** A report on what is followed, under the id that it has there; undefined for one on other messages. */
export function concerning(
  report: StatusReport,
  { lookup, references, recipients }: Followed,
  last: StatusResult | undefined,
): StatusReport | undefined {
  const known = last?.messages ?? recipients;
  if ([lookup.id, ...(lookup.ids ?? []), ...known.map(({ id }) => id)].includes(report.id)) return report;
  const { reference, to } = report;
  if (reference === undefined || !references.includes(reference)) return undefined;
  const named = known.filter((one) => to === undefined || one.to === undefined || isSameNumber(one.to, to));
  const id = known.length === 0 ? lookup.id : named.length === 1 ? named[0]?.id : undefined;
  return id === undefined ? undefined : { ...report, id };
}
