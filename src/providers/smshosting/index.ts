import type { Provider } from "../../provider.ts";
import { BULK_RECIPIENTS, isMessageId, PAGE_SIZE } from "./limits.ts";

/**
 * SMSHosting (Italy): SMS, and push with an image and an SMS for those without the app. The reseller brand smstools.it is the
 * same API at another base URL (providers.md). Each operation is loaded when it is first used, so that knowing this provider
 * costs nothing at start.
 */
export const smshosting: Provider = {
  name: "smshosting",
  label: "SMSHosting",
  baseUrl: "https://api.smshosting.it/rest/api",
  country: "IT",
  timeZone: "Europe/Rome",
  // The document, at push/send, smsText; another page speaks of 7.
  maxSmsParts: 5,
  requiredCredentials: () => ["authKey", "authSecret"],
  operations: {
    sendSms: {
      // The document gives no limit. From BULK_RECIPIENTS of one text on it is sms/sendbulk, whose reply names no recipients.
      maxRecipients: 10 * BULK_RECIPIENTS,
      usualRecipients: BULK_RECIPIENTS / 2,
      honours: ["at", "from", "reference", "encoding"],
      repeatCodes: ["DUPLICATESMS", "DUPLICATE_SMS"],
      send: async (session, messages, options) => (await import("./sms.ts")).sendSms(session, messages, options),
    },
    estimateSms: async (...call) => (await import("./sms.ts")).estimateSms(...call),
    sendPush: async (...call) => (await import("./push.ts")).sendPush(...call),
    estimatePush: async (...call) => (await import("./push.ts")).estimatePush(...call),
    invite: async (...call) => (await import("./app.ts")).invite(...call),
    downloadImage: async (...call) => (await import("./app.ts")).downloadImage(...call),
    cancelSms: async (...call) => (await import("./cancel.ts")).cancelSms(...call),
    receiveSms: async (...call) => (await import("./receive.ts")).receiveSms(...call),
    checkStatus: async (...call) => (await import("./status.ts")).checkStatus(...call),
    checkMany: {
      maxIds: PAGE_SIZE,
      takes: isMessageId,
      check: async (...call) => (await import("./status.ts")).checkMany(...call),
    },
    checkBalance: {
      channels: ["sms"],
      unit: "money",
      check: async (session) => (await import("./user.ts")).checkBalance(session),
    },
    readWebhook: async (...call) => (await import("./webhook.ts")).readWebhook(...call),
    lists: {
      groups: async (session) => (await import("./user.ts")).listGroups(session),
      senders: async (session) => (await import("./user.ts")).listSenders(session),
    },
  },
  sandboxPhone: "+393480000101",
  sandbox: async () => (await import("./stand-in.ts")).smshostingStandIn(),
};
