import { defineConfigNode } from "../kit/definition.ts";

export const definition = defineConfigNode({
  type: "messaging-route",
  fields: {
    strategy: { kind: "choice", options: ["failover", "round-robin"], value: "failover" },
    failoverOnRejected: { kind: "boolean", value: false },
  },
  /** Of `{provider, account, prefixes}`, in order. */
  lists: ["members"],
  needs: ["sendSms", "sendEmail"],
});
