import { strict as assert } from "node:assert";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import type { StatusResult } from "../../src/result.ts";
import { account, CREDENTIALS, flowOf } from "../support/flows.ts";
import { RunningFlow } from "../support/node-red.ts";

describe("check-status and check-balance in a real Node-RED", () => {
  let sandbox: Sandbox;
  let flow: RunningFlow;
  /** Milliseconds by which the sandbox's clock is ahead. */
  let ahead = 0;

  beforeEach(async () => {
    ahead = 0;
    sandbox = await startSandbox(connectusStandIn(), { now: () => Date.now() + ahead });
  });
  afterEach(async () => {
    await flow.stop();
    await sandbox.close();
  });

  /** A send-sms node whose result goes to a check-status node, as people wire it. */
  async function start(fields: Record<string, unknown> = {}, send: Record<string, unknown> = {}): Promise<void> {
    const sender = { id: "send", z: "tab", type: "send-sms", provider: "connectus", connectus: "account", ...send };
    const nodes = [...flowOf({ type: "check-status", ...fields }, 2), { ...sender, wires: [["node"]] }];
    flow = await RunningFlow.start([...nodes, account(sandbox.url)], CREDENTIALS);
  }

  const statuses = () => flow.received("out").map(({ payload }) => (payload as StatusResult).status);

  it("tells the status of what a send node sent", async () => {
    await start();
    flow.send("send", { to: "990324203", payload: "x", topic: "kept" });
    const { payload, topic } = await flow.first("out");
    assert.deepEqual(payload, {
      provider: "connectus",
      channel: "sms",
      id: sandbox.messages()[0]?.id,
      status: "scheduled",
      final: false,
      providerStatus: "PROGRAMADO",
      raw: { status: "PROGRAMADO" },
    });
    assert.equal(topic, "kept");
    await flow.shows("node", { fill: "blue", shape: "ring", text: "status.scheduled" });
  });

  it("tells the status of each message of a bulk", async () => {
    await start({}, { type: "send-bulk", text: "x", textType: "str" });
    flow.send("send", { payload: ["990324203", "990320001"] });
    await flow.first("out");
    ahead = 5000;
    flow.send("node", await flow.first("out"));
    const [, second] = await flow.until("out", 2);
    const { final, messages } = second?.payload as StatusResult;
    assert.equal(final, true);
    assert.deepEqual(
      messages?.map(({ status }) => status),
      ["delivered", "rejected"],
    );
  });

  it("follows a message to its end, each change once, then is done", async () => {
    await start({ follow: true, everySeconds: 0.2, withinSeconds: 20 });
    flow.send("send", { to: "990324203", payload: "x" });
    await flow.eventually(() => statuses().includes("delivered"), "delivery");
    await flow.eventually(() => flow.outcomes("node").length > 0, "done");
    assert.deepEqual(statuses(), ["scheduled", "queued", "sent", "delivered"]);
    assert.deepEqual(flow.outcomes("node"), ["done"]);
    assert.equal(flow.received("out2").length, 0);
    await flow.shows("node", { fill: "green", shape: "dot", text: "status.delivered" });
  });

  it("hands a message that takes too long to the second output", async () => {
    await start({ follow: true, everySeconds: 0.2, withinSeconds: 2 });
    flow.send("send", { to: "990320003", payload: "x", ticket: 12 });
    const { payload, ticket } = await flow.first("out2");
    assert.equal((payload as StatusResult).providerStatus, "ESPERANDO_RESPUESTA");
    assert.equal(ticket, 12);
    await flow.eventually(() => flow.outcomes("node").length > 0, "done");
    assert.deepEqual(flow.outcomes("node"), ["done"]);
    await flow.eventually(() => flow.status("node")?.text === "status.overdue", "the badge");
  });

  it("keeps following through failures that pass", async () => {
    await start({ follow: true, everySeconds: 0.2, withinSeconds: 20 });
    sandbox.misbehave({ kind: "html" }, { times: 2, path: "check_sms_status" });
    flow.send("send", { to: "990324203", payload: "x" });
    await flow.eventually(() => statuses().includes("delivered"), "delivery", 15_000);
  }).timeout(20_000);

  it("ends with the provider's refusal of an unknown id", async () => {
    await start({ follow: true });
    flow.send("node", { payload: "0123456789abcdef0123456789abcdef" });
    const { error } = await flow.first("caught");
    assert.equal(error?.code, "REJECTED");
    assert.equal(error.cause?.outcome, "rejected");
    assert.deepEqual(flow.outcomes("node"), ["REJECTED"]);
  });

  it("stops following at a deploy, at once and without an error", async () => {
    await start({ follow: true, everySeconds: 30, withinSeconds: 300 });
    flow.send("send", { to: "990324203", payload: "x" });
    await flow.first("out");
    const began = performance.now();
    await flow.deploy();
    assert.ok(performance.now() - began < 5000);
    assert.deepEqual(flow.outcomes("node"), ["done"]);
  });

  it("refuses what holds no id, before any request", async () => {
    await start();
    flow.send("node", { payload: {} });
    assert.equal((await flow.first("caught")).error?.code, "INVALID_MESSAGE");
    assert.equal(sandbox.requests().length, 0);
  });

  for (const [channel, path] of [
    ["sms", "check_balance"],
    ["email", "check_email_balance"],
  ]) {
    it(`asks for the ${channel} balance`, async () => {
      const nodes = flowOf({ type: "check-balance", channel });
      flow = await RunningFlow.start([...nodes, account(sandbox.url)], CREDENTIALS);
      flow.send("node", { topic: "kept" });
      const { payload, topic } = await flow.first("out");
      assert.deepEqual(payload, { provider: "connectus", channel, balance: 100_000, raw: { balance: "100000" } });
      assert.equal(topic, "kept");
      assert.equal(sandbox.requests()[0]?.path, path);
      await flow.shows("node", { fill: "green", shape: "dot", text: "100000" });
    });
  }

  it("says in its badge that a balance is the sandbox's", async () => {
    const nodes = flowOf({ type: "check-balance" });
    flow = await RunningFlow.start([...nodes, account("", { mode: "sandbox" })]);
    flow.send("node", { payload: "" });
    await flow.first("out");
    await flow.shows("node", { fill: "green", shape: "dot", text: "100000 (sandbox)" });
  });
});

describe("send-email in a real Node-RED", () => {
  it("sends subject, body and sender as they are", async () => {
    const sandbox = await startSandbox(connectusStandIn());
    const fields = { senderName: "Ñuñoa & Co", senderNameType: "str", from: "alarms@example.com", fromType: "str" };
    const nodes = flowOf({ type: "send-email", ...fields });
    const flow = await RunningFlow.start([...nodes, account(sandbox.url)], CREDENTIALS);
    flow.send("node", { to: "ana@example.com", topic: "100 % + más", payload: "<p>¡Hola! 🚨 a&b</p>" });
    const { payload } = await flow.first("out");
    await flow.stop();
    const [message] = sandbox.messages();
    await sandbox.close();
    assert.equal((payload as { channel: string }).channel, "email");
    assert.deepEqual(
      [message?.to, message?.subject, message?.text, message?.from],
      ["ana@example.com", "100 % + más", "<p>¡Hola! 🚨 a&b</p>", "Ñuñoa & Co <alarms@example.com>"],
    );
  });
});
