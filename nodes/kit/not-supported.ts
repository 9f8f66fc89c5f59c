import { MessagingError } from "../../src/error.ts";
import type { Account } from "../../src/sending/account.ts";

/** The refusal of what the account's provider cannot do. */
export function notSupported({ name, provider }: Account, what: string): MessagingError {
  return new MessagingError(`${provider.label} ${what}. Choose another account in the node.`, {
    code: "NOT_SUPPORTED",
    outcome: "rejected",
    retryable: false,
    provider: provider.name,
    account: name,
  });
}
