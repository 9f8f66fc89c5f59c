/** What can go wrong with a message, as a flow sees it. The list is part of the public interface: add, never rename. */
export type ErrorCode =
  | "INVALID_NUMBER"
  | "INVALID_MESSAGE"
  | "MISSING_ACCOUNT"
  | "BAD_CREDENTIALS"
  | "NO_CREDIT"
  | "RATE_LIMITED"
  | "REJECTED"
  | "NOT_SUPPORTED"
  | "UNREACHABLE"
  | "TIMEOUT"
  | "BAD_REPLY"
  | "PROVIDER_ERROR"
  | "QUEUE_FULL"
  | "EXPIRED"
  | "CANCELLED";

/**
 * What is known of the message after a failure.
 *
 * - `not-sent`: no provider took it; sending it again cannot double it.
 * - `rejected`: the provider (or our own check) refused it; sending it again unchanged is useless.
 * - `unknown`: it may have been taken; it is never sent again unless the user chose so.
 */
export type Outcome = "not-sent" | "rejected" | "unknown";

export interface Failure {
  code: ErrorCode;
  outcome: Outcome;
  /** Whether a later try of the same message can succeed. */
  retryable: boolean;
  provider?: string;
  /** The account's name, never a credential. */
  account?: string;
  /** Requests made for this message, 0 when it failed before the first. */
  attempts: number;
  httpStatus?: number;
  /** The provider's own code for the failure. */
  providerCode?: string;
  /** What went wrong on the way, as the system names it: `ENOTFOUND`, `CERT_HAS_EXPIRED`, `REPLY_PAGE`. */
  reason?: string;
  /** The id that we gave to the send: where the outcome is unknown, the provider can be asked by it. */
  reference?: string;
  /** Milliseconds that the provider asked us to wait. */
  retryAfterMs?: number;
  /** It was sent again although it may have been taken before, so that it may have been taken twice. */
  possibleDuplicate?: true;
  /** It is that of an earlier message with the same dedupe key. */
  duplicate?: true;
  /** The final one, after an earlier end in doubt. */
  revised?: true;
}

/**
 * Which sentence an error's message is, and what fills its blanks, so that it can be said in another language. Whatever a
 * value holds stands in the message too.
 */
export interface Phrase {
  readonly kind: string;
  readonly values?: Readonly<Record<string, string | number | Phrase | MessagingError>>;
}

/** A part of a message, and which one it is. */
export interface Part {
  readonly text: string;
  readonly phrase: Phrase;
}

/**
 * The one error of this package. Its `message` says what was wrong and what to do, and holds no secret, no message text
 * and no whole phone number. Node-RED's Catch node hands on `message`, `code` and `cause` only, so all facts are in `cause`.
 */
export class MessagingError extends Error {
  readonly code: ErrorCode;
  declare readonly cause: Failure;
  /** Private, so that nothing prints it. */
  readonly #phrase: Phrase | undefined;

  constructor(message: string, failure: Partial<Failure> & Pick<Failure, "code" | "outcome">, phrase?: Phrase) {
    super(message, { cause: { retryable: failure.outcome === "not-sent", attempts: 0, ...failure } });
    this.name = "MessagingError";
    this.code = failure.code;
    this.#phrase = phrase;
  }

  /** Absent where the message is one of many that are known in English only. */
  get phrase(): Phrase | undefined {
    return this.#phrase;
  }

  /** The words alone: Node-RED shows this in its log and hands it to Catch nodes as `msg.error.message`. */
  override toString(): string {
    return this.message;
  }

  /** The same error with more known about it; its stack stays where it was thrown. Other words need a phrase of their own. */
  with(
    facts: Partial<Omit<Failure, "code">>,
    message = this.message,
    phrase = message === this.message ? this.phrase : undefined,
  ): MessagingError {
    const error = new MessagingError(message, { ...this.cause, ...facts }, phrase);
    error.stack = `${error.name}: ${message}${framesOf(this)}`;
    return error;
  }
}

/** What a stack has behind its message. A message may hold what the one that replaces it must not. */
function framesOf({ message, stack = "" }: Error): string {
  const at = stack.indexOf(message);
  return at < 0 ? (/(\n {4}at .*)+$/.exec(stack)?.[0] ?? "") : stack.slice(at + message.length);
}

/** Our own refusal of bad input: nothing was sent, and the same input will be refused again. */
export function invalid(message: string, code: ErrorCode = "INVALID_MESSAGE", phrase?: Phrase): MessagingError {
  return new MessagingError(message, { code, outcome: "rejected", retryable: false }, phrase);
}

/** What the provider, or this package for it, has no way to do. */
export function notSupported(
  message: string,
  facts: Pick<Failure, "provider" | "account"> = {},
  phrase?: Phrase,
): MessagingError {
  const failure = { code: "NOT_SUPPORTED", outcome: "rejected", retryable: false, ...facts } as const;
  return new MessagingError(message, failure, phrase);
}

/** Any thrown value as a MessagingError. What we did not foresee has an unknown outcome. */
export function asMessagingError(thrown: unknown): MessagingError {
  if (thrown instanceof MessagingError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new MessagingError(`Unexpected error: ${text}`, { code: "PROVIDER_ERROR", outcome: "unknown" });
}
