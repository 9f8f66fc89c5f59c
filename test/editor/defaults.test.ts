import { strict as assert } from "node:assert";
import { accountDefaults, messageDefaults, type Defaults } from "../../nodes/kit/editor/fields.ts";
import { loadNodes, type NodeEntry } from "../../scripts/node-set.ts";

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
  "send-sms": {
    name: "",
    provider: "connectus",
    connectus: "",
    outbox: "",
    ...typed("to", "msg", "to"),
    ...typed("text", "msg", "payload"),
    ...typed("from", "str", ""),
    ...typed("at", "str", ""),
    ...typed("reference", "msg", "reference"),
    encoding: "auto",
    errorOutput: false,
    outputs: 1,
  },
  "send-bulk": {
    name: "",
    provider: "connectus",
    connectus: "",
    outbox: "",
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
    name: "",
    provider: "connectus",
    connectus: "",
    outbox: "",
    ...typed("to", "msg", "to"),
    ...typed("subject", "msg", "topic"),
    ...typed("body", "msg", "payload"),
    ...typed("senderName", "str", ""),
    ...typed("from", "str", ""),
    errorOutput: false,
    outputs: 1,
  },
  "check-status": {
    name: "",
    provider: "connectus",
    connectus: "",
    outbox: "",
    ...typed("lookup", "msg", "payload"),
    kind: "auto",
    follow: false,
    ...typed("everySeconds", "num", "5"),
    ...typed("withinSeconds", "num", "300"),
  },
  "check-balance": { name: "", provider: "connectus", connectus: "", outbox: "", channel: "sms" },
};

const CREDENTIALS: Record<string, Record<string, "text" | "password">> = {
  "connectus-account": { accountId: "text", apiKey: "password" },
};

/** Ports as the interface has them: inputs and outputs, without the error output. */
const PORTS: Record<string, [number, number]> = {
  "send-sms": [1, 1],
  "send-bulk": [1, 2],
  "send-email": [1, 1],
  "check-status": [1, 2],
  "check-balance": [1, 1],
};

/** Node-RED keeps these for itself. */
const RESERVED = ["id", "type", "z", "x", "y", "wires", "g", "d", "status"];

function typed(name: string, type: string, value: string): Record<string, string> {
  return { [name]: value, [`${name}Type`]: type };
}

function defaultsOf(node: NodeEntry): Defaults {
  return node.kind === "account"
    ? accountDefaults(node.definition, node.provider)
    : messageDefaults(node.definition, node.providers);
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

  it("name the config node type of each account", () => {
    for (const node of nodes) {
      if (node.kind === "account") continue;
      const references = Object.entries(defaultsOf(node)).filter(([, { type }]) => type !== undefined);
      const expected = node.providers.map(({ name }) => [name, { value: "", type: `${name}-account` }]);
      assert.deepEqual(references, expected, node.type);
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
