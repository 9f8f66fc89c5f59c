import { strict as assert } from "node:assert";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { account, CREDENTIALS, flowOf } from "../support/flows.ts";
import { LEVEL, RunningFlow } from "../support/node-red.ts";
import { describeOutbox, newUserDir, outbox } from "../support/outbox.ts";

describeOutbox("an outbox at a deploy", function () {
  this.timeout(60_000);
  let sandbox: Sandbox;
  let flow: RunningFlow;
  let userDir: string;
  let isStopped: boolean;

  beforeEach(async () => {
    sandbox = await startSandbox(connectusStandIn());
    userDir = await newUserDir();
    isStopped = false;
  });
  afterEach(async () => {
    if (!isStopped) await flow.stop();
    await sandbox.close();
    await rm(userDir, { recursive: true, force: true });
  });

  async function start(settings: Record<string, unknown> = {}, ofOutbox: Record<string, unknown> = {}): Promise<void> {
    const nodes = flowOf({ type: "send-sms", outbox: "outbox" });
    flow = await RunningFlow.start([...nodes, account(sandbox.url, settings), outbox(ofOutbox)], CREDENTIALS, userDir);
  }

  /** Deploys with another name of one node, so that it is a change. */
  async function rename(id: string, type: "full" | "nodes", name: string): Promise<number> {
    const began = performance.now();
    await flow.deploy(
      type,
      flow.flow.map((node) => (node.id === id ? { ...node, name } : node)),
    );
    return performance.now() - began;
  }

  for (const [what, id, type] of [
    ["everything", "node", "full"],
    ["the send node alone", "node", "nodes"],
    ["the outbox alone", "outbox", "nodes"],
    ["the account alone", "account", "nodes"],
  ] as const) {
    it(`loses nothing and sends nothing twice when ${what} is deployed again and again`, async () => {
      await start({ concurrency: 4 });
      sandbox.misbehave({ kind: "slow", ms: 20 }, { times: Infinity });
      let sent = 0;
      for (let round = 0; round < 4; round++) {
        for (let index = 0; index < 40; index++) flow.send("node", { to: "990324203", payload: `${round}-${index}` });
        sent += 40;
        await flow.eventually(() => flow.outcomes("node").length === sent, "done of each");
        assert.ok((await rename(id, type, `Round ${round}`)) < 8000);
      }
      const arrived = () => new Set(flow.received("out").map(({ _msgid }) => _msgid)).size;
      await flow.eventually(() => arrived() === sent, "a result of each", 30_000);
      assert.deepEqual(flow.outcomes("node"), Array(sent).fill("done"));
      const texts = sandbox.messages().map(({ text }) => text);
      assert.deepEqual([texts.length, new Set(texts).size], [sent, sent]);
      await sleep(300);
      assert.equal(flow.received("out").length, sent);
      assert.deepEqual(flow.received("caught"), []);
    });
  }

  it("closes within 8 s with a request on its way, and says that its outcome is in doubt", async () => {
    await start();
    sandbox.misbehave({ kind: "hang" });
    flow.send("node", { to: "990324203", payload: "x" });
    await flow.eventually(() => sandbox.messages().length === 1, "the request");
    const ms = await rename("node", "full", "again");
    assert.ok(ms < 8000, `${ms} ms`);
    assert.equal((await flow.first("caught")).error?.cause?.outcome, "unknown");
    assert.equal(sandbox.messages().length, 1);
  });

  it("gives the result to the node as it is after it was away", async () => {
    await start();
    sandbox.misbehave({ kind: "slow", ms: 700 });
    flow.send("node", { to: "990324203", payload: "x" });
    await flow.eventually(() => flow.outcomes("node").length === 1, "done");
    const whole = flow.flow;
    await flow.deploy(
      "full",
      whole.filter(({ id }) => id !== "node"),
    );
    await sleep(1000);
    assert.deepEqual(flow.received("out"), []);
    await flow.deploy("nodes", whole);
    await flow.first("out");
    assert.equal(sandbox.messages().length, 1);
  });

  it("says once why it cannot be opened, fails each message with it, and opens when that is put right", async () => {
    await writeFile(join(userDir, "file"), "no folder");
    await start({}, { path: "file/outbox.sqlite" });
    const told = () => flow.log.filter(({ id, level }) => id === "outbox" && level === LEVEL.ERROR);
    await flow.eventually(() => told().length === 1, "the error");
    for (let index = 0; index < 3; index++) flow.send("node", { to: "990324203", payload: "x" });
    await flow.until("caught", 3);
    assert.equal(told().length, 1);
    await flow.deploy(
      "nodes",
      flow.flow.map((node) => (node.id === "outbox" ? { ...node, path: "" } : node)),
    );
    flow.send("node", { to: "990324203", payload: "x" });
    await flow.first("out");
  });

  it("names an environment variable that is not set", async () => {
    await start({}, { path: "${OUTBOX_FILE}" });
    flow.send("node", { to: "990324203", payload: "x" });
    assert.match((await flow.first("caught")).error?.message ?? "", /"path".*\$\{OUTBOX_FILE\}.*not set/);
  });

  it("leaves no timer, thread or connection behind", async () => {
    const before = process.getActiveResourcesInfo().length;
    await start();
    for (let index = 0; index < 5; index++) flow.send("node", { to: "990324203", payload: String(index) });
    await flow.until("out", 5);
    isStopped = true;
    await flow.stop();
    await sleep(100);
    assert.ok(process.getActiveResourcesInfo().length <= before, process.getActiveResourcesInfo().join(" "));
  });
});
