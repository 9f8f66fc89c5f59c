import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { smshostingStandIn } from "../../src/providers/smshosting/stand-in.ts";
import type { InboundMessage } from "../../src/result.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { flowOf } from "../support/flows.ts";
import { RunningFlow } from "../support/node-red.ts";

const CREDENTIALS = { account: { authKey: "sandbox", authSecret: "sandbox-secret" } };
const LISTENING = { fill: "grey", shape: "ring", text: "status.listening" };

/** When the phone of a number ending in 0011 has answered, in milliseconds after the SMS. */
const ANSWERED_AT = 5000;

describe("receive-sms in a real Node-RED", function () {
  this.timeout(30_000);
  let sandbox: Sandbox;
  let flow: RunningFlow;
  let userDir: string;
  let file: string;
  /** Milliseconds by which the sandbox's clock is ahead. */
  let ahead = 0;

  beforeEach(async () => {
    ahead = 0;
    sandbox = await startSandbox(smshostingStandIn(), { now: () => Date.now() + ahead });
    userDir = await mkdtemp(join(tmpdir(), "messaging-receive-"));
    file = join(userDir, "messaging", "receive-sms-node.json");
  });
  afterEach(async () => {
    await flow.stop();
    await sandbox.close();
    await rm(userDir, { recursive: true });
  });

  async function start(fields: Record<string, unknown> = {}, settings: Record<string, unknown> = {}) {
    const node = { type: "receive-sms", provider: "smshosting", smshosting: "account", ...fields };
    const account = { id: "account", type: "smshosting-account", name: "A", baseUrl: sandbox.url, ...settings };
    const reply = { id: "reply", z: "tab", type: "send-sms", provider: "message", text: "Thanks", textType: "str" };
    flow = await RunningFlow.start([...flowOf(node), { ...reply, wires: [[]] }, account], CREDENTIALS, userDir);
  }

  /** Lets a person write to us: the answer to an SMS is there `at` milliseconds from now. */
  async function write(text: string, at = 0, from = "393480000011"): Promise<void> {
    const now = ahead;
    ahead = now + at - ANSWERED_AT;
    const authorization = `Basic ${Buffer.from("sandbox:sandbox-secret").toString("base64")}`;
    const body = new URLSearchParams({ to: from, text });
    const reply = await fetch(`${sandbox.url}/sms/send`, { method: "POST", headers: { authorization }, body });
    assert.equal(reply.status, 200);
    ahead = now;
  }

  /** Has the node ask at once, as it does after each deploy. */
  async function askAgain(): Promise<void> {
    const before = polls();
    await flow.deploy();
    await flow.eventually(() => polls() > before, "a question after the deploy");
  }

  const polls = () => sandbox.requests().filter(({ path }) => path === "sms/received/search").length;
  const texts = () => flow.received("out").map(({ payload }) => (payload as InboundMessage).text);

  it("hands on what comes in from the first deploy on, each message once", async () => {
    await write("history", -60_000);
    await start({ everySeconds: "1" });
    await flow.eventually(() => polls() === 1, "the first question");
    await flow.shows("node", LISTENING);
    assert.deepEqual(texts(), []);
    await write("Stop");
    const { payload, to, account } = await flow.first("out");
    const { receivedAt, raw, ...known } = payload as InboundMessage;
    assert.deepEqual(known, { provider: "smshosting", type: "inbound", from: "+393480000011", text: "OK: Stop" });
    assert.ok(Math.abs(Date.parse(receivedAt) - Date.now()) < 10_000);
    assert.equal((raw as { from: string }).from, "393480000011");
    assert.deepEqual([to, account], ["+393480000011", "account"]);
    await flow.shows("node", { fill: "green", shape: "dot", text: "status.inbound" });
    await flow.eventually(() => polls() === 3, "one more question");
    await flow.shows("node", LISTENING);
    assert.deepEqual(texts(), ["OK: Stop"]);
  });

  it("neither repeats nor loses a message over restarts and deploys", async () => {
    await start();
    await flow.shows("node", LISTENING);
    await flow.stop();
    await write("while it was down");
    await start();
    await flow.first("out");
    await write("after");
    await askAgain();
    await flow.until("out", 2);
    await askAgain();
    await flow.shows("node", LISTENING);
    assert.deepEqual(texts(), ["OK: while it was down", "OK: after"]);
  });

  it("remembers neither numbers nor texts, in a file of its own that nobody else may read", async () => {
    await start();
    await flow.shows("node", LISTENING);
    await write("Secret 17");
    await askAgain();
    await flow.first("out");
    await flow.shows("node", { fill: "green", shape: "dot", text: "status.inbound" });
    const kept = await readFile(file, "utf8");
    assert.doesNotMatch(kept, /Secret|393480000011|393|sandbox/);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(Object.keys(JSON.parse(kept) as object).sort(), [
      "floor",
      "isPrimed",
      "newest",
      "salt",
      "scope",
      "seen",
      "startedAt",
      "version",
    ]);
  });

  for (const broken of ['{"version":1,"se', "{}", '"text"']) {
    it(`sets a file aside that holds ${broken}, says so, and begins anew`, async () => {
      await start();
      await flow.shows("node", LISTENING);
      await flow.stop();
      await writeFile(file, broken);
      await write("history", -60_000);
      await start();
      await flow.shows("node", LISTENING);
      assert.equal(await readFile(`${file}.broken`, "utf8"), broken);
      assert.match(flow.warnings().join(), /could not be understood.*\.broken/);
      await write("new");
      await askAgain();
      await flow.first("out");
      assert.deepEqual(texts(), ["OK: new"]);
    });
  }

  it("begins anew where it is given another account", async () => {
    await start();
    await flow.shows("node", LISTENING);
    const renamed = flow.flow.map(
      (node) => JSON.parse(JSON.stringify(node).replaceAll('"account"', '"other"')) as typeof node,
    );
    await write("history", -60_000);
    const before = polls();
    await flow.deploy("full", renamed, { other: CREDENTIALS.account });
    await flow.eventually(() => polls() > before, "a question");
    await flow.shows("node", LISTENING);
    assert.deepEqual(texts(), []);
  });

  it("listens to some senders only, if told to", async () => {
    await start({ senders: "348 0000011, +393480010011", sendersType: "str" });
    await flow.shows("node", LISTENING);
    await write("wanted");
    await write("unwanted", 0, "393480020011");
    await askAgain();
    await flow.first("out");
    assert.deepEqual(texts(), ["OK: wanted"]);
  });

  it("shows why it cannot ask, tells a Catch node once, and closes at once all the same", async () => {
    await start({}, { baseUrl: "http://127.0.0.1:1" });
    const { error } = await flow.first("caught");
    assert.equal(error?.code, "UNREACHABLE");
    await flow.shows("node", { fill: "red", shape: "ring", text: "error.UNREACHABLE" });
    const began = performance.now();
    await flow.deploy();
    assert.ok(performance.now() - began < 5000);
    assert.equal(flow.received("caught").length, 1);
  });

  it("tells what is wrong with its fields and its account", async () => {
    await start({ senders: "12", sendersType: "str" });
    assert.equal((await flow.first("caught")).error?.code, "INVALID_NUMBER");
    await flow.stop();
    await start({ smshosting: "gone" });
    assert.equal((await flow.first("caught")).error?.code, "MISSING_ACCOUNT");
    assert.equal(sandbox.requests().length, 0);
  });

  it("goes on after a failure that passes", async () => {
    sandbox.misbehave({ kind: "html" }, { times: 1, path: "sms/received/search" });
    await start({ everySeconds: "5" });
    await flow.first("caught");
    await flow.eventually(() => polls() === 2, "the next question", 15_000);
    await flow.shows("node", LISTENING);
    assert.ok(flow.log.some(({ msg }) => /answers again/.test(String(msg))));
  });

  it("does not ask an account that is switched off", async () => {
    await start({}, { mode: "off" });
    await flow.shows("node", { fill: "grey", shape: "ring", text: "status.not-listening" });
    assert.equal(sandbox.requests().length, 0);
  });

  it("lets a send node behind it answer, through the account that the message came to", async () => {
    await start({ wires: [["out", "reply"]] });
    await flow.shows("node", LISTENING);
    await write("Who are you?");
    await askAgain();
    await flow.eventually(() => sandbox.messages().some(({ text }) => text === "Thanks"), "the answer");
    assert.equal(sandbox.messages().at(-1)?.to, "+393480000011");
  });

  it("forgets what it remembered when it is deleted", async () => {
    await start();
    await flow.shows("node", LISTENING);
    assert.ok(existsSync(file));
    await flow.deploy("full");
    assert.ok(existsSync(file));
    await flow.deploy(
      "full",
      flow.flow.filter(({ id }) => id !== "node"),
    );
    assert.ok(!existsSync(file));
  });
});
