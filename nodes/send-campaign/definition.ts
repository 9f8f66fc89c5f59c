import { COUNT, STRUCTURED, TEXT_OR_NUMBER, defineMessageNode, fromMessage, optional } from "../kit/definition.ts";

/** A whole number; empty = all at once. */
const count = optional({ types: COUNT, type: "num", more: false });

export const definition = defineMessageNode({
  type: "send-campaign",
  color: "#8FCBBF",
  inputs: 1,
  outputs: ["result"],
  errorOutput: false,
  needs: "sendCampaign",
  fields: {
    campaignName: fromMessage("topic", { required: true }),
    text: fromMessage("payload", { required: true }),
    groups: fromMessage("groups", { types: STRUCTURED, required: true, pick: { list: "groups", many: true } }),
    start: optional({ types: TEXT_OR_NUMBER, more: false }),
    messagesPerBlock: count,
    minutesPerBlock: count,
    days: optional({ types: STRUCTURED, more: false }),
    timeIntervals: optional({ types: STRUCTURED, more: false }),
  },
});
