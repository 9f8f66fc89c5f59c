import { MessagingError } from "../error.ts";
import type { Channel, RecipientResult, SendResult } from "../result.ts";
import type { Account } from "./account.ts";

/** What a send's result is made of, besides the account. */
export type SendFacts = Omit<SendResult, "provider" | "channel" | "account" | "off">;

/** What a send node puts out, in the one order of properties that all of them have. */
export function sendResult({ provider, name, mode }: Account, channel: Channel, facts: SendFacts): SendResult {
  const { id, deliveries = [], reference, accepted, rejected, failed, messages, raw } = facts;
  return {
    provider: provider.name,
    channel,
    account: name,
    id,
    ...(deliveries.length > 0 && { deliveries }),
    ...(reference !== undefined && { reference }),
    accepted,
    rejected,
    failed,
    messages,
    ...(mode === "off" && { off: true }),
    raw,
  };
}

/** How many recipients of a state count as what. */
export function kindOf(status: RecipientResult["status"]): "accepted" | "rejected" | "failed" {
  if (status === "accepted" || status === "scheduled") return "accepted";
  return status === "rejected" ? "rejected" : "failed";
}

/** The first refusal as the error of a send all of whose `count` recipients were refused. */
export function allRefused(first: MessagingError, count: number): MessagingError {
  return count === 1 ? first : first.with({}, `All ${count} recipients were refused. The first: ${first.message}`);
}

/** The error of a recipient who was not accepted in a reply that was otherwise good. */
export function asRefusal({ status, error }: RecipientResult): MessagingError {
  const { message = "The provider refused this recipient.", code = "REJECTED", providerCode } = error ?? {};
  const usual = status === "failed" ? "not-sent" : "rejected";
  const outcome = status === "unknown" ? "unknown" : (error?.outcome ?? usual);
  const facts = { code, outcome, attempts: 1, ...(providerCode !== undefined && { providerCode }) };
  return new MessagingError(message, facts);
}

/** For a recipient of whom an adapter says nothing. */
export function untold(): Omit<RecipientResult, "to"> {
  const message =
    "The reply does not tell what became of this recipient: look it up at the provider before you send again.";
  return { status: "unknown", error: { code: "BAD_REPLY", outcome: "unknown", message } };
}
