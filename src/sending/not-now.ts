import { MessagingError } from "../error.ts";

/** Of an account that is switched off. */
export function off(operation: string): MessagingError {
  return new MessagingError(
    `${operation} was not sent: the account's mode is "off". Choose another mode in the account to use it.`,
    { code: "NOT_SUPPORTED", outcome: "not-sent", retryable: false },
    { kind: "accountOff", values: { operation } },
  );
}

/** What waited while the provider asked another request for a pause. */
export function turnedAway({ message, cause }: MessagingError): MessagingError {
  return new MessagingError(`Not sent, since the provider asked for a pause. ${message}`, {
    code: "RATE_LIMITED",
    outcome: "not-sent",
    ...(cause.retryAfterMs !== undefined && { retryAfterMs: cause.retryAfterMs }),
  });
}

/** Of work whose time was over before it could be sent. */
export function tooLate(afterMs: number): MessagingError {
  return new MessagingError(
    `Signing in and sending took longer than ${Math.round(afterMs / 1000)} s together: this was not sent. Try again later.`,
    { code: "TIMEOUT", outcome: "not-sent" },
  );
}

/** Of a pause that lasts too long to wait for. */
export function paused(forMs: number): MessagingError {
  return new MessagingError(
    `The provider asked for a pause that lasts ${Math.ceil(forMs / 1000)} s more: this was not sent. Send it again then.`,
    { code: "RATE_LIMITED", outcome: "not-sent", retryAfterMs: Math.ceil(forMs) },
  );
}
