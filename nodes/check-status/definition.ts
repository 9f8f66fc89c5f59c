import { defineMessageNode, fromMessage, type InputType, type TypedField } from "../kit/definition.ts";

const NUMBER_TYPES: readonly InputType[] = ["num", "msg", "flow", "global", "env"];

/** Seconds, shown while the status is followed. */
function seconds(value: string): TypedField {
  return { kind: "typed", types: NUMBER_TYPES, type: "num", value, when: { follow: [true] } };
}

export const definition = defineMessageNode({
  type: "check-status",
  color: "#BBD3E6",
  inputs: 1,
  outputs: ["status", "overdue"],
  errorOutput: false,
  needs: "checkStatus",
  fields: {
    lookup: fromMessage("payload", { required: true }),
    kind: { kind: "choice", options: ["auto", "sms", "bulk", "email", "push"], value: "auto", more: true },
    follow: { kind: "boolean", value: false },
    everySeconds: seconds("5"),
    withinSeconds: seconds("300"),
  },
});
