import { COUNT, STRUCTURED, defineMessageNode, fromMessage, type TypedField } from "../kit/definition.ts";

/** Seconds, shown while the status is followed. */
function seconds(value: string): TypedField {
  return { kind: "typed", types: COUNT, type: "num", value, positive: true, when: { follow: [true] } };
}

export const definition = defineMessageNode({
  type: "check-status",
  color: "#BBD3E6",
  inputs: 1,
  outputs: ["status", "overdue"],
  errorOutput: false,
  needs: "checkStatus",
  fields: {
    lookup: fromMessage("payload", { types: STRUCTURED, required: true }),
    kind: { kind: "choice", options: ["auto", "sms", "bulk", "email", "push"], value: "auto", more: true },
    follow: { kind: "boolean", value: false },
    everySeconds: seconds("5"),
    withinSeconds: seconds("300"),
  },
});
