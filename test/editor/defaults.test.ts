import { strict as assert } from "node:assert";
import type { Defaults } from "../../nodes/kit/editor/fields.ts";
import { loadNodes, type NodeEntry } from "../../scripts/node-set.ts";
import { defaultsOf } from "../support/node-properties.ts";

/** What saved flows depend on, written out by hand. A typed field `x: "msg.to"` stands for `x` and `xType`. */
const EXPECTED: Record<string, Record<string, unknown>> = {
  "connectus-account": {
    name: "",
    baseUrl: "",
    parameters: "auto",
    country: "CL",
    timeZone: "America/Santiago",
    concurrency: 10,
    ratePerSecond: 0,
    mode: "live",
  },
  "messaging-outbox": {
    name: "",
    store: "sqlite",
    path: "",
    schema: "",
    onUnknown: "hold",
    expireAfterSeconds: 86_400,
    maxMessages: 100_000,
  },
  "messaging-route": { name: "", strategy: "failover", failoverOnRejected: false, members: [] },
  "send-sms": {
    ...accounts("connectus", "smshosting", "conectaline"),
    route: "",
    ...typed("to", "msg", "to"),
    ...typed("text", "msg", "payload"),
    ...typed("from", "str", ""),
    ...typed("at", "str", ""),
    ...typed("reference", "msg", "reference"),
    sandboxPhone: true,
    encoding: "auto",
    errorOutput: false,
    outputs: 1,
  },
  "send-bulk": {
    ...accounts("connectus", "smshosting", "conectaline"),
    route: "",
    ...typed("messages", "msg", "payload"),
    ...typed("text", "str", ""),
    ...typed("subject", "str", ""),
    ...typed("from", "str", ""),
    ...typed("at", "str", ""),
    ...typed("deliveryName", "msg", "topic"),
    channel: "sms",
    ...typed("batchSize", "num", ""),
  },
  "send-email": {
    ...accounts("connectus"),
    ...typed("to", "msg", "to"),
    ...typed("subject", "msg", "topic"),
    ...typed("body", "msg", "payload"),
    ...typed("senderName", "str", ""),
    ...typed("from", "str", ""),
    errorOutput: false,
    outputs: 1,
  },
  "check-status": {
    ...accounts("connectus", "smshosting"),
    ...typed("lookup", "msg", "payload"),
    kind: "auto",
    follow: false,
    ...typed("everySeconds", "num", "5"),
    ...typed("withinSeconds", "num", "300"),
  },
  "check-balance": { ...accounts("connectus", "smshosting", "conectaline"), channel: "sms" },
  "smshosting-account": {
    name: "",
    baseUrl: "",
    testMode: false,
    country: "IT",
    timeZone: "Europe/Rome",
    concurrency: 10,
    ratePerSecond: 0,
    mode: "live",
  },
  "conectaline-account": {
    name: "",
    baseUrl: "",
    auth: "token",
    configurationName: "",
    country: "ES",
    timeZone: "Europe/Madrid",
    concurrency: 10,
    ratePerSecond: 0,
    mode: "live",
  },
  "push-send": {
    ...accounts("smshosting"),
    ...typed("to", "msg", "to"),
    ...typed("groups", "str", ""),
    ...typed("text", "msg", "payload"),
    ...typed("image", "str", ""),
    smsFallback: false,
    ...typed("smsText", "str", ""),
    ...typed("smsFrom", "str", ""),
    encoding: "auto",
    ...typed("at", "str", ""),
    ...typed("reference", "str", ""),
    estimateOnly: false,
  },
  "push-invite": { ...accounts("smshosting"), ...typed("to", "msg", "to") },
  "push-image": { ...accounts("smshosting"), ...typed("image", "msg", "payload") },
  "send-campaign": {
    ...accounts("conectaline"),
    ...typed("campaignName", "msg", "topic"),
    ...typed("text", "msg", "payload"),
    ...typed("groups", "msg", "groups"),
    ...typed("start", "str", ""),
    ...typed("messagesPerBlock", "num", ""),
    ...typed("minutesPerBlock", "num", ""),
    ...typed("days", "str", ""),
    ...typed("timeIntervals", "str", ""),
  },
  "webhook-in": {
    ...accounts("connectus", "smshosting", "conectaline"),
    path: "messaging/webhook",
    publicUrl: "",
    maxBodyKB: 64,
  },
  "receive-sms": { ...accounts("smshosting"), ...typed("everySeconds", "num", "60"), ...typed("senders", "str", "") },
  "cancel-sms": { ...accounts("smshosting"), ...typed("lookup", "msg", "payload") },
};

const CREDENTIALS: Record<string, Record<string, "text" | "password">> = {
  "connectus-account": { accountId: "text", apiKey: "password" },
  "smshosting-account": { authKey: "text", authSecret: "password" },
  "conectaline-account": { apiToken: "password", email: "text", password: "password" },
};

/** Ports as the interface has them: inputs and outputs, without the error output. */
const PORTS: Record<string, [number, number]> = {
  "send-sms": [1, 1],
  "webhook-in": [0, 2],
  "send-bulk": [1, 2],
  "send-email": [1, 1],
  "check-status": [1, 2],
  "check-balance": [1, 1],
  "push-send": [1, 1],
  "push-invite": [1, 1],
  "push-image": [1, 1],
  "send-campaign": [1, 1],
  "receive-sms": [0, 1],
  "cancel-sms": [1, 1],
};

/** Node-RED keeps these for itself. */
const RESERVED = ["id", "type", "z", "x", "y", "wires", "g", "d", "status"];

/** What every message node has: its name, and an account of each provider that can do its job, the first one preset. */
function accounts(...providers: string[]): Record<string, string> {
  const ids = Object.fromEntries(providers.map((name) => [name, ""]));
  return { name: "", provider: providers[0] ?? "", ...ids, outbox: "" };
}

function typed(name: string, type: string, value: string): Record<string, string> {
  return { [name]: value, [`${name}Type`]: type };
}

describe("the properties of a node in a saved flow", () => {
  let nodes: NodeEntry[];

  before(async () => {
    nodes = await loadNodes();
  });

  it("are known for every node of the package", () => {
    assert.deepEqual(nodes.map(({ type }) => type).sort(), Object.keys(EXPECTED).sort());
  });

  it("have the names and presets that the interface fixes", () => {
    for (const node of nodes) {
      const presets = Object.entries(defaultsOf(node)).map(([name, { value }]) => [name, value]);
      assert.deepEqual(Object.fromEntries(presets), EXPECTED[node.type], node.type);
    }
  });

  it("name the config node type of each account, route and outbox", () => {
    for (const node of nodes) {
      if (node.kind !== "message") continue;
      const references = Object.entries(defaultsOf(node)).filter(([, { type }]) => type !== undefined);
      const expected: Defaults = Object.fromEntries(
        node.providers.map(({ name }) => [name, { value: "", type: `${name}-account` }]),
      );
      if (["send-sms", "send-bulk"].includes(node.type)) expected.route = { value: "", type: "messaging-route" };
      if (node.type.startsWith("send-") && node.type !== "send-campaign") {
        expected.outbox = { value: "", type: "messaging-outbox", required: false };
      }
      assert.deepEqual(Object.fromEntries(references), expected, node.type);
    }
  });

  it("never take a name of Node-RED's own", () => {
    const taken = nodes.flatMap((node) => Object.keys(defaultsOf(node)).filter((name) => RESERVED.includes(name)));
    assert.deepEqual(taken, []);
  });

  it("leave credentials out, which have their own list", () => {
    for (const node of nodes) {
      if (node.kind !== "account") continue;
      const kinds = Object.entries(node.definition.credentials).map(([name, { secret }]) => [
        name,
        secret ? "password" : "text",
      ]);
      assert.deepEqual(Object.fromEntries(kinds), CREDENTIALS[node.type]);
      assert.deepEqual(
        Object.keys(defaultsOf(node)).filter((name) => name in node.definition.credentials),
        [],
      );
    }
  });

  it("go with the ports that the interface fixes", () => {
    const ports = nodes.flatMap((node) =>
      node.kind === "message" ? [[node.type, [node.definition.inputs, node.definition.outputs.length]]] : [],
    );
    assert.deepEqual(Object.fromEntries(ports), PORTS);
  });
});
