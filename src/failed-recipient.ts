import type { ErrorCode, MessagingError } from "./error.ts";
import type { RecipientResult } from "./result.ts";

/** After these the next request would meet the same end. */
export const ENDS_ALL: readonly ErrorCode[] = ["BAD_CREDENTIALS", "MISSING_ACCOUNT", "NO_CREDIT", "CANCELLED"];

const STATUSES = { "not-sent": "failed", rejected: "rejected", unknown: "unknown" } as const;

/**
 * What a recipient's part is in a request that failed as a whole. Where it was the account that was refused, nothing is said
 * against the recipient: the same message can go once the account is mended.
 */
export function failedRecipient(error: MessagingError): Pick<RecipientResult, "status" | "error"> {
  const isOfAccount = error.cause.outcome === "rejected" && ENDS_ALL.includes(error.code);
  const told = isOfAccount ? error.with({ outcome: "not-sent" }) : error;
  return { status: STATUSES[told.cause.outcome], error: recipientError(told) };
}

/** A recipient's own part of an error. */
export function recipientError({
  code,
  message,
  cause: { outcome, providerCode },
}: MessagingError): RecipientResult["error"] & object {
  return { code, message, outcome, ...(providerCode !== undefined && { providerCode }) };
}
