import { defineMessageNode, fromMessage, optional } from "../kit/definition.ts";

export const definition = defineMessageNode({
  type: "send-email",
  color: "#8FCBBF",
  inputs: 1,
  outputs: ["result"],
  errorOutput: true,
  needs: "sendEmail",
  fields: {
    to: fromMessage("to", { required: true, emptyCode: "INVALID_NUMBER", live: "addresses" }),
    subject: fromMessage("topic", { required: true }),
    body: fromMessage("payload", { required: true }),
    senderName: optional(),
    from: optional(),
  },
});
