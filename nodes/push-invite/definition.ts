import { TEXT_OR_NUMBER, defineMessageNode, fromMessage } from "../kit/definition.ts";

export const definition = defineMessageNode({
  type: "push-invite",
  color: "#8FCBBF",
  inputs: 1,
  outputs: ["invitation"],
  errorOutput: false,
  needs: "invite",
  fields: {
    to: fromMessage("to", { types: TEXT_OR_NUMBER, required: true, emptyCode: "INVALID_NUMBER", live: "numbers" }),
  },
});
