import { STRUCTURED, defineMessageNode, fromMessage } from "../kit/definition.ts";

export const definition = defineMessageNode({
  type: "cancel-sms",
  color: "#8FCBBF",
  inputs: 1,
  outputs: ["cancelled"],
  errorOutput: false,
  needs: "cancelSms",
  fields: {
    lookup: fromMessage("payload", { types: STRUCTURED, required: true }),
  },
});
