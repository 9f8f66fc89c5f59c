import type { Provider } from "../../provider.ts";

/**
 * Conectaline WebSMS (Spain), API v1: SMS and campaigns. It is a white label of Mensagia, whose own API and other white
 * labels differ in the base URL only (providers.md). It has no status call: reports come to the callback URL of an API
 * configuration. Each operation is loaded when it is first used, so that knowing this provider costs nothing at start.
 */
export const conectaline: Provider = {
  name: "conectaline",
  label: "Conectaline",
  baseUrl: "https://apisms.conectaline.com/v1",
  country: "ES",
  timeZone: "Europe/Madrid",
  requiredCredentials: ({ auth }) => (auth === "login" ? ["email", "password"] : ["apiToken"]),
  signIn: async ({ options, memory }) =>
    options.auth === "login" ? (await import("./login.ts")).signInOf(memory) : undefined,
  operations: {
    sendSms: {
      // Document, "Envío múltiple"; it gives no limit for the simple one.
      maxRecipients: 1000,
      // Sender and callback belong to the API configuration, and no request has a field for a name or a reference.
      honours: ["at"],
      send: async (session, messages, options) => (await import("./sms.ts")).sendSms(session, messages, options),
    },
    sendCampaign: async (...call) => (await import("./campaign.ts")).sendCampaign(...call),
    checkBalance: {
      channels: ["sms"],
      unit: "money",
      check: async (session) => (await import("./balance.ts")).checkBalance(session),
    },
    readWebhook: async (...call) => (await import("./webhook.ts")).readWebhook(...call),
    lists: {
      configurations: async (session) => (await import("./lists.ts")).listConfigurations(session),
      groups: async (session) => (await import("./lists.ts")).listGroups(session),
    },
  },
  sandboxPhone: "+34600100100",
  sandbox: async () => (await import("./stand-in.ts")).conectalineStandIn(),
};
