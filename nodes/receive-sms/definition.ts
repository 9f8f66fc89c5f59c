import { defineMessageNode } from "../kit/definition.ts";

export const definition = defineMessageNode({
  type: "receive-sms",
  color: "#D3C4E3",
  inputs: 0,
  outputs: ["message"],
  errorOutput: false,
  needs: "receiveSms",
  fields: {
    everySeconds: {
      kind: "typed",
      types: ["num", "flow", "global", "env", "jsonata"],
      type: "num",
      value: "60",
      // Asking more often would mostly be paid for by others at the provider.
      min: 5,
    },
    senders: {
      kind: "typed",
      types: ["str", "num", "json", "flow", "global", "env", "jsonata"],
      type: "str",
      value: "",
    },
  },
});
