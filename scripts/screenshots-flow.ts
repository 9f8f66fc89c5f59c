const TAB = "tab";

/** A node of the picture, at a place. */
function node(id: string, type: string, x: number, y: number, values: object): object {
  return { id, type, z: TAB, x, y, wires: [], ...values };
}

function inject(id: string, name: string, y: number, to: string, payload: string): object {
  const props = [{ p: "payload" }, { p: "to", v: to, vt: "str" }];
  const never = { repeat: "", crontab: "", once: false, onceDelay: 0.1 };
  return node(id, "inject", 130, y, {
    ...never,
    name,
    props,
    topic: "",
    payload,
    payloadType: "str",
    wires: [["send"]],
  });
}

/** An alarm that hears back, and an answer that is thanked for: what the README's pictures show. */
export const FLOW: readonly object[] = [
  { id: TAB, type: "tab", label: "Pump station" },
  { id: "account", type: "connectus-account", name: "Alarms", mode: "sandbox" },
  { id: "outbox", type: "messaging-outbox", name: "Alarms on disk" },
  inject("ask", "Ask the shift", 80, "+56990320011", "Pump 3 is too hot. Can you go there? Answer OK."),
  inject("alarm", "Alarm", 140, "+56990324203", "ALARM: pump 3 is too hot."),
  inject("odd", "Alarm, badly", 200, "+56990320005", "ALARM: no pressure in line 2."),
  node("send", "send-sms", 330, 140, {
    name: "Alarm by SMS",
    provider: "connectus",
    connectus: "account",
    outbox: "outbox",
    wires: [["check"]],
  }),
  node("check", "check-status", 510, 140, {
    name: "Follow it",
    provider: "connectus",
    connectus: "account",
    follow: true,
    wires: [["delivered"], []],
  }),
  node("delivered", "debug", 650, 140, { name: "status", complete: "payload.status" }),
  node("hear", "webhook-in", 150, 320, {
    name: "Reports and replies",
    provider: "connectus",
    connectus: "account",
    wires: [["report"], ["thank"]],
  }),
  node("report", "debug", 380, 290, { name: "delivery report", complete: "payload" }),
  node("thank", "send-sms", 380, 350, {
    name: "Thank the sender",
    provider: "message",
    text: "Thank you, the shift knows.",
    textType: "str",
    wires: [["thanked"]],
  }),
  node("thanked", "debug", 580, 350, { name: "answered", complete: "payload" }),
  node("form", "send-sms", 380, 430, {
    name: "Tell the customer",
    provider: "connectus",
    connectus: "account",
    to: "990324203, +34 600 123 456",
    toType: "str",
    text: "Your order is ready. José hands it over at Avenida Córdoba 1200 until 21:00. See you!",
    textType: "str",
  }),
];
