import { defineAccountNode } from "../kit/definition.ts";

export const definition = defineAccountNode({
  type: "conectaline-account",
  fields: {
    auth: { kind: "choice", options: ["token", "login"], value: "token" },
    configurationName: { kind: "text", value: "", required: true, pick: { list: "configurations" } },
  },
  credentials: {
    apiToken: { kind: "credential", secret: true, required: true, when: { auth: ["token"] } },
    email: { kind: "credential", secret: false, required: true, when: { auth: ["login"] } },
    password: { kind: "credential", secret: true, required: true, when: { auth: ["login"] } },
  },
});
