/** What a storm tells the process that it kills. */
export interface ChildSettings {
  readonly file: string;
  readonly provider: string;
  readonly url: string;
  readonly credentials: Readonly<Record<string, string>>;
  readonly onUnknown: "hold" | "resend" | "check";
  readonly concurrency: number;
  readonly ratePerSecond: number;
  /** Messages to put: from this one up to, but not, the other. */
  readonly from: number;
  readonly to: number;
  readonly putsPerSecond: number;
  /** How long somebody drops messages, milliseconds. */
  readonly dropForMs: number;
}

/** What became of a recipient, as a result says it; of a send that failed as a whole, without `to`. */
export interface SaidRecipient {
  readonly to?: string;
  readonly status: string;
  readonly code?: string;
  readonly possibleDuplicate: boolean;
}

/** What the process that is killed says, a line each. */
export type Said =
  | { readonly putting: number }
  | { readonly stored: number }
  | { readonly refused: number; readonly why: string }
  | { readonly dropped: string }
  | { readonly settled: number; readonly recipients: readonly SaidRecipient[]; readonly revised: boolean }
  | { readonly trouble: string }
  | { readonly rest: Readonly<Record<string, number>> };

/** Most recipients of a message. */
export const MOST_RECIPIENTS = 4;

/** Whom a message goes to: each number occurs in one message only, and none is one of the sandbox's magic ones. */
export function recipientsOf(index: number): string[] {
  const count = index % 10 === 0 ? MOST_RECIPIENTS : 1;
  return Array.from(
    { length: count },
    (_, place) => `+569${91_000_000 + (index * MOST_RECIPIENTS + place) * 100 + 77}`,
  );
}
