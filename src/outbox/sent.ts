import type { EmailMessage, SmsMessage } from "../message.ts";
import { isSameNumber } from "../same-number.ts";

/**
 * A message that was taken, or may have been, as a store keeps it for the reports on it, longer than its row. Of one in doubt
 * that went through a route it is not known which provider has it: `provider` is `route` then.
 */
export interface SentMessage {
  readonly job: string;
  readonly provider: string;
  readonly account: string;
  readonly channel: "sms" | "email";
  /** The provider's. */
  readonly id?: string;
  /** That of the latest request that it was in. */
  readonly reference?: string;
  readonly to: string;
  readonly about: Readonly<Record<string, unknown>>;
}

/** What a report names a message by: id, or else reference. */
export type SentQuery = { readonly id: string } | { readonly reference: string; readonly to?: string | undefined };

/** A row that shares its reference and recipient with another. */
export interface Sharer {
  readonly row: string;
  readonly to: string;
  /** The provider's, where it is known. */
  readonly id?: string;
  /** Absent where the row was pruned. */
  readonly message?: SmsMessage | EmailMessage;
}

/** The part of a store that is asked for them. */
export interface SentStore {
  /**
   * Messages that a report may be about, newest first, at most MAX_FOUND; with a number, those to it first. Kept by `move` of
   * each row that becomes accepted or uncertain, or fails with an id, with what its outcome says, and not removed by `prune`.
   */
  sent(query: SentQuery): Promise<SentMessage[]>;
  /**
   * Rows to these recipients that were in a request with this reference, and that a provider may have: those that `sent` knows and
   * those on their way or in doubt.
   */
  sharers(reference: string, to: readonly string[]): Promise<Sharer[]>;
  /** Forgets those last moved before this moment, and the oldest beyond so many. A step at a time: true when there is more. */
  forgetSent(before: number, most: number): Promise<boolean>;
}

/** What a report is about. `id` and `to` are certain where they are there. */
export type Recalled = Pick<SentMessage, "account" | "channel" | "reference" | "about"> &
  Partial<Pick<SentMessage, "id" | "to">>;

/** What a report says of its message. */
export interface Named {
  readonly id?: string | undefined;
  readonly reference?: string | undefined;
  readonly to?: string | undefined;
}

/** The most that a store gives for one query: of an id or reference that stands for many, some are enough to know that. */
export const MAX_FOUND = 20;

/** The one of these, newest first, that a report names so. */
function recalled(found: readonly SentMessage[], { to }: Pick<Named, "to">): Recalled | undefined {
  const [newest] = found;
  if (!newest) return undefined;
  const own = to === undefined ? undefined : found.find((one) => isSameNumber(one.to, to));
  const isOne = to === undefined && found.every((one) => one.to === newest.to && one.id === newest.id);
  const { job: _, provider: __, id, to: recipient, ...common } = own ?? newest;
  return { ...common, ...((own ?? isOne) && { to: recipient, ...(id !== undefined && { id }) }) };
}

/** The message that a report names by its id, or else by its reference. `isOf`: whose it may be. */
export async function recall(
  store: Pick<SentStore, "sent">,
  isOf: (provider: string) => boolean,
  { id, reference, to }: Named,
): Promise<Recalled | undefined> {
  const search = async (query: SentQuery) => {
    const found = await store.sent(query);
    return recalled(
      found.filter(({ provider }) => isOf(provider)),
      { to },
    );
  };
  const byId = id === undefined ? undefined : await search({ id });
  return byId ?? (reference === undefined ? undefined : search({ reference, to }));
}
