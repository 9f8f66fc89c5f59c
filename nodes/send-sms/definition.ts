import { defineMessageNode, fromMessage, optional } from "../kit/definition.ts";

export const definition = defineMessageNode({
  type: "send-sms",
  color: "#8FCBBF",
  inputs: 1,
  outputs: ["result"],
  errorOutput: true,
  needs: "sendSms",
  fields: {
    to: fromMessage("to", { required: true, emptyCode: "INVALID_NUMBER" }),
    text: fromMessage("payload", { required: true }),
    from: optional(),
    at: optional(),
    reference: fromMessage("reference", { more: true }),
    encoding: { kind: "choice", options: ["auto", "gsm7", "ucs2"], value: "auto", more: true },
  },
});
