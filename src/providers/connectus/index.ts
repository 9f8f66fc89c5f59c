import { once } from "../../once.ts";
import type { Provider } from "../../provider.ts";

const sms = once(() => import("./sms.ts"));
const webhook = once(() => import("./webhook.ts"));

/**
 * Connectus (Chile): SMS and e-mail, API v1.3. Each operation is loaded when it is first used, so that knowing this
 * provider costs nothing at start.
 */
export const connectus: Provider = {
  name: "connectus",
  label: "Connectus",
  // Always https, though one sample of the document (p. 15) shows http.
  baseUrl: "https://api.connectus.cl/api_v1",
  country: "CL",
  timeZone: "America/Santiago",
  requiredCredentials: () => ["accountId", "apiKey"],
  operations: {
    sendSms: {
      // Document p. 9.
      maxRecipients: 1000,
      honours: ["at", "deliveryName"],
      send: async (...call) => (await sms()).sendSms(...call),
    },
    sendEmail: {
      // The document gives no limit for e-mail: that of SMS is kept.
      maxRecipients: 1000,
      honours: ["from", "senderName", "at", "deliveryName"],
      send: async (...call) => (await import("./email.ts")).sendEmail(...call),
    },
    checkStatus: async (...call) => (await import("./status.ts")).checkStatus(...call),
    checkBalance: {
      channels: ["sms", "email"],
      unit: "messages",
      check: async (...call) => (await import("./balance.ts")).checkBalance(...call),
    },
    readWebhook: async (...call) => (await webhook()).readWebhook(...call),
  },
  sandboxPhone: "+56990324203",
  sandbox: async () => (await import("./stand-in.ts")).connectusStandIn(),
};
