import type { Channel, RecipientResult } from "../result.ts";

/** What a report may name a message by. */
export interface Named {
  readonly id?: string | undefined;
  readonly reference?: string | undefined;
  readonly to?: string | undefined;
}

/** The message that a report is about. `reference`, `topic` and `context` are copies. */
export interface Match {
  readonly account: string;
  readonly channel: Channel;
  readonly id?: string;
  readonly to?: string;
  readonly sent: { reference?: string; topic?: unknown; context?: unknown };
}

/** Recipients that a provider took. */
export interface Taken {
  readonly channel: Channel;
  readonly recipients: readonly Partial<Pick<RecipientResult, "id" | "to">>[];
  /** The id that was given to the send. */
  readonly reference?: string;
}

/** What the messages of one send have in common, kept as text, so that each match is a copy of its own. */
export interface Shared {
  readonly provider: string;
  readonly account: string;
  /** JSON. */
  readonly text: string;
}

/** A message with the names that are certain of it. */
export interface Found extends Named {
  readonly channel: Channel;
}

/** `reference` is that of the send; `id` and `to` are those of the one recipient, if it is one. */
export function matchOf({ account, text }: Omit<Shared, "provider">, { channel, id, reference, to }: Found): Match {
  const common = JSON.parse(text) as { topic?: unknown; context?: unknown };
  return {
    account,
    channel,
    ...(id !== undefined && { id }),
    ...(to !== undefined && { to }),
    sent: { ...(reference !== undefined && { reference }), ...common },
  };
}
