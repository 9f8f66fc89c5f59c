import { account, tab } from "../../test/support/flows.ts";
import type { FlowNode } from "../../test/support/node-red.ts";
import { outbox } from "../../test/support/outbox.ts";

export const WEBHOOK_SECRET = "soak-webhook-secret-soak-webhook";

const on = { z: "tab", x: 100, y: 100 };
const connectus = { provider: "connectus", connectus: "account" };

/** Posts to `/direct`, `/stored` and `/bulk` are sent in that way, reports come in at `/reports`, and `/look` tells what is in use. */
export function soakFlow(baseUrl: string): FlowNode[] {
  const reports = { ...connectus, path: "reports" };
  return [
    tab(),
    account(baseUrl, { concurrency: 20 }),
    outbox({ expireAfterSeconds: 120 }),
    ...posted("direct", "send-sms", {}),
    ...posted("stored", "send-sms", { outbox: "outbox" }),
    ...posted("bulk", "send-bulk", {}),
    { ...on, id: "webhook", type: "webhook-in", ...reports, wires: [["count"], ["count"]] },
    { ...on, id: "catch", type: "catch", scope: null, uncaught: false, wires: [["count"]] },
    { ...on, id: "count", type: "function", func: COUNT, outputs: 1, wires: [[]] },
    { ...on, id: "asked", type: "http in", url: "/look", method: "get", wires: [["look"]] },
    { ...on, id: "look", type: "function", func: LOOK, outputs: 1, wires: [["tell"]] },
    { ...on, id: "tell", type: "http response", statusCode: "200", wires: [] },
  ];
}

/** For settings.js: what a function node may call. */
export const LOOKING = `
require("node:v8").setFlagsFromString("--expose_gc");
const collect = require("node:vm").runInNewContext("gc");
module.exports.functionGlobalContext = { look: () => {
  collect();
  collect();
  const { heapUsed, rss, external } = process.memoryUsage();
  const resources = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  return { heapMb: heapUsed / 2 ** 20, rssMb: rss / 2 ** 20, externalMb: external / 2 ** 20, resources };
} };
`;

const COUNT = `
const name = msg.error ? msg.error.code : msg.payload.type ? "reports" : "results";
const counts = global.get("counts") ?? {};
global.set("counts", { ...counts, [name]: (counts[name] ?? 0) + 1 });`;

const LOOK = `
msg.payload = { ...global.get("look")(), counts: global.get("counts") ?? {} };
return msg;`;

function posted(name: string, type: string, more: Record<string, unknown>): FlowNode[] {
  const func = "return { ...msg.payload, _msgid: msg._msgid };";
  return [
    { ...on, id: `in-${name}`, type: "http in", url: `/${name}`, method: "post", wires: [[`take-${name}`, "tell"]] },
    { ...on, id: `take-${name}`, type: "function", func, outputs: 1, wires: [[name]] },
    { ...on, id: name, type, ...connectus, ...more, wires: [["count"], []] },
  ];
}
