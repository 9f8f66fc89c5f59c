import { strict as assert } from "node:assert";
import type { Sandbox } from "../../src/sandbox/index.ts";
import type { SendResult } from "../../src/result.ts";
import { account, CREDENTIALS, flowOf, withSandbox } from "../support/flows.ts";
import { RunningFlow, type FlowNode } from "../support/node-red.ts";

describe("send-sms in a real Node-RED", () => {
  let sandbox: Sandbox;
  let flow: RunningFlow;

  withSandbox(
    (started) => (sandbox = started),
    () => flow,
  );

  async function start(fields: Record<string, unknown> = {}, more: FlowNode[] = []): Promise<void> {
    const nodes = [...flowOf({ type: "send-sms", ...fields }), account(sandbox.url), ...more];
    flow = await RunningFlow.start(nodes, CREDENTIALS);
  }

  async function payload(): Promise<SendResult> {
    return (await flow.first("out")).payload as SendResult;
  }

  it("hands on the message with the result as its payload", async () => {
    await start();
    flow.send("node", { to: "+56 9 9032 4203", payload: "Water level high", topic: "tank 4", level: 3 });
    const message = await flow.first("out");
    const id = sandbox.messages()[0]?.id;
    assert.deepEqual(message.payload, {
      provider: "connectus",
      channel: "sms",
      account: "Alarms",
      id,
      accepted: 1,
      rejected: 0,
      failed: 0,
      messages: [{ to: "+56990324203", id, status: "accepted", parts: 1 }],
      raw: { id_sms: id },
    });
    assert.equal(message.topic, "tank 4");
    assert.equal(message.level, 3);
    assert.equal(message.to, "+56 9 9032 4203");
    assert.deepEqual(flow.outcomes("node"), ["done"]);
    await flow.shows("node", { fill: "green", shape: "dot", text: "status.sent" });
  });

  for (const to of ["+56 9 9032 4203", "56990324203", "990324203", 56990324203, ["990324203"]]) {
    it(`sends to the number given as ${JSON.stringify(to)}`, async () => {
      await start();
      flow.send("node", { to, payload: "x" });
      assert.equal((await payload()).messages[0]?.to, "+56990324203");
      assert.deepEqual(
        sandbox.messages().map((message) => message.to),
        ["+56990324203"],
      );
    });
  }

  for (const [id, type, number] of [
    ["a", "connectus", "+56990324203"],
    ["b", "smshosting", "+393480000101"],
    ["c", "conectaline", "+34600100100"],
  ] as const) {
    it(`of the palette sends what is for nobody to the ${type} sandbox's own phone, and says so once`, async () => {
      const trying = { provider: type, [type]: id, sandboxPhone: true };
      await start(trying, [{ id, type: `${type}-account`, mode: "sandbox" }]);
      for (const payload of [`Hello ${id}`, `Again ${id}`]) flow.send("node", { payload });
      const [first, second] = await flow.until("out", 2);
      for (const message of [first, second]) {
        assert.equal((message?.payload as SendResult).messages[0]?.to, number);
        assert.equal("to" in (message ?? {}), false, "the message itself stays as it was");
      }
      assert.match(flow.warnings().join(), /^A message names no recipient: it went to the sandbox's own phone, which/);
      assert.equal(flow.warnings().length, 1);
    });
  }

  for (const [where, fields, more] of [
    ["of a flow that does not say so", {}, { mode: "sandbox" }],
    ["that is live", { sandboxPhone: true }, {}],
    ["that is switched off", { sandboxPhone: true }, { mode: "off" }],
  ] as const) {
    it(`refuses what is for nobody through an account ${where}`, async () => {
      flow = await RunningFlow.start(
        [...flowOf({ type: "send-sms", ...fields }), account(sandbox.url, more)],
        CREDENTIALS,
      );
      flow.send("node", { payload: "x" });
      assert.equal((await flow.first("caught")).error?.code, "INVALID_NUMBER");
      assert.deepEqual(sandbox.messages(), []);
    });
  }

  it("leaves the text as it is, whatever its characters", async () => {
    await start();
    const text = "ñ Ñ á 🚨 a&b=c +1 100% #4 {{x}} \\ \"q\" 'q' <b>\nzweite Zeile";
    flow.send("node", { to: "990324203", payload: text });
    await payload();
    assert.equal(sandbox.messages()[0]?.text, text);
  });

  it("sends a number or a boolean as its text", async () => {
    await start();
    flow.send("node", { to: "990324203", payload: 21.5 });
    await payload();
    assert.equal(sandbox.messages()[0]?.text, "21.5");
  });

  it("sends to a comma list, in order, and names the numbers that are none", async () => {
    await start();
    flow.send("node", { to: "990324203, 123, 990324204", payload: "x" });
    const { accepted, rejected, messages } = await payload();
    assert.deepEqual({ accepted, rejected }, { accepted: 2, rejected: 1 });
    assert.deepEqual(
      messages.map(({ status, error }) => error?.code ?? status),
      ["accepted", "INVALID_NUMBER", "accepted"],
    );
    await flow.shows("node", { fill: "yellow", shape: "dot", text: "2 ✓  1 ✗" });
  });

  for (const at of ["2031-06-01T10:00:00+02:00", "2031-06-01T04:00:00", "2031-06-01T08:00:00Z", 1938067200000]) {
    it(`schedules for the same moment in Chile with ${at}`, async () => {
      await start({ at: "when", atType: "msg" });
      flow.send("node", { to: "990324203", payload: "x", when: at });
      const { messages } = await payload();
      assert.equal(messages[0]?.status, "scheduled");
      assert.equal(sandbox.messages()[0]?.deliverAt, Date.parse("2031-06-01T08:00:00Z"));
      await flow.shows("node", { fill: "blue", shape: "ring", text: "status.scheduled" });
    });
  }

  it("takes its fields from message, flow, global, environment, expression or the form", async () => {
    process.env.TEST_MESSAGING_NUMBER = "990324203";
    await start();
    const cases: [Record<string, unknown>, string][] = [
      [{ to: "person.phone", toType: "msg", text: "alarm", textType: "flow" }, "from the flow"],
      [{ to: "TEST_MESSAGING_NUMBER", toType: "env", text: "alarm", textType: "global" }, "from everywhere"],
      [{ to: "990324203", toType: "str", text: '"Level " & level & "%"', textType: "jsonata" }, "Level 97%"],
      [{ to: '["990324203"]', toType: "json", text: "fixed", textType: "str" }, "fixed"],
    ];
    for (const [fields, expected] of cases) {
      await flow.stop();
      await start(fields);
      flow.node("node").context().flow.set("alarm", "from the flow");
      flow.node("node").context().global.set("alarm", "from everywhere");
      flow.send("node", { person: { phone: "990324203" }, level: 97 });
      await payload();
      assert.equal(sandbox.messages().at(-1)?.text, expected);
    }
    delete process.env.TEST_MESSAGING_NUMBER;
  });

  it("takes what a message lacks as an empty field, however deep it would be", async () => {
    await start({ at: "plan.start.time", atType: "msg" });
    flow.send("node", { to: "990324203", payload: "x" });
    assert.equal((await payload()).messages[0]?.status, "accepted");
  });

  it("works from flow JSON that leaves out all but the fields it needs", async () => {
    await start({ provider: undefined });
    flow.send("node", { to: "990324203", payload: "x" });
    assert.equal((await payload()).accepted, 1);
  });

  it("says once per deploy what the provider cannot honour, and sends all the same", async () => {
    await start({ from: "ALARM", fromType: "str" });
    for (const payload of ["one", "two"]) flow.send("node", { to: "990324203", payload });
    await flow.until("out", 2);
    const said = () => flow.warnings().filter((line) => line.includes('"from"'));
    assert.equal(said().length, 1);
    await flow.deploy("full");
    flow.send("node", { to: "990324203", payload: "three" });
    await flow.until("out", 3);
    assert.equal(said().length, 2);
    assert.equal(sandbox.messages().length, 3);
  });

  it("never warns of the reference: it comes back with the result, whatever the provider does with it", async () => {
    await start();
    flow.send("node", { to: "990324203", payload: "x", reference: "alarm 17" });
    assert.equal((await payload()).reference, "alarm 17");
    assert.deepEqual(flow.warnings(), []);
  });

  it("refuses a reference that is too long for a provider", async () => {
    await start();
    flow.send("node", { to: "990324203", payload: "x", reference: "r".repeat(61) });
    const { error } = await flow.first("caught");
    assert.equal(error?.code, "INVALID_MESSAGE");
    assert.match(error.message, /"reference" has 61 characters; at most 60/);
    assert.equal(sandbox.requests().length, 0);
  });

  it("does not pay for UCS-2 when the author forbade it", async () => {
    await start({ encoding: "gsm7" });
    flow.send("node", { to: "990324203", payload: "Atención ¿qué?" });
    const { error } = await flow.first("caught");
    assert.equal(error?.code, "INVALID_MESSAGE");
    assert.match(error.message, /ó/);
    assert.equal(sandbox.requests().length, 0);
    flow.send("node", { to: "990324203", payload: "¿Qué? Ñandu: à è ì ò ù" });
    await payload();
    assert.deepEqual(flow.warnings(), []);
  });

  it("keeps the message whole for a Complete node", async () => {
    await start({}, [
      { id: "complete", z: "tab", type: "complete", scope: ["node"], uncaught: false, wires: [["completed"]] },
      { id: "completed", z: "tab", type: "helper", wires: [] },
    ]);
    flow.send("node", { to: "990324203", payload: "x", level: 3 });
    assert.equal((await flow.first("completed")).level, 3);
  });

  it("sends nothing from an account that is switched off", async () => {
    flow = await RunningFlow.start(
      [...flowOf({ type: "send-sms" }), account(sandbox.url, { mode: "off" })],
      CREDENTIALS,
    );
    flow.send("node", { to: "990324203, 990324204, 12", payload: "x".repeat(200) });
    const { off, accepted } = await payload();
    assert.deepEqual({ off, accepted }, { off: true, accepted: 0 });
    assert.equal(sandbox.requests().length, 0);
    await flow.shows("node", { fill: "grey", shape: "dot", text: "status.off" });
    const lines = flow.log.filter(({ msg }) => String(msg).includes("switched off")).map(({ msg }) => String(msg));
    assert.deepEqual(lines, ["The account is switched off, nothing was sent: 2 recipient(s) in 4 SMS, 1 refused."]);
  });

  it("needs neither account nor network in sandbox mode, and says that it is the sandbox", async () => {
    flow = await RunningFlow.start([...flowOf({ type: "send-sms" }), account("", { mode: "sandbox" })], {});
    flow.send("node", { to: "990324203", payload: "x" });
    assert.equal((await payload()).accepted, 1);
    await flow.shows("node", { fill: "green", shape: "dot", text: "status.sent-sandbox" });
    assert.deepEqual(flow.warnings(), []);
  });

  it("reads account settings and credentials from environment variables", async () => {
    process.env.TEST_MESSAGING_URL = sandbox.url;
    process.env.TEST_MESSAGING_KEY = "sandbox-key";
    process.env.TEST_MESSAGING_CONCURRENCY = "3";
    const settings = account("${TEST_MESSAGING_URL}", { concurrency: "${TEST_MESSAGING_CONCURRENCY}" });
    flow = await RunningFlow.start([...flowOf({ type: "send-sms" }), settings], {
      account: { accountId: "sandbox", apiKey: "${TEST_MESSAGING_KEY}" },
    });
    flow.send("node", { to: "990324203", payload: "x" });
    assert.equal((await payload()).accepted, 1);
    for (const name of ["URL", "KEY", "CONCURRENCY"]) delete process.env[`TEST_MESSAGING_${name}`];
  });
});
