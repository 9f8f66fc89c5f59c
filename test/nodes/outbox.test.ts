import { strict as assert } from "node:assert";
import { once } from "node:events";
import { readdir, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import type { SendResult } from "../../src/result.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { account, CREDENTIALS, flowOf } from "../support/flows.ts";
import { freePort } from "../support/node-red-process.ts";
import { LEVEL, RunningFlow, type Message } from "../support/node-red.ts";
import { describeOutbox, newUserDir, outbox } from "../support/outbox.ts";

describeOutbox("a send node with an outbox", function () {
  this.timeout(30_000);
  let sandbox: Sandbox;
  let flow: RunningFlow;
  let userDir: string;

  beforeEach(async () => {
    sandbox = await startSandbox(connectusStandIn());
    userDir = await newUserDir();
  });
  afterEach(async () => {
    await flow.stop();
    await sandbox.close();
    await rm(userDir, { recursive: true, force: true });
  });

  async function start(
    node: Record<string, unknown> = {},
    settings: Record<string, unknown> = {},
    ofOutbox: Record<string, unknown> = {},
  ): Promise<void> {
    const nodes = flowOf({ type: "send-sms", outbox: "outbox", ...node }, node.errorOutput || node.type ? 2 : 1);
    const { baseUrl = sandbox.url, ...more } = settings;
    flow = await RunningFlow.start([...nodes, account(String(baseUrl), more), outbox(ofOutbox)], CREDENTIALS, userDir);
  }

  /** The flow with other settings of one node. */
  function changed(id: string, more: Record<string, unknown>) {
    return flow.flow.map((node) => (node.id === id ? { ...node, ...more } : node));
  }

  /** An address at which nobody listens yet. */
  async function nowhere(): Promise<string> {
    return `http://127.0.0.1:${await freePort()}/api`;
  }

  function texts(): string[] {
    return sandbox.messages().map(({ text }) => text);
  }

  it("stores the message and says done, then gives the result with the message's own properties", async () => {
    await start();
    sandbox.misbehave({ kind: "slow", ms: 600 });
    const own = { at: new Date("2026-11-21T10:00:00Z"), key: Buffer.from("ñ"), deep: { list: [1, null, "x"] } };
    flow.send("node", { to: "990324203", payload: "Pump 3", topic: "pump", job: own, req: { socket: 1 } });
    await flow.eventually(() => flow.outcomes("node").length === 1, "done");
    assert.deepEqual(flow.received("out"), []);
    await flow.shows("node", { fill: "blue", shape: "ring", text: "status.stored" });
    const message = (await flow.first("out")) as Message & { job: unknown; req?: unknown };
    const { accepted, messages, account: name } = message.payload as SendResult;
    assert.deepEqual([accepted, messages[0]?.to, name], [1, "+56990324203", "Alarms"]);
    assert.deepEqual([message.job, message.topic, message.req], [own, "pump", undefined]);
    assert.deepEqual(flow.outcomes("node"), ["done"]);
    await flow.shows("node", { fill: "green", shape: "dot", text: "status.sent" });
  });

  it("keeps a message while the provider cannot be reached, and sends it through the account as it is deployed anew", async () => {
    await start({}, { baseUrl: await nowhere() });
    for (let index = 0; index < 5; index++) flow.send("node", { to: "990324203", payload: `Message ${index}` });
    await flow.eventually(() => flow.outcomes("node").length === 5, "done of each");
    assert.deepEqual(flow.outcomes("node"), Array(5).fill("done"));
    await flow.deploy("nodes", changed("account", { baseUrl: sandbox.url }));
    await flow.until("out", 5);
    assert.deepEqual(texts().sort(), ["Message 0", "Message 1", "Message 2", "Message 3", "Message 4"]);
    assert.deepEqual(flow.received("caught"), []);
  });

  it("lets messages wait while their account is gone, with one warning", async () => {
    await start({}, { baseUrl: await nowhere() });
    for (let index = 0; index < 3; index++) flow.send("node", { to: "990324203", payload: String(index) });
    await flow.eventually(() => flow.outcomes("node").length === 3, "done of each");
    const whole = changed("account", { baseUrl: sandbox.url });
    const without = flow.flow.filter(({ id }) => id !== "account");
    await flow.deploy("nodes", without);
    const warnings = () => flow.warnings().filter((text) => text.includes("deleted or is disabled"));
    await flow.eventually(() => warnings().length > 0, "a warning", 25_000);
    await flow.deploy("nodes", whole, CREDENTIALS);
    await flow.until("out", 3);
    assert.equal(warnings().length, 1);
  });

  it("hands an error to Catch nodes once, with the message, and one done", async () => {
    await start();
    sandbox.misbehave({ kind: "status", status: 400 });
    flow.send("node", { to: "990324203", payload: "x", job: 7 });
    const caught = (await flow.first("caught")) as Message & { job: number };
    assert.deepEqual([caught.error?.code, caught.error?.cause?.outcome, caught.job], ["REJECTED", "rejected", 7]);
    assert.equal(caught.payload, "x");
    assert.deepEqual(flow.outcomes("node"), ["done"]);
    assert.equal(flow.received("caught").length, 1);
    await flow.shows("node", { fill: "red", shape: "ring", text: "error.REJECTED" });
  });

  it("sends an error out of the error output where that was asked for", async () => {
    await start({ errorOutput: true });
    sandbox.misbehave({ kind: "status", status: 400 });
    flow.send("node", { to: "990324203", payload: "x" });
    const [failed] = await flow.until("out2");
    assert.equal(failed?.error?.code, "REJECTED");
    assert.deepEqual(flow.received("caught"), []);
  });

  it("never sends again what is in doubt, and reports it", async () => {
    await start();
    sandbox.misbehave({ kind: "reset-after-read" });
    flow.send("node", { to: "990324203", payload: "x" });
    const caught = await flow.first("caught");
    assert.equal(caught.error?.cause?.outcome, "unknown");
    assert.equal(sandbox.messages().length, 1);
  });

  it("refuses a bad number at once", async () => {
    await start();
    flow.send("node", { to: "12", payload: "x" });
    assert.equal((await flow.first("caught")).error?.code, "INVALID_NUMBER");
    assert.deepEqual(flow.outcomes("node"), ["INVALID_NUMBER"]);
  });

  it("gives a second message with the same dedupe key the first one's result", async () => {
    await start();
    flow.send("node", { to: "990324203", payload: "Alarm", dedupeKey: "alarm 1", n: 1 });
    flow.send("node", { to: "990324203", payload: "Alarm", dedupeKey: "alarm 1", n: 2 });
    const both = (await flow.until("out", 2)) as (Message & { n: number })[];
    const [first, second] = both.sort((one, other) => one.n - other.n).map(({ payload }) => payload as SendResult);
    assert.equal(second?.id, first?.id);
    assert.deepEqual(
      [first, second].map((result) => (result as { duplicate?: true }).duplicate),
      [undefined, true],
    );
    assert.deepEqual(texts(), ["Alarm"]);
    flow.send("node", { to: "990324203", payload: "x", dedupeKey: { no: "key" } });
    assert.equal((await flow.first("caught")).error?.code, "INVALID_MESSAGE");
  });

  it("marks the error of a duplicate where a flow sees it", async () => {
    await start();
    sandbox.misbehave({ kind: "reset-after-read" });
    for (const n of [1, 2]) flow.send("node", { to: "990324203", payload: "x", dedupeKey: "alarm 2", n });
    const caught = await flow.until("caught", 2);
    assert.deepEqual(
      caught.map((message) => [(message as { n?: number }).n, message.error?.cause?.duplicate]),
      [
        [1, undefined],
        [2, true],
      ],
    );
  });

  it("warns once that a dedupe key has no effect without an outbox, and sends all the same", async () => {
    await start({ outbox: "" });
    for (let count = 0; count < 2; count++) flow.send("node", { to: "990324203", payload: "x", dedupeKey: "7" });
    await flow.until("out", 2);
    const warnings = flow.log.filter(({ id, level }) => id === "node" && level === LEVEL.WARN);
    assert.deepEqual([warnings.length, /msg\.dedupeKey.*outbox/.test(String(warnings[0]?.msg))], [1, true]);
    assert.equal(sandbox.messages().length, 2);
  });

  it("ends several recipients who are all no good as a direct send does: with an error", async () => {
    await start();
    flow.send("node", { to: ["12", "13"], payload: "x" });
    const { error } = await flow.first("caught");
    assert.deepEqual([error?.code, error?.cause?.outcome], ["INVALID_NUMBER", "rejected"]);
    assert.match(error?.message ?? "", /^All 2 recipients were refused/);
    assert.equal(flow.received("out").length, 0);
  });

  it("lets an alarm pass a crowd that waits", async () => {
    await start({}, { concurrency: 1 });
    sandbox.misbehave({ kind: "slow", ms: 50 }, { times: Infinity });
    for (let index = 0; index < 30; index++) flow.send("node", { to: "990324203", payload: `crowd ${index}` });
    await flow.eventually(() => flow.outcomes("node").length === 30, "the crowd");
    flow.send("node", { to: "990324203", payload: "ALARM", priority: "high" });
    await flow.until("out", 31);
    assert.ok(texts().indexOf("ALARM") < 25, `the alarm was number ${texts().indexOf("ALARM")}`);
  });

  it("ends in QUEUE_FULL when too many wait", async () => {
    await start({}, { baseUrl: await nowhere() }, { maxMessages: 2 });
    for (let index = 0; index < 3; index++) flow.send("node", { to: "990324203", payload: String(index) });
    const caught = await flow.first("caught");
    assert.deepEqual([caught.error?.code, caught.error?.cause?.outcome], ["QUEUE_FULL", "not-sent"]);
    assert.deepEqual(flow.outcomes("node").sort(), ["QUEUE_FULL", "done", "done"]);
  });

  it("sends a bulk in requests of at most 100 and gives one result in order", async () => {
    await start({ type: "send-bulk", text: "x", textType: "str" });
    const numbers = Array.from({ length: 250 }, (_, index) => String(990_000_008 + index * 10));
    flow.send("node", { payload: [...numbers, "12"], job: 7 });
    const message = (await flow.first("out")) as Message & { job: number };
    const { accepted, rejected, messages } = message.payload as SendResult;
    assert.deepEqual([accepted, rejected, message.job], [250, 1, 7]);
    assert.deepEqual(
      messages.map(({ to }) => to),
      [...numbers.map((number) => `+56${number}`), "12"],
    );
    assert.ok(sandbox.requests().length >= 3);
  });

  it("writes nothing of an HTTP caller's headers to disk, wherever the flow keeps the request", async () => {
    await start();
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const headers = { authorization: "Bearer CANARY", cookie: "session=CANARY" };
    const calling = fetch(`http://127.0.0.1:${port}/`, { headers });
    const [req, res] = (await once(server, "request")) as [IncomingMessage, ServerResponse];
    const message = { to: "990324203", payload: "x", topic: "pump", req, res, saved: { req, res, at: 5 } };
    flow.send("node", Object.assign(message, { original: message }));
    const { topic, saved, ...own } = await flow.first("out");
    assert.deepEqual([topic, saved, "original" in own], ["pump", { at: 5 }, false]);
    const folder = join(userDir, "messaging");
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "latin1")));
    assert.ok(files.some((content) => content.includes("pump")));
    assert.ok(!files.some((content) => content.includes("CANARY")));
    res.end();
    await (await calling).text();
    server.close();
  });

  it("warns once of a property that is too large for the outbox, and keeps the others", async () => {
    await start();
    for (let index = 0; index < 2; index++) {
      const message = { to: "990324203", payload: "x", topic: "pump", picture: Buffer.alloc(2_000_000) };
      flow.send("node", message);
    }
    for (const message of await flow.until("out", 2)) {
      assert.deepEqual([message.topic, "picture" in message], ["pump", false]);
    }
    const warnings = flow.log.filter(({ level, id }) => level === LEVEL.WARN && id === "node");
    assert.equal(warnings.length, 1);
    assert.match(String(warnings[0]?.msg), /1 MB .* msg\.picture\./);
  });

  it("sends e-mail", async () => {
    await start({ type: "send-email", errorOutput: true });
    flow.send("node", { to: "ana@example.com", topic: "Pump", payload: "It is hot." });
    const { channel, accepted } = (await flow.first("out")).payload as SendResult;
    assert.deepEqual([channel, accepted], ["email", 1]);
  });

  it("says that its outbox was deleted", async () => {
    await start({ outbox: "gone" });
    flow.send("node", { to: "990324203", payload: "x" });
    const { error } = await flow.first("caught");
    assert.equal(error?.code, "MISSING_ACCOUNT");
    assert.match(error.message, /outbox of this node was deleted/);
    assert.equal(sandbox.messages().length, 0);
  });

  it("refuses two outboxes with one file, and says so", async () => {
    const nodes = flowOf({ type: "send-sms", outbox: "outbox" });
    const other = { ...nodes.find(({ id }) => id === "node"), id: "other", type: "send-sms", outbox: "second" };
    const boxes = [outbox({ path: "shared.sqlite" }), outbox({ id: "second", path: "./shared.sqlite" })];
    flow = await RunningFlow.start([...nodes, other, account(sandbox.url), ...boxes], CREDENTIALS, userDir);
    flow.send("node", { to: "990324203", payload: "one" });
    await flow.first("out");
    flow.send("other", { to: "990324203", payload: "two" });
    const { error } = await flow.first("caught");
    assert.match(error?.message ?? "", /Another outbox \(outbox\) keeps its messages in the same file/);
    assert.deepEqual(texts(), ["one"]);
    assert.equal(flow.log.filter(({ id, level }) => id === "second" && level === 20).length, 1);
  });
});
