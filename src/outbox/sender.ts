import type { MessagingError } from "../error.ts";
import type { CallOptions } from "../sending/account.ts";
import type { Draft, EmailMessage, SendOptions, SmsMessage } from "../message.ts";
import type { MessageStatus, SendResult } from "../result.ts";
import type { Limits } from "./store.ts";

/** What an outbox sends through: an account (see `accountSender`), or a route. */
export interface Sender extends Limits {
  /** Provider's name, for the result and the panel; a route may say `route`. */
  readonly provider: string;
  /** The account's name. */
  readonly account: string;
  /** Recipients in one request, at most; the outbox takes at most 100 anyway. */
  maxRecipients(channel: "sms" | "email"): number;
  /** Whether the provider keeps the reference that it is given. */
  keepsReference(channel: "sms" | "email"): boolean;
  /**
   * One request's worth. Settles as `deliver` does, without retries of its own (`call.attempts` is 1), and calls
   * `call.onTurn` when it is its turn, before the first byte: when that rejects, nothing must be sent. `about` is what the
   * message was put with.
   */
  send(
    channel: "sms" | "email",
    drafts: readonly Draft<SmsMessage | EmailMessage>[],
    options: SendOptions,
    call: CallOptions,
    about: Readonly<Record<string, unknown>>,
  ): Promise<SendResult>;
  /** Why a recipient has to wait, where nothing can send to it before somebody puts that right; absent where all can go. */
  heldBack?(channel: "sms" | "email", to: string): MessagingError | undefined;
  /**
   * What the provider knows of the messages with this reference sent since then, with their texts if it shows them. Rejects with NOT_SUPPORTED where it cannot
   * be asked; then doubt is for a person.
   */
  find(channel: "sms" | "email", reference: string, since: Date, call: CallOptions): Promise<MessageStatus[]>;
  /** Whether this word of the provider refuses a message because it took the same one before. */
  isRepeat(channel: "sms" | "email", providerCode: string): boolean;
}
