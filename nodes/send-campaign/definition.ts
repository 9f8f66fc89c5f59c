import { COUNT, STRUCTURED, TEXT_OR_NUMBER, defineMessageNode, fromMessage, optional } from "../kit/definition.ts";

/** A whole number; empty = all at once. */
const count = optional({ types: COUNT, type: "num" });

export const definition = defineMessageNode({
  type: "send-campaign",
  color: "#8FCBBF",
  inputs: 1,
  outputs: ["result"],
  errorOutput: false,
  needs: "sendCampaign",
  fields: {
    campaignName: fromMessage("topic", { required: true }),
    text: fromMessage("payload", { required: true, live: "sms-text" }),
    groups: fromMessage("groups", { types: STRUCTURED, required: true, pick: { list: "groups", many: true } }),
    start: optional({ types: TEXT_OR_NUMBER, more: false, live: "time" }),
    messagesPerBlock: count,
    minutesPerBlock: count,
    days: optional({ types: STRUCTURED }),
    timeIntervals: optional({ types: STRUCTURED }),
  },
});
