import type { FlowNode } from "./node-red.ts";

/** Where the flow's own routes are, whatever httpAdminRoot is. */
interface Place {
  readonly url: string;
}

/** What to send: through which node, and what its message holds. */
export interface Order {
  readonly by: "connectus" | "smshosting" | "conectaline" | "email" | "push" | "live";
  readonly to: string;
  readonly text: string;
  readonly topic?: string;
  /** Base64. */
  readonly image?: string;
  /** Milliseconds from now. */
  readonly inMs?: number;
}

const ORDERS: readonly Order["by"][] = ["connectus", "smshosting", "conectaline", "email", "push", "live"];

/**
 * A flow with an account of each provider in sandbox mode, and one that is live and cannot be reached. What is posted to `/send`
 * goes out; what people write comes to `/heard`.
 */
export function phonesFlow(): FlowNode[] {
  const on = { z: "tab", x: 100, y: 100 };
  const account = (name: string, more: object) => ({ id: `of-${name}`, type: `${name}-account`, ...more });
  const sms = (name: string) => ({
    ...on,
    id: name,
    type: "send-sms",
    provider: name,
    [name]: `of-${name}`,
    wires: [],
  });
  const hook = (name: string) => ({
    ...on,
    id: `hook-${name}`,
    type: "webhook-in",
    provider: name,
    [name]: `of-${name}`,
    path: `hook/${name}`,
    wires: [[], ["hear"]],
  });
  return [
    { id: "tab", type: "tab", label: "Phones" },
    account("connectus", { name: "Alarms", mode: "sandbox" }),
    account("smshosting", { name: "SMSHosting", mode: "sandbox" }),
    account("conectaline", { name: "Conectaline", mode: "sandbox", configurationName: "Tienda" }),
    { id: "of-live", type: "connectus-account", name: "Real", mode: "live", baseUrl: "http://127.0.0.1:9" },
    { ...on, id: "in", type: "http in", url: "/send", method: "post", wires: [["spread", "answer"]] },
    {
      ...on,
      id: "spread",
      type: "function",
      func: `const { by, to, text, topic, image, inMs } = msg.payload;
        const found = { to, topic, payload: text, image: image && Buffer.from(image, "base64"), at: inMs && Date.now() + inMs };
        return ${JSON.stringify(ORDERS)}.map((one) => (one === by ? found : null));`,
      outputs: ORDERS.length,
      wires: ORDERS.map((one) => [one]),
    },
    { ...on, id: "answer", type: "http response", statusCode: "200", wires: [] },
    { ...sms("connectus"), name: "Alarm" },
    { ...sms("smshosting"), at: "at", atType: "msg" },
    sms("conectaline"),
    {
      ...on,
      id: "email",
      type: "send-email",
      connectus: "of-connectus",
      senderName: "Monitor",
      senderNameType: "str",
      wires: [],
    },
    { ...on, id: "push", type: "push-send", smshosting: "of-smshosting", image: "image", imageType: "msg", wires: [] },
    { ...on, id: "live", type: "send-sms", name: "On call", provider: "connectus", connectus: "of-live", wires: [] },
    hook("connectus"),
    hook("smshosting"),
    {
      ...on,
      id: "hear",
      type: "function",
      func: `global.set("heard", [...(global.get("heard") ?? []), msg.payload]);`,
      outputs: 0,
      wires: [],
    },
    { ...on, id: "ask", type: "http in", url: "/heard", method: "get", wires: [["tell"]] },
    {
      ...on,
      id: "tell",
      type: "function",
      func: `return Object.assign(msg, { payload: global.get("heard") ?? [] });`,
      outputs: 1,
      wires: [["answer"]],
    },
  ];
}

export const LIVE_CREDENTIALS = { "of-live": { accountId: "acme", apiKey: "obviously-fake-key" } };

/** Has the flow send; resolves when it has begun. */
export async function order(nodeRed: Place, ...orders: readonly Order[]): Promise<void> {
  for (const one of orders) {
    const answer = await fetch(new URL("/send", nodeRed.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(one),
    });
    if (!answer.ok) throw new Error(`/send answered ${answer.status}`);
  }
}

/** What webhooks have heard from people. */
export async function heard(nodeRed: Place): Promise<{ from: string; to?: string; text: string }[]> {
  return (await fetch(new URL("/heard", nodeRed.url))).json() as Promise<{ from: string; to?: string; text: string }[]>;
}
