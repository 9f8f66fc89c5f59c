import { notSupported as refusal, type MessagingError } from "../../src/error.ts";
import type { Account } from "../../src/sending/account.ts";

/** The refusal of what the account's provider cannot do. */
export function notSupported({ name, provider }: Account, what: string): MessagingError {
  const message = `${provider.label} ${what}. Choose another account in the node.`;
  return refusal(message, { provider: provider.name, account: name });
}
