import { MessagingError } from "../error.ts";
import { ENDS_ALL, failedRecipient } from "../failed-recipient.ts";
import type { RecipientResult } from "../result.ts";
import type { RowOutcome } from "./job.ts";

/** What became of each of `recipients` of a request that failed as a whole: what a direct send says of them. */
export function outcomeOf(error: MessagingError, recipients: number): RowOutcome {
  const { code, cause } = error;
  // A request for one recipient that the provider refuses is a word against that recipient.
  const isRefusal = recipients === 1 && cause.outcome === "rejected" && !ENDS_ALL.includes(code);
  return { ...failedRecipient(error), failure: cause, ...(!isRefusal && { ofRequest: true }) };
}

/** A row's outcome as the recipient's part of a result. */
export function asRecipient(
  to: string,
  outcome: RowOutcome | undefined,
  possibleDuplicate: boolean,
): RecipientResult & { possibleDuplicate?: true } {
  const { failure: _, ofRequest: __, ...shown } = outcome ?? { status: "unknown" as const };
  return { to, ...shown, ...(possibleDuplicate && { possibleDuplicate: true as const }) };
}

/** The error that a row's outcome was made of. */
export function errorOf({ error, failure }: RowOutcome): MessagingError {
  const { code = "REJECTED", message = "The provider refused this recipient.", outcome = "rejected" } = error ?? {};
  const facts = { outcome, retryable: false, attempts: 1, ...failure, code };
  return new MessagingError(message, {
    ...facts,
    ...(error?.providerCode !== undefined && { providerCode: error.providerCode }),
  });
}

/** The same outcome of a message that an earlier request may have brought: no refusal or failure takes that back. */
export function inDoubt(outcome: RowOutcome): RowOutcome {
  return {
    ...outcome,
    status: "unknown",
    ofRequest: true,
    ...(outcome.error && { error: { ...outcome.error, outcome: "unknown" } }),
    ...(outcome.failure && { failure: { ...outcome.failure, outcome: "unknown", retryable: false } }),
  };
}

/** Node-RED died, or the outbox was closed, while a request was on its way. */
export function interrupted(): MessagingError {
  const message =
    "Node-RED ended while this was being sent: it may or may not have been taken. " +
    "Look it up at the provider before you send it again.";
  return new MessagingError(message, { code: "CANCELLED", outcome: "unknown" });
}

/** It was still waiting when its time was over. `last`: how the last request ended; `isDoubtful`: one of them may have been taken. */
export function expired(last: RowOutcome | undefined, isDoubtful: boolean): MessagingError {
  const why = last?.error ? ` The last try: ${last.error.message}` : "";
  // One in doubt says so itself.
  const advice = last?.error?.outcome === "unknown" ? "" : " Look it up at the provider before you send it again.";
  const what = isDoubtful
    ? `It expired in the outbox before it was known to be sent; it may have been taken all the same.${advice}`
    : "Not sent: it expired in the outbox before it could be sent.";
  const message = `${what}${why}`;
  return new MessagingError(message, { ...last?.failure, code: "EXPIRED", outcome: "not-sent", retryable: false });
}

/** A person took it out of the outbox. */
export function dropped(wasUncertain: boolean): MessagingError {
  const message = wasUncertain
    ? "Dropped by a person. It was in doubt before: the receiver may have got it all the same."
    : "Dropped by a person before it was sent.";
  const outcome = wasUncertain ? "unknown" : "not-sent";
  return new MessagingError(message, { code: "CANCELLED", outcome, retryable: false });
}

/** The account is switched off: nothing is sent, and nothing is wrong. */
export function switchedOff(): MessagingError {
  const message = 'Not sent: the account\'s mode is "off".';
  return new MessagingError(message, { code: "NOT_SUPPORTED", outcome: "not-sent", retryable: false });
}
