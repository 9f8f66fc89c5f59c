import { notSupported as refusal, type MessagingError } from "../../src/error.ts";
import type { Account } from "../../src/sending/account.ts";

/** What a provider may lack, and in which words. */
const LACKS = {
  noStatus: "cannot tell the status of a message",
  noCampaigns: "has no campaigns",
  noSmsBalance: "has no balance for sms",
  noEmailBalance: "has no balance for email",
  noPush: "cannot send a push",
  noPushCost: "cannot tell what a push would cost",
  noInvitations: "has no invitations to an app",
  noImages: "keeps no images",
  noCancel: "cannot cancel messages",
  noReceive: "cannot be asked for messages that came in",
} as const;

/** The refusal of what the account's provider cannot do. */
export function notSupported({ name, provider }: Account, kind: keyof typeof LACKS): MessagingError {
  const message = `${provider.label} ${LACKS[kind]}. Choose another account in the node.`;
  const phrase = { kind: "notSupported", values: { provider: provider.label, what: { kind } } };
  return refusal(message, { provider: provider.name, account: name }, phrase);
}
