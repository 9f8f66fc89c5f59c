import { EMAIL_CANARY, NUMBER_CANARIES, TEXT_CANARY } from "./canaries.ts";

/** What to post: a message for each type of node, with a number of this country. */
export function canaryMessages(to: string): Record<string, object> {
  const text = { payload: TEXT_CANARY, to };
  const many = [
    { to, text: TEXT_CANARY, name: TEXT_CANARY },
    { to: EMAIL_CANARY, text: TEXT_CANARY, subject: TEXT_CANARY },
  ];
  return {
    "send-sms": { ...text, reference: "canary" },
    "send-bulk": { payload: many, topic: "Canaries", subject: TEXT_CANARY },
    "send-campaign": { topic: "Canaries", payload: TEXT_CANARY, groups: ["1"] },
    "send-email": { to: EMAIL_CANARY, topic: TEXT_CANARY, payload: TEXT_CANARY },
    "push-send": { ...text, smsText: TEXT_CANARY },
    "push-invite": { to },
    "push-image": { payload: "7731" },
    "check-status": { payload: { reference: "canary", number: to } },
    "cancel-sms": { payload: "7731" },
    "check-balance": {},
  };
}

/** The same with every mistake that has the content in the wrong place. */
export function mistakenMessages(): Record<string, object> {
  const [to = ""] = NUMBER_CANARIES;
  const wrong = {
    to: TEXT_CANARY,
    payload: { text: TEXT_CANARY, to },
    at: TEXT_CANARY,
    reference: { to },
    topic: { to },
  };
  const types = Object.keys(canaryMessages(to));
  return {
    ...Object.fromEntries(types.map((type) => [type, wrong])),
    "send-bulk": { payload: [{ to: `${to}${to}`, text: `{{#x}} ${TEXT_CANARY} ${to}` }, TEXT_CANARY, { text: to }] },
    "push-image": { payload: TEXT_CANARY },
    "check-status": { payload: TEXT_CANARY },
    "cancel-sms": { payload: { text: TEXT_CANARY, to } },
  };
}
