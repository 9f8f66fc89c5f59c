import type { StandInCallbacks } from "../../sandbox/stand-in.ts";
import { smsState } from "./stand-in-states.ts";

/** The exclusive number of the document's sample (p. 7). */
const OWN_NUMBER = "56442330001";

const FINAL: readonly string[] = ["NUMERO_INVALIDO", "NO_ENTREGABLE", "ENTREGADO"];

/** The two webhooks of the document (p. 6 and 7), which are about SMS only; it leaves the shape open. */
export const callbacks: StandInCallbacks = {
  report(message, now) {
    if (message.channel !== "sms") return undefined;
    const status = smsState(message, now);
    return { callback: { shape: "json", fields: { id_sms: message.id, status } }, final: FINAL.includes(status) };
  },
  inbound: ({ id, from, to = OWN_NUMBER, text }) => ({
    shape: "json",
    fields: {
      id_sms: id,
      dst_number: to.replace(/\D/g, ""),
      src_number: from.replace(/\D/g, ""),
      src_provider: "Sandbox",
      sms_content: text,
    },
  }),
};
