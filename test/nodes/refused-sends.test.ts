import { strict as assert } from "node:assert";
import type { Sandbox } from "../../src/sandbox/index.ts";
import type { SendResult, StatusResult } from "../../src/result.ts";
import { account, CREDENTIALS, flowOf, withSandbox } from "../support/flows.ts";
import { RunningFlow, type FlowNode } from "../support/node-red.ts";

const REFUSED = ["990320004", "990330004"];

describe("a send in a real Node-RED", () => {
  let sandbox: Sandbox;
  let flow: RunningFlow;

  withSandbox(
    (started) => (sandbox = started),
    () => flow,
  );

  async function start(node: { type: string } & Record<string, unknown>, ...more: FlowNode[]): Promise<void> {
    flow = await RunningFlow.start([...flowOf(node, 2), account(sandbox.url), ...more], CREDENTIALS);
  }

  it("to several, all of whom are refused, fails as a whole, by our checks and by the provider's word", async () => {
    await start({ type: "send-sms" });
    flow.send("node", { to: "12,13", payload: "x" });
    flow.send("node", { to: REFUSED, payload: "x" });
    const errors = (await flow.until("caught", 2)).map(({ error }) => error);
    for (const error of errors) {
      assert.match(error?.message ?? "", /^All 2 recipients were refused\. The first: /);
      assert.equal(error?.cause?.outcome, "rejected");
    }
    assert.deepEqual(errors.map((error) => error?.code).sort(), ["INVALID_NUMBER", "REJECTED"]);
    assert.equal(flow.received("out").length, 0);
  });

  it("of a bulk to the same stays data, and a topic that is no text is not its name", async () => {
    await start({ type: "send-bulk", text: "x", textType: "str" });
    flow.send("node", { payload: REFUSED, topic: { sector: 4 } as unknown as string });
    const { rejected, accepted } = (await flow.first("out")).payload as SendResult;
    assert.deepEqual([rejected, accepted, flow.outcomes("node")], [2, 0, ["done"]]);
  });

  it("says what is wrong with a field in good English", async () => {
    await start({ type: "send-sms" });
    flow.send("node", { to: "990324203", payload: "x", reference: { a: 1 } });
    const { error } = await flow.first("caught");
    assert.match(error?.message ?? "", /"reference" must be text, not an object\. Correct it, or leave it empty\./);
  });

  it("does not go through an account with a setting outside its list", async () => {
    const settings = { parameters: "weird" };
    flow = await RunningFlow.start([...flowOf({ type: "send-sms" }), account(sandbox.url, settings)], CREDENTIALS);
    flow.send("node", { to: "990324203", payload: "x" });
    const { error } = await flow.first("caught");
    assert.deepEqual([error?.code, sandbox.requests().length], ["MISSING_ACCOUNT", 0]);
    assert.match(error?.message ?? "", /The account "Alarms" .*"parameters" must be one of auto, query, form, json/);
  });

  it("of a bulk in uneven requests can be followed to all of its messages", async () => {
    const check = { id: "check", z: "tab", type: "check-status", provider: "connectus", connectus: "account" };
    await start(
      { type: "send-bulk", text: "x", textType: "str", batchSize: "2", batchSizeType: "num" },
      { ...check, lookup: "payload", lookupType: "msg", wires: [["state"], []] },
      { id: "state", z: "tab", type: "helper", wires: [] },
    );
    flow.send("node", { payload: ["990324201", "990324202", "990324203"] });
    const sent = (await flow.first("out")).payload as SendResult;
    assert.equal(sent.deliveries?.length, 2);
    flow.send("check", { payload: sent });
    const { messages } = (await flow.first("state")).payload as StatusResult;
    assert.deepEqual(
      messages?.map(({ id }) => id),
      sent.messages.map(({ id }) => id),
    );
  });
});
