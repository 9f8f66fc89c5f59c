import type { MessagingError } from "../error.ts";
import type { Draft, EmailMessage, SendOptions, SmsMessage } from "../message.ts";
import type { RecipientResult, SendResult } from "../result.ts";
import type { Sender } from "./sender.ts";
import type { State } from "./states.ts";

/**
 * What happens with a message when nobody can say whether the provider took it. `hold`: a person decides. `resend`: sent
 * again, marked as a possible duplicate. `check`: the provider is asked by our reference; where it cannot be, as `hold`.
 */
export type OnUnknown = "hold" | "resend" | "check";

export interface OutboxOptions {
  readonly onUnknown: OnUnknown;
  /** How long a message may wait to be sent, milliseconds. 24 h when absent. */
  readonly expireAfterMs?: number;
  /** How long what is settled stays listed, milliseconds; not to be shorter than the window of dedupe keys. 24 h when absent. */
  readonly keepMs?: number;
  /**
   * With `check`: how long after a request in doubt the provider is asked, milliseconds, rising. What it does not know at the
   * last of them was not taken and is sent again. 5 s, 30 s and 2 min when absent.
   */
  readonly checkAfterMs?: readonly number[];
  /** The account or route with this config node id. Rejects while it is not there: its messages wait. */
  readonly sender: (target: string) => Promise<Sender>;
  /**
   * Something that the owner should know: a store set aside (SetAside), an account that cannot be used (once per trouble, not per message).
   * For the log; no call of its own fails.
   */
  readonly onTrouble: (error: MessagingError) => void;
  /** The store works again, of which `onTrouble` was told that it does not. */
  readonly onRecovered?: () => void;
}

/** A message handed over by a send node. */
export interface Outgoing {
  /** Id of the send node. */
  readonly node: string;
  /** Config node id of the account or route. */
  readonly target: string;
  /** Name of the provider and of the account (of a route: `route`, and its name), for the panel and for errors. */
  readonly provider: string;
  readonly account: string;
  readonly channel: "sms" | "email";
  /** Lazy ones are read once, a page at a time. */
  readonly drafts: Iterable<Draft<SmsMessage | EmailMessage>>;
  readonly total: number;
  readonly options: SendOptions;
  /**
   * The message itself, whose properties are given back with the result. Plain values, arrays, objects, Dates and Buffers are
   * kept, about 1 MB; what cannot be stored (functions, `req` and `res`, what refers to itself) is left out at any depth.
   */
  readonly properties: Readonly<Record<string, unknown>>;
  /** Names of those that are not to be kept, as the result replaces them. */
  readonly without?: readonly string[];
  /** Small plain JSON that the sender is given with each request, such as topic and context for delivery reports. */
  readonly about?: Readonly<Record<string, unknown>>;
  readonly dedupeKey?: string;
  readonly priority?: "high";
  /** Whether it failed as a whole when all of its recipients were refused, also with several of them: as `deliver` has it. */
  readonly asOne?: boolean;
}

/** What `put` did. */
export interface Stored {
  readonly job: string;
  /** An earlier message had its dedupe key, so that it gets that one's result. */
  readonly duplicate: boolean;
  /** Names of properties that will not come back with the result, as they are too large. */
  readonly tooLarge: readonly string[];
}

/** The end of a message, for its node. */
export interface Settled {
  readonly job: string;
  readonly properties: Record<string, unknown>;
  /**
   * As a direct send would have settled: with a result, or with an error when the send failed as a whole. In a result each
   * recipient in doubt has status `unknown`.
   */
  readonly outcome: { readonly result: OutboxResult } | { readonly error: MessagingError };
  /** The result is that of an earlier message with the same dedupe key. */
  readonly duplicate: boolean;
  /** It was handed over before with recipients in doubt; now a person decided on the last of them. */
  readonly revised: boolean;
}

/** A SendResult; `possibleDuplicate`: sent again in doubt, so that the receiver may get it twice. */
export interface OutboxResult extends SendResult {
  messages: (RecipientResult & { possibleDuplicate?: true })[];
  /** The result of an earlier message with the same dedupe key. */
  duplicate?: true;
  /** The final result, after an earlier one with recipients in doubt. */
  revised?: true;
}

/** Called when a message has settled, with at-least-once semantics: again later if it throws or Node-RED dies meanwhile. */
export type OnSettled = (settled: Settled) => void | Promise<void>;

/** As `GET messaging/outbox/:id/messages` answers (interface.md). */
export interface ListedMessage {
  readonly id: string;
  readonly state: State;
  readonly channel: "sms" | "email";
  readonly to: string;
  readonly text: string;
  /** Config node id of the account or route; the node side can show its name. */
  readonly target: string;
  /** Provider's name. */
  readonly provider: string;
  /** The account's name. */
  readonly account: string;
  readonly attempts: number;
  readonly possibleDuplicate: boolean;
  /** ISO 8601, as the next. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly error?: { readonly code: string; readonly message: string };
}

/** What a person can decide on: `resend` and `accept` of what is uncertain, `drop` of that and of what is queued. */
export type Decision = "resend" | "drop" | "accept";
