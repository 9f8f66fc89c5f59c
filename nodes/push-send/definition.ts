import { STRUCTURED, TEXT_OR_NUMBER, defineMessageNode, fromMessage, optional } from "../kit/definition.ts";

const WITH_SMS = { smsFallback: [true] } as const;

export const definition = defineMessageNode({
  type: "push-send",
  color: "#8FCBBF",
  inputs: 1,
  outputs: ["result"],
  errorOutput: false,
  needs: "sendPush",
  fields: {
    to: fromMessage("to", { types: TEXT_OR_NUMBER, live: "numbers" }),
    groups: optional({ types: STRUCTURED, more: false, pick: { list: "groups", many: true } }),
    text: fromMessage("payload"),
    image: optional({ more: false }),
    smsFallback: { kind: "boolean", value: false },
    smsText: optional({ more: false, required: true, when: WITH_SMS, live: "sms-text" }),
    smsFrom: optional({ types: TEXT_OR_NUMBER, more: false, when: WITH_SMS, pick: { list: "senders" } }),
    encoding: { kind: "choice", options: ["auto", "gsm7", "ucs2"], value: "auto", when: WITH_SMS },
    at: optional({ types: TEXT_OR_NUMBER, live: "time" }),
    reference: optional({ types: TEXT_OR_NUMBER }),
    estimateOnly: { kind: "boolean", value: false, more: true },
  },
});
