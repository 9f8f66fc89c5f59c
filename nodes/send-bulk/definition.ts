import { COUNT, STRUCTURED, TEXT_OR_NUMBER, defineMessageNode, fromMessage, optional } from "../kit/definition.ts";

export const definition = defineMessageNode({
  type: "send-bulk",
  color: "#8FCBBF",
  inputs: 1,
  outputs: ["result", "progress"],
  errorOutput: false,
  cancellable: true,
  needs: ["sendSms", "sendEmail"],
  fields: {
    channel: { kind: "choice", options: ["sms", "email"], value: "sms" },
    messages: fromMessage("payload", { types: STRUCTURED, required: true }),
    text: optional({ more: false, live: "sms-template" }),
    subject: optional({ more: false, when: { channel: ["email"] } }),
    from: optional({ types: TEXT_OR_NUMBER, pick: { list: "senders" } }),
    at: optional({ types: TEXT_OR_NUMBER, live: "time" }),
    deliveryName: fromMessage("topic", { more: true }),
    batchSize: optional({ types: COUNT, type: "num", positive: true }),
  },
});
