import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import type { FlowNode } from "../support/node-red.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";
import { postJson, SECRET, WEBHOOK_CREDENTIALS, WEBHOOK_PATH } from "../support/webhook.ts";

const DEPLOYS = 12;
const SENDERS = 6;

const on = { z: "tab", x: 100, y: 100 };

/** What comes out of the webhook is counted two nodes on, by its id, and told at `/came`. */
const FLOW: FlowNode[] = [
  { id: "tab", type: "tab", label: "Test" },
  {
    ...on,
    id: "webhook",
    type: "webhook-in",
    provider: "connectus",
    path: WEBHOOK_PATH,
    wires: [["change"], []],
  },
  {
    ...on,
    id: "change",
    type: "change",
    rules: [{ t: "set", p: "topic", pt: "msg", to: "payload.id", tot: "msg" }],
    wires: [["count"]],
  },
  {
    ...on,
    id: "count",
    type: "function",
    func: "const came = global.get('came') ?? {}; came[msg.topic] = (came[msg.topic] ?? 0) + 1; global.set('came', came);",
    outputs: 0,
    wires: [],
  },
  { ...on, id: "in", type: "http in", url: "/came", method: "get", wires: [["tell"]] },
  {
    ...on,
    id: "tell",
    type: "function",
    func: "msg.payload = global.get('came') ?? {}; return msg;",
    outputs: 1,
    wires: [["out"]],
  },
  { ...on, id: "out", type: "http response", wires: [] },
];

describe("a webhook in a Node-RED that is deployed under load", function () {
  this.timeout(180_000);
  let nodeRed: NodeRedProcess;

  before(async () => {
    nodeRed = await NodeRedProcess.start({ flows: FLOW, credentials: WEBHOOK_CREDENTIALS });
  });
  after(() => nodeRed.stop());

  async function deploy(type: string, name: string): Promise<void> {
    const flow = FLOW.map((node) =>
      node.id === "webhook" ? { ...node, name, credentials: WEBHOOK_CREDENTIALS.webhook } : node,
    );
    const headers = { "content-type": "application/json", "Node-RED-Deployment-Type": type };
    const answer = await fetch(`${nodeRed.url}flows`, { method: "POST", headers, body: JSON.stringify(flow) });
    assert.equal(answer.status, 204, await answer.text());
  }

  for (const type of ["full", "flows"]) {
    it(`loses no report that it acknowledged (${type})`, async () => {
      const url = `${nodeRed.url}${WEBHOOK_PATH}/${SECRET}`;
      const taken = new Set<string>();
      const tried = new Map<string, number>();
      let isRunning = true;
      let sent = 0;
      // As a provider does: what was not acknowledged is sent again.
      const senders = Array.from({ length: SENDERS }, async () => {
        for (let id = ""; isRunning;) {
          if (id === "" || taken.has(id)) id = `${type}-${sent++}`;
          tried.set(id, (tried.get(id) ?? 0) + 1);
          const { status, headers } = await postJson(url, { id_sms: id, status: "ENTREGADO" });
          if (status === 200) taken.add(id);
          else if (status === 503) assert.ok(headers["retry-after"]);
        }
      });
      for (let deploys = 0; deploys < DEPLOYS; deploys++) {
        await deploy(type, `${type} ${deploys}`);
        await sleep(100);
      }
      isRunning = false;
      await Promise.all(senders);
      const came = (await (await fetch(`${nodeRed.url}came`)).json()) as Record<string, number>;
      assert.ok(taken.size > DEPLOYS);
      assert.deepEqual(
        [...taken].filter((id) => !came[id]),
        [],
        `of ${taken.size} acknowledged`,
      );
      assert.deepEqual(
        [...taken].filter((id) => tried.get(id) === 1 && came[id] !== 1),
        [],
        "came out more than once",
      );
    });
  }
});
