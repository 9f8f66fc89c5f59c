import { defineAccountNode } from "../kit/definition.ts";

export const definition = defineAccountNode({
  type: "smshosting-account",
  fields: {
    testMode: { kind: "boolean", value: false, more: true },
  },
  credentials: {
    authKey: { kind: "credential", secret: false, required: true },
    authSecret: { kind: "credential", secret: true, required: true },
  },
});
