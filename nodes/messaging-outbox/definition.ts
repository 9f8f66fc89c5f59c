import { defineConfigNode } from "../kit/definition.ts";

export const definition = defineConfigNode({
  type: "messaging-outbox",
  fields: {
    onUnknown: { kind: "choice", options: ["hold", "resend", "check"], value: "hold" },
    expireAfterSeconds: { kind: "number", value: 86_400, min: 1 },
    store: { kind: "choice", options: ["sqlite", "postgres"], value: "sqlite" },
    path: { kind: "text", value: "", when: { store: ["sqlite"] }, more: true },
    schema: { kind: "text", value: "", when: { store: ["postgres"] }, more: true },
    maxMessages: { kind: "number", value: 100_000, min: 1, more: true },
  },
  credentials: {
    connectionString: { kind: "credential", secret: true, required: true, when: { store: ["postgres"] } },
  },
});
