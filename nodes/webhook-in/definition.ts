import { defineMessageNode } from "../kit/definition.ts";

export const definition = defineMessageNode({
  type: "webhook-in",
  color: "#D3C4E3",
  inputs: 0,
  outputs: ["report", "inbound"],
  errorOutput: false,
  needs: "readWebhook",
  fields: {
    path: { kind: "text", value: "messaging/webhook", required: true },
    /** How the internet reaches this Node-RED; the path, and the root of Node-RED's HTTP nodes, come after it. */
    publicUrl: { kind: "text", value: "" },
    maxBodyKB: { kind: "number", value: 64, min: 1, max: 1024, more: true },
  },
  credentials: {
    secret: { kind: "credential", secret: true },
    /** The one before, valid until it is removed. */
    previousSecret: { kind: "credential", secret: true },
  },
});
