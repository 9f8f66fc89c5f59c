import { asMessagingError } from "../../src/error.ts";
import { emailDrafts, numberDrafts, type Draft } from "../../src/message.ts";
import { groupedNumber, numberFault, type NumberFault } from "../../src/number-reading.ts";
import { parseTime } from "../../src/time.ts";

/** How one recipient of a list is read: as it will be sent, or what is wrong with it. */
export type RecipientReading = { readonly to: string } | { readonly given: string; readonly fault: Fault };

export type Fault = NumberFault | "no-address";

/** Which moment a time is, in ISO 8601, and the zone that it was read in; without `at` it cannot be read. */
export interface TimeReading {
  readonly at?: string;
  readonly timeZone: string;
}

/** What the form of a node asks the runtime to read, so that it shows just what a message would meet. */
export type Question =
  | { readonly kind: "numbers"; readonly value: string; readonly country: string }
  | { readonly kind: "addresses"; readonly value: string }
  | { readonly kind: "time"; readonly value: string | number; readonly timeZone: string };

export interface Reading {
  readonly recipients?: readonly RecipientReading[];
  readonly time?: TimeReading;
}

/** Reads what a form holds by the checks that a message goes through. */
export function reading(question: Question): Reading {
  switch (question.kind) {
    case "numbers":
      return { recipients: numbers(question.value, question.country) };
    case "addresses":
      return {
        recipients: all(
          () => emailDrafts(question.value, "-", "-"),
          () => "no-address",
        ),
      };
    case "time":
      return { time: time(question.value, question.timeZone) };
  }
}

function numbers(value: string, country: string): RecipientReading[] {
  const found = all(
    () => numberDrafts(value, country),
    (given) => numberFault(given, country),
  );
  return found.map((recipient) => ("to" in recipient ? { to: groupedNumber(recipient.to) } : recipient));
}

function all(read: () => Draft<unknown>[], fault: (given: string) => Fault): RecipientReading[] {
  return read().map((draft) => ("error" in draft ? { given: draft.to, fault: fault(draft.to) } : { to: draft.to }));
}

function time(value: string | number, timeZone: string): TimeReading {
  try {
    return { at: parseTime(value, timeZone).toISOString(), timeZone };
  } catch (thrown) {
    if (asMessagingError(thrown).code === "INVALID_MESSAGE") return { timeZone };
    throw thrown;
  }
}
