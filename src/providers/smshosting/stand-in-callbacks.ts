import type { StandInCallbacks } from "../../sandbox/stand-in.ts";
import { asDigits } from "./fields.ts";
import { stateOf } from "./stand-in-states.ts";

const FINAL: readonly string[] = ["DELIVERED", "NOTDELIVERED", "NOSENT"];

/** The status callback as a form, and a received SMS as a query: what public clients show of them (providers.md). */
export const callbacks: StandInCallbacks = {
  report({ id, to, deliveryId = "", ...message }, now) {
    const status = stateOf({ id, to, deliveryId, ...message }, now);
    if (status === "PENDING") return { final: false };
    const fields = { id, transactionId: deliveryId, to: asDigits(to), status };
    return { callback: { shape: "form", fields }, final: FINAL.includes(status) };
  },
  inbound: ({ from, text }) => ({ shape: "query", fields: { number: asDigits(from), text } }),
};
