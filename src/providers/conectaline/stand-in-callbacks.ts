import type { Status } from "../../result.ts";
import type { SandboxMessage, StandInCallbacks } from "../../sandbox/stand-in.ts";
import { asDigits } from "./fields.ts";

/** Milliseconds after the delivery time at which a message is sent, and delivered or not. */
const SENT_AT = 1500;
const ENDED_AT = 3000;

/** The state of a message at that moment, by its age and by the magic of its number. */
export function stateOf({ to, receivedAt, deliverAt = 0 }: SandboxMessage, now: number): Status {
  const start = Math.max(receivedAt, deliverAt);
  if (now < start) return "scheduled";
  if (now - start < SENT_AT) return "accepted";
  if (now - start < ENDED_AT || to.endsWith("0003")) return "sent";
  return to.endsWith("0002") ? "undelivered" : "delivered";
}

/** What a configuration's `callback_url` gets is not public: the fields are those that webhook-in accepts (providers.md). */
export const callbacks: StandInCallbacks = {
  report(message, now) {
    const state = stateOf(message, now);
    if (state === "scheduled" || state === "accepted") return { final: false };
    const fields = { message_id: message.id, number: asDigits(message.to), status: state.toUpperCase() };
    return { callback: { shape: "form", fields }, final: state !== "sent" };
  },
  inbound: ({ id, from, text }) => ({ shape: "form", fields: { id, number: asDigits(from), text } }),
};
