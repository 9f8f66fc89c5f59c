import type { StandInCallbacks } from "../../sandbox/stand-in.ts";
import { asDigits } from "./fields.ts";

/** Milliseconds after the delivery time at which a message is sent, and delivered or not. */
const SENT_AT = 1500;
const ENDED_AT = 3000;

/** What a configuration's `callback_url` gets is not public: the fields are those that webhook-in accepts (providers.md). */
export const callbacks: StandInCallbacks = {
  report({ id, to, receivedAt, deliverAt = 0 }, now) {
    const age = now - Math.max(receivedAt, deliverAt);
    if (age < SENT_AT) return { final: false };
    const end = to.endsWith("0002") ? "UNDELIVERED" : "DELIVERED";
    const isOver = age >= ENDED_AT && !to.endsWith("0003");
    const fields = { message_id: id, number: asDigits(to), status: isOver ? end : "SENT" };
    return { callback: { shape: "form", fields }, final: isOver };
  },
  inbound: ({ id, from, text }) => ({ shape: "form", fields: { id, number: asDigits(from), text } }),
};
