import { entriesOf, isBlank } from "./list.ts";
import type { Campaign } from "./message.ts";

/** What decides when the blocks of a campaign go, as a flow or a form gives it; what is empty is absent. */
export interface DripFields {
  readonly messagesPerBlock?: unknown;
  readonly minutesPerBlock?: unknown;
  /** 1 = Monday … 7 = Sunday, as an array or a comma list. */
  readonly days?: unknown;
  /** `HH:mm-HH:mm`, as an array or a comma list. */
  readonly timeIntervals?: unknown;
}

type Count = "messagesPerBlock" | "minutesPerBlock";
type Limit = "days" | "timeIntervals";

/** What is wrong with one field. */
export type DripFault =
  /** No whole number above 0. */
  | { readonly kind: "count"; readonly field: Count; readonly value: unknown }
  | { readonly kind: "day"; readonly field: "days"; readonly value: unknown }
  | { readonly kind: "twice"; readonly field: "days"; readonly day: number }
  | { readonly kind: "interval"; readonly field: "timeIntervals"; readonly value: unknown }
  /** It does not end after it starts. */
  | { readonly kind: "backwards"; readonly field: "timeIntervals"; readonly interval: string }
  | { readonly kind: "overlap"; readonly field: "timeIntervals"; readonly one: string; readonly other: string }
  /** Empty, where the other number of a block is not. */
  | { readonly kind: "lacking"; readonly field: Count; readonly filled: Count }
  /** Filled, where there are no blocks. */
  | { readonly kind: "alone"; readonly field: Limit };

/**
 * All that is wrong with a campaign's blocks, what is wrong with single fields first. Blocks need both numbers. Days and hours
 * hold for blocks only: without them the provider would ignore these limits and send everything at once, perhaps at night.
 */
export function dripFaults(fields: DripFields): DripFault[] {
  const { messagesPerBlock, minutesPerBlock, days, timeIntervals } = fields;
  return [
    ...countFaults("messagesPerBlock", messagesPerBlock),
    ...countFaults("minutesPerBlock", minutesPerBlock),
    ...dayFaults(entriesOf(days)),
    ...intervalFaults(entriesOf(timeIntervals)),
    ...togetherFaults(fields),
  ];
}

/** The blocks of fields without faults; undefined where all goes at once. */
export function dripOf(fields: DripFields): Campaign["drip"] {
  const messagesPerBlock = count(fields.messagesPerBlock);
  const minutesPerBlock = count(fields.minutesPerBlock);
  if (messagesPerBlock === undefined || minutesPerBlock === undefined) return undefined;
  const days = entriesOf(fields.days).flatMap((entry) => day(entry) ?? []);
  const timeIntervals = entriesOf(fields.timeIntervals).flatMap((entry) => interval(entry)?.text ?? []);
  return {
    messagesPerBlock,
    minutesPerBlock,
    ...(days.length > 0 && { days }),
    ...(timeIntervals.length > 0 && { timeIntervals }),
  };
}

function countFaults(field: Count, value: unknown): DripFault[] {
  return isBlank(value) || count(value) !== undefined ? [] : [{ kind: "count", field, value }];
}

function dayFaults(entries: readonly unknown[]): DripFault[] {
  const days = entries.map(day);
  const wrong = days.indexOf(undefined);
  if (wrong >= 0) return [{ kind: "day", field: "days", value: entries[wrong] }];
  const twice = days.find((one, index) => days.indexOf(one) !== index);
  return twice === undefined ? [] : [{ kind: "twice", field: "days", day: twice }];
}

function intervalFaults(entries: readonly unknown[]): DripFault[] {
  const field = "timeIntervals";
  const intervals: Interval[] = [];
  for (const value of entries) {
    const one = interval(value);
    if (!one) return [{ kind: "interval", field, value }];
    if (one.start >= one.end) return [{ kind: "backwards", field, interval: one.text }];
    intervals.push(one);
  }
  intervals.sort((one, other) => one.start - other.start);
  const clash = intervals.findIndex(({ end }, index) => end > (intervals[index + 1]?.start ?? Infinity));
  if (clash < 0) return [];
  return [{ kind: "overlap", field, one: intervals[clash]?.text ?? "", other: intervals[clash + 1]?.text ?? "" }];
}

function togetherFaults({ messagesPerBlock, minutesPerBlock, days, timeIntervals }: DripFields): DripFault[] {
  const hasMessages = !isBlank(messagesPerBlock);
  const hasMinutes = !isBlank(minutesPerBlock);
  if (hasMessages && hasMinutes) return [];
  if (hasMessages) return [{ kind: "lacking", field: "minutesPerBlock", filled: "messagesPerBlock" }];
  if (hasMinutes) return [{ kind: "lacking", field: "messagesPerBlock", filled: "minutesPerBlock" }];
  const alone = ([field, value]: [Limit, unknown]): DripFault[] =>
    entriesOf(value).length > 0 ? [{ kind: "alone", field }] : [];
  return [...alone(["days", days]), ...alone(["timeIntervals", timeIntervals])];
}

function count(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\s*\d+\s*$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

function day(value: unknown): number | undefined {
  const number = typeof value === "string" && /^\d$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && number >= 1 && number <= 7 ? number : undefined;
}

interface Interval {
  readonly text: string;
  /** Minutes of the day. */
  readonly start: number;
  readonly end: number;
}

function interval(value: unknown): Interval | undefined {
  const [, from, to] = (typeof value === "string" && /^(\d?\d:\d\d)\s*-\s*(\d?\d:\d\d)$/.exec(value)) || [];
  const start = minutesOfDay(from);
  const end = minutesOfDay(to);
  if (start === undefined || end === undefined) return undefined;
  return { text: `${from?.padStart(5, "0")}-${to?.padStart(5, "0")}`, start, end };
}

/** Minutes of the day; undefined for a time that no clock shows. */
function minutesOfDay(time: string | undefined): number | undefined {
  const [hours = NaN, minutes = NaN] = (time ?? "").split(":").map(Number);
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : undefined;
}
