import { defineAccountNode } from "../kit/definition.ts";

export const definition = defineAccountNode({
  type: "connectus-account",
  fields: {
    parameters: { kind: "choice", options: ["auto", "query", "form", "json"], value: "auto", more: true },
  },
  credentials: {
    accountId: { kind: "credential", secret: false, required: true },
    apiKey: { kind: "credential", secret: true, required: true },
  },
});
