import { defineMessageNode } from "../kit/definition.ts";

export const definition = defineMessageNode({
  type: "check-balance",
  color: "#BBD3E6",
  inputs: 1,
  outputs: ["balance"],
  errorOutput: false,
  needs: "checkBalance",
  fields: {
    channel: { kind: "choice", options: ["sms", "email"], value: "sms" },
  },
});
