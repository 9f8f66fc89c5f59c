import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { account, CREDENTIALS, flowOf } from "../support/flows.ts";
import { RunningFlow } from "../support/node-red.ts";

describe("a message node's life", () => {
  let sandbox: Sandbox;
  let flow: RunningFlow;
  let stopped = false;

  beforeEach(async () => {
    sandbox = await startSandbox(connectusStandIn());
    stopped = false;
  });
  afterEach(async () => {
    if (!stopped) await flow.stop();
    await sandbox.close();
  });

  async function start(settings: Record<string, unknown> = {}, node: Record<string, unknown> = {}): Promise<void> {
    const nodes = [...flowOf({ type: "send-sms", ...node }), account(sandbox.url, settings)];
    flow = await RunningFlow.start(nodes, CREDENTIALS);
  }

  async function timed(work: Promise<unknown>): Promise<number> {
    const began = performance.now();
    await work;
    return performance.now() - began;
  }

  for (const type of ["full", "nodes"] as const) {
    it(`waits at a ${type} deploy for what is on its way, and settles every message once`, async () => {
      await start({ concurrency: 2 });
      sandbox.misbehave({ kind: "slow", ms: 300 }, { times: Infinity });
      for (let index = 0; index < 10; index++) flow.send("node", { to: "990324203", payload: `Message ${index}` });
      await flow.eventually(() => sandbox.requests().length >= 2, "the first requests");
      const changed = flow.flow.map((node) => (node.id === "node" ? { ...node, name: "renamed" } : node));
      assert.ok((await timed(flow.deploy(type, changed))) < 8000);
      const outcomes = flow.outcomes("node");
      assert.equal(outcomes.length, 10);
      assert.equal(outcomes.filter((outcome) => outcome === "done").length, sandbox.messages().length);
      assert.equal(new Set(sandbox.messages().map(({ text }) => text)).size, sandbox.messages().length);
      assert.ok(outcomes.includes("CANCELLED"));
      sandbox.behave();
      flow.send("node", { to: "990324203", payload: "after" });
      await flow.eventually(() => flow.outcomes("node").length === 11, "the message after the deploy");
      assert.equal(sandbox.messages().at(-1)?.text, "after");
    }).timeout(20_000);
  }

  it("says itself what a deploy cut off, for a Catch node that is closed too hands on nothing", async () => {
    await start({ concurrency: 1 });
    sandbox.misbehave({ kind: "slow", ms: 300 }, { times: Infinity });
    for (let index = 0; index < 5; index++) flow.send("node", { to: "990324203", payload: `Secret ${index}` });
    await flow.eventually(() => sandbox.requests().length >= 1, "the first request");
    await flow.deploy();
    const said = flow.warnings().filter((line) => line.includes("closed this node"));
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /4 message\(s\) had not been sent and were cancelled: send them again\./);
    assert.doesNotMatch(said[0] ?? "", /Secret|990324203/);
    assert.match(said[0] ?? "", /1 message\(s\) were taken by the provider, but .*: do not send them again\./);
    const cancelled = flow.settled.find(({ node, error }) => node.id === "node" && error);
    const { message, cause } = cancelled?.error as { message: string; cause: { retryable: boolean } };
    assert.match(message, /closed by a deploy before this was sent/);
    assert.equal(cause.retryable, true);
  }).timeout(20_000);

  it("counts each recipient that was taken, or may have been, when the result reaches nobody", async () => {
    await start(
      { concurrency: 1 },
      { type: "send-bulk", channel: "sms", batchSize: 3, batchSizeType: "num", text: "x", textType: "str" },
    );
    sandbox.misbehave({ kind: "slow", ms: 300 }, { times: Infinity });
    const list = Array.from({ length: 7 }, (_, index) => `99032420${index}`);
    flow.send("node", { payload: list });
    await flow.eventually(() => sandbox.requests().length >= 1, "the first request");
    await flow.deploy();
    const [said = ""] = flow.warnings().filter((line) => line.includes("closed this node"));
    assert.match(said, /4 message\(s\) had not been sent .* 3 message\(s\) were taken/);
    assert.deepEqual(flow.received("out"), []);
  }).timeout(20_000);

  it("does not call lost what a deploy of this node alone lets through", async () => {
    await start({ concurrency: 1 });
    sandbox.misbehave({ kind: "slow", ms: 300 }, { times: Infinity });
    for (let index = 0; index < 3; index++) flow.send("node", { to: "990324203", payload: `Secret ${index}` });
    await flow.eventually(() => sandbox.requests().length >= 1, "the first request");
    await flow.deploy(
      "nodes",
      flow.flow.map((node) => (node.id === "node" ? { ...node, name: "renamed" } : node)),
    );
    await flow.first("out");
    const [said = ""] = flow.warnings().filter((line) => line.includes("closed this node"));
    assert.match(said, /2 message\(s\) had not been sent/);
    assert.doesNotMatch(said, /taken/);
  }).timeout(20_000);

  it("says that it follows a message no longer", async () => {
    flow = await RunningFlow.start(
      [...flowOf({ type: "check-status", follow: true, kind: "sms" }, 2), account(sandbox.url)],
      CREDENTIALS,
    );
    sandbox.misbehave({ kind: "status", status: 503 }, { times: Infinity });
    for (const payload of ["1", "2"]) flow.send("node", { payload: payload.repeat(32) });
    await flow.eventually(() => sandbox.requests().length >= 1, "a question");
    await flow.deploy();
    const said = flow.warnings().filter((line) => line.includes("closed this node"));
    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", /2 message\(s\) are followed no longer/);
  }).timeout(20_000);

  it("does not wait for a provider that never answers: the outcome is unknown, within the time Node-RED gives", async () => {
    await start();
    sandbox.misbehave({ kind: "hang" });
    flow.send("node", { to: "990324203", payload: "x" });
    await flow.eventually(() => sandbox.messages().length === 1, "the request");
    assert.ok((await timed(flow.deploy())) < 9000);
    await flow.eventually(() => flow.outcomes("node").length > 0, "the end of the message");
    assert.deepEqual(flow.outcomes("node"), ["CANCELLED"]);
    const { cause } = flow.settled.find(({ node }) => node.id === "node")?.error as { cause: { outcome: string } };
    assert.equal(cause.outcome, "unknown");
  }).timeout(20_000);

  it("answers a message that comes while it closes, and sends nothing", async () => {
    await start();
    const node = flow.node("node");
    sandbox.misbehave({ kind: "slow", ms: 300 });
    flow.send("node", { to: "990324203", payload: "before" });
    await flow.eventually(() => sandbox.requests().length === 1, "the request");
    const stopping = flow.stop();
    stopped = true;
    node.receive({ to: "990324203", payload: "while closing" });
    await stopping;
    assert.deepEqual(flow.outcomes("node").sort(), ["CANCELLED", "done"]);
    assert.equal(sandbox.messages().length, 1);
  });

  it("closes at once when nothing is on its way", async () => {
    await start();
    flow.send("node", { to: "990324203", payload: "x" });
    await flow.first("out");
    stopped = true;
    assert.ok((await timed(flow.stop())) < 500);
  });

  it("leaves no timer and no connection behind", async () => {
    await start();
    const before = process.getActiveResourcesInfo().length;
    for (let index = 0; index < 20; index++) flow.send("node", { to: "990324203", payload: String(index) });
    await flow.until("out", 20);
    stopped = true;
    await flow.stop();
    await sleep(50);
    assert.ok(process.getActiveResourcesInfo().length <= before, process.getActiveResourcesInfo().join(" "));
  });

  it("lets an alarm pass a crowd that waits", async () => {
    await start({ concurrency: 1 });
    sandbox.misbehave({ kind: "slow", ms: 50 }, { times: Infinity });
    for (let index = 0; index < 20; index++) flow.send("node", { to: "990324203", payload: `crowd ${index}` });
    flow.send("node", { to: "990324203", payload: "ALARM", priority: "high" });
    await flow.eventually(() => sandbox.messages().some(({ text }) => text === "ALARM"), "the alarm");
    assert.ok(sandbox.messages().findIndex(({ text }) => text === "ALARM") <= 2);
    await flow.until("out", 21);
  });

  it("shows that it waits when the account is busy", async () => {
    await start({ ratePerSecond: 1 });
    flow.send("node", { to: "990324203", payload: "one" });
    await flow.first("out");
    flow.send("node", { to: "990324203", payload: "two" });
    await flow.shows("node", { fill: "yellow", shape: "ring", text: "status.waiting" });
    await flow.until("out", 2);
    await flow.shows("node", { fill: "green", shape: "dot", text: "status.sent" });
  });

  it("turns a storm of messages into a few badges", async () => {
    await start({ mode: "off" });
    const began = performance.now();
    for (let index = 0; index < 5000; index++) flow.send("node", { to: "990324203", payload: "x" });
    await flow.until("out", 5000);
    const seconds = (performance.now() - began) / 1000;
    await flow.shows("node", { fill: "grey", shape: "dot", text: "status.off" });
    const shown = flow.statuses.get("node")?.length ?? 0;
    assert.ok(shown <= 5 * seconds + 2, `${shown} badges in ${seconds.toFixed(1)} s`);
    assert.equal(flow.outcomes("node").length, 5000);
  });

  it("uses the account as it is after it alone was deployed anew", async () => {
    await start();
    flow.send("node", { to: "990324203", payload: "x" });
    await flow.first("out");
    const other = flow.flow.map((node) => (node.id === "account" ? { ...node, name: "Other" } : node));
    await flow.deploy("nodes", other);
    flow.send("node", { to: "990324203", payload: "x" });
    const [, second] = await flow.until("out", 2);
    assert.equal((second?.payload as { account: string }).account, "Other");
  });

  it("never takes Node-RED down, whatever a message holds", async () => {
    await start({}, { to: "to.deep.down", toType: "msg", text: "text", textType: "msg" });
    const odd = [
      null,
      undefined,
      0,
      -1,
      NaN,
      "",
      "x",
      [],
      {},
      [null],
      Buffer.from("x"),
      new Date(NaN),
      () => 1,
      Symbol("x"),
      10n,
    ];
    let sent = 0;
    for (const value of odd) {
      for (const message of [
        { to: value, text: "x" },
        { to: { deep: { down: value } }, text: "x" },
      ]) {
        flow.send("node", message);
        flow.send("node", { ...message, to: { deep: { down: "990324203" } }, text: value });
        sent += 2;
      }
    }
    await flow.eventually(() => flow.outcomes("node").length === sent, "an end of each message");
  });
});
