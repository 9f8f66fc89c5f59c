import { TEXT_OR_NUMBER, defineMessageNode, fromMessage, optional } from "../kit/definition.ts";

export const definition = defineMessageNode({
  type: "send-sms",
  color: "#8FCBBF",
  inputs: 1,
  outputs: ["result"],
  errorOutput: true,
  replies: true,
  needs: "sendSms",
  fields: {
    to: fromMessage("to", { types: TEXT_OR_NUMBER, required: true, emptyCode: "INVALID_NUMBER", live: "numbers" }),
    text: fromMessage("payload", { required: true, live: "sms-text" }),
    from: optional({ types: TEXT_OR_NUMBER, pick: { list: "senders" } }),
    at: optional({ types: TEXT_OR_NUMBER, live: "time" }),
    reference: fromMessage("reference", { types: TEXT_OR_NUMBER, more: true }),
    /** Ticked in nodes from the palette; see nodes/kit/sandbox-phone.ts. */
    sandboxPhone: { kind: "boolean", value: true, more: true },
    encoding: { kind: "choice", options: ["auto", "gsm7", "ucs2"], value: "auto", more: true },
  },
});
