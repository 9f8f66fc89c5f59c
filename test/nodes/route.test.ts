import { strict as assert } from "node:assert";
import type { Fault } from "../../src/sandbox/index.ts";
import type { Progress, SendResult } from "../../src/result.ts";
import type { Breaker } from "../../src/sending/breaker.ts";
import type { SentMessages } from "../../src/webhook/sent-messages.ts";
import type { AccountNode } from "../../nodes/kit/account-node.ts";
import { built, RunningFlow } from "../support/node-red.ts";
import { startTwoAccounts, type TwoAccounts } from "../support/route.ts";

const NUMBER = "+56990324203";
const ITALIAN = "+393401234567";

/** None that ends in a way by which the sandbox plays a failure. */
const numbers = (count: number) => Array.from({ length: count }, (_, index) => `+569${91_111_100 + index}`);

describe("a route in a real Node-RED", () => {
  let two: TwoAccounts;
  let flow: RunningFlow;
  let texts = 0;

  beforeEach(async () => {
    two = await startTwoAccounts();
  });
  afterEach(async () => {
    await flow.stop();
    await two.close();
  });

  async function start(route: Record<string, unknown> = {}, node: Record<string, unknown> = {}, outputs = 1) {
    flow = await RunningFlow.start(two.flow({ type: "send-sms", ...node }, route, outputs), two.credentials);
  }

  /** Sends to these numbers, one after the other; resolves with the account that each went through, or its error's code. */
  async function send(...to: string[]): Promise<string[]> {
    const ways: string[] = [];
    for (const number of to) {
      const before = flow.received("out").length;
      const failed = flow.received("caught").length;
      // The Italian provider takes no text twice for one number.
      flow.send("node", { to: number, payload: `Water high, ${texts++}` });
      await flow.eventually(
        () => flow.received("out").length > before || flow.received("caught").length > failed,
        "an answer",
      );
      const result = flow.received("out")[before]?.payload as SendResult | undefined;
      ways.push(result?.account ?? flow.received("caught")[failed]?.error?.code ?? "");
    }
    return ways;
  }

  it("sends through the first account, and its badge names it", async () => {
    await start();
    flow.send("node", { to: "990324203", payload: "Water high", topic: "tank 4" });
    const { payload, topic } = await flow.first("out");
    const id = two.main.messages()[0]?.id;
    assert.deepEqual(payload, {
      provider: "connectus",
      channel: "sms",
      account: "Main",
      id,
      accepted: 1,
      rejected: 0,
      failed: 0,
      messages: [{ to: NUMBER, id, status: "accepted", parts: 1, provider: "connectus", account: "Main" }],
      raw: { id_sms: id },
    });
    assert.equal(topic, "tank 4");
    await flow.shows("node", { fill: "green", shape: "dot", text: "✓  Main" });
    assert.deepEqual(two.taken(), [NUMBER]);
  });

  const certain: Record<string, Fault> = {
    "too many requests (429)": { kind: "status", status: 429, retryAfter: 600 },
    "refused credentials (401)": { kind: "status", status: 401 },
    "no credit (402)": { kind: "status", status: 402 },
    "maintenance (503 with Retry-After)": { kind: "status", status: 503, retryAfter: 600 },
  };
  for (const [what, fault] of Object.entries(certain)) {
    it(`goes on to the other provider on ${what}`, async () => {
      await start();
      two.main.misbehave(fault, { times: Infinity });
      assert.deepEqual(await send(NUMBER), ["Reserve"]);
      assert.deepEqual([two.main.messages().length, two.reserve.messages().length], [0, 1]);
      await flow.shows("node", { fill: "green", shape: "dot", text: "✓  Reserve" });
    });
  }

  it("goes on to the other provider when the first one's server is gone", async () => {
    await start();
    await two.main.close();
    assert.deepEqual(await send(NUMBER), ["Reserve"]);
    assert.deepEqual(two.taken(), [NUMBER]);
  });

  const doubtful: Record<string, Fault> = {
    "a connection that breaks after the message was taken": { kind: "reset-after-read" },
    "half an answer": { kind: "truncated" },
    "an answer without an id": { kind: "no-id" },
    "a page in place of an answer": { kind: "html" },
    "an error inside the provider (500)": { kind: "status", status: 500 },
  };
  for (const [what, fault] of Object.entries(doubtful)) {
    it(`never goes on after ${what}`, async () => {
      await start({ failoverOnRejected: true });
      two.main.misbehave(fault, { times: Infinity });
      flow.send("node", { to: NUMBER, payload: "x" });
      const { error } = await flow.first("caught");
      assert.deepEqual([error?.cause?.outcome, error?.cause?.account], ["unknown", "Main"]);
      assert.equal(two.main.requests().length, 1);
      assert.deepEqual(two.reserve.requests(), []);
    });
  }

  it("lets a refused recipient rest, unless refusals go on too", async () => {
    await start();
    two.main.misbehave({ kind: "status", status: 400 }, { times: Infinity });
    assert.deepEqual(await send(NUMBER), ["REJECTED"]);
    assert.deepEqual(two.reserve.requests(), []);
    await flow.stop();
    await start({ failoverOnRejected: "true" });
    assert.deepEqual(await send(NUMBER), ["Reserve"]);
  });

  it("chooses by prefix, and takes numbers without a country for the first account's", async () => {
    await start({
      members: [
        { provider: "connectus", account: "main", prefixes: "" },
        { provider: "smshosting", account: "reserve", prefixes: "39, +378" },
      ],
    });
    assert.deepEqual(await send(NUMBER, "990324203", ITALIAN, "+34612345678"), ["Main", "Main", "Reserve", "Main"]);
    flow.send("node", { to: [ITALIAN, NUMBER], payload: "x" });
    const { messages, account } = (await flow.until("out", 5))[4]?.payload as SendResult;
    assert.deepEqual(
      messages.map((one) => [one.to, one.account]),
      [
        [ITALIAN, "Reserve"],
        [NUMBER, "Main"],
      ],
    );
    assert.equal(account, "Reserve");
    await flow.shows("node", { fill: "green", shape: "dot", text: "2 ✓  Reserve, Main" });
  });

  it("is what a node without a provider goes by, if nothing else is set in it", async () => {
    await start({}, { provider: undefined, connectus: "" });
    assert.deepEqual(await send(NUMBER), ["Main"]);
    assert.deepEqual((flow.received("out")[0]?.payload as SendResult).messages[0]?.account, "Main");
  });

  it("takes turns evenly, whatever comes at once", async () => {
    await start({ strategy: "round-robin" });
    for (const to of numbers(20)) flow.send("node", { to, payload: "x" });
    await flow.until("out", 20);
    assert.deepEqual([two.main.messages().length, two.reserve.messages().length], [10, 10]);
  });

  it("skips an account that fails, says so, and takes it back by a probe", async () => {
    await start();
    let now = 0;
    const { breakerOf } = built<{ breakerOf: (account: object, now: () => number) => Breaker }>(
      "src/sending/breaker.js",
    );
    breakerOf(await (flow.node("main") as AccountNode).account(), () => now);
    two.main.misbehave({ kind: "status", status: 401 }, { times: Infinity });
    assert.deepEqual(await send(...numbers(10)), Array(10).fill("Reserve"));
    await flow.shows("node", { fill: "yellow", shape: "dot", text: "✓  Reserve  ⊘ Main" });
    const asked = two.main.requests().length;
    assert.deepEqual(await send(...numbers(5)), Array(5).fill("Reserve"));
    assert.equal(two.main.requests().length, asked, "it is left alone");
    now += 30_000;
    assert.deepEqual(await send(NUMBER, NUMBER), ["Reserve", "Reserve"]);
    assert.equal(two.main.requests().length, asked + 1, "one probe");
    two.main.behave();
    now += 30_000;
    assert.deepEqual(await send(NUMBER, NUMBER), ["Main", "Main"]);
    await flow.shows("node", { fill: "green", shape: "dot", text: "✓  Main" });
  });

  it("tries an account that it skips at once when it is deployed anew, and all when all are skipped", async () => {
    await start();
    two.main.misbehave({ kind: "status", status: 401 }, { times: Infinity });
    await send(...numbers(10));
    two.main.behave();
    two.reserve.misbehave({ kind: "status", status: 401 }, { times: Infinity });
    assert.deepEqual(await send(NUMBER), ["Main"], "the least bad");
    two.main.misbehave({ kind: "status", status: 401 }, { times: Infinity });
    await send(...numbers(10));
    two.main.behave();
    two.reserve.behave();
    assert.deepEqual(await send(NUMBER), ["Reserve"]);
    const renamed = flow.flow.map((node) => (node.id === "main" ? { ...node, concurrency: 5 } : node));
    await flow.deploy("nodes", renamed, two.credentials);
    assert.deepEqual(await send(NUMBER), ["Main"]);
  });

  it("never holds a recipient's error against an account", async () => {
    await start();
    two.main.misbehave({ kind: "status", status: 400 }, { times: 15 });
    assert.deepEqual(await send(...numbers(15)), Array(15).fill("REJECTED"));
    assert.deepEqual(await send("12", "12", NUMBER), ["INVALID_NUMBER", "INVALID_NUMBER", "Main"]);
    await flow.shows("node", { fill: "green", shape: "dot", text: "✓  Main" });
  });

  it("loses nothing and sends nothing twice while an account dies under 100 messages at once", async () => {
    await start({ strategy: "round-robin" }, { errorOutput: true }, 2);
    const all = numbers(100);
    for (const to of all.slice(0, 50)) flow.send("node", { to, payload: "x" });
    await flow.eventually(() => two.main.messages().length >= 5, "the first few");
    two.main.misbehave({ kind: "reset-after-read" }, { times: 3 });
    two.main.misbehave({ kind: "status", status: 401 }, { times: Infinity });
    for (const to of all.slice(50)) flow.send("node", { to, payload: "x" });
    await flow.eventually(
      () => flow.received("out").length + flow.received("out2").length >= 100,
      "all of them",
      30_000,
    );
    const accepted = flow.received("out").map(({ payload }) => (payload as SendResult).messages[0]?.to ?? "");
    const outcomes = flow.received("out2").map(({ error }) => error?.cause?.outcome);
    assert.deepEqual(new Set(outcomes), new Set(["unknown"]), "what is not accepted is in doubt");
    assert.ok(outcomes.length <= 3);
    const taken = two.taken();
    assert.equal(new Set(taken).size, taken.length, "nobody got it twice");
    assert.deepEqual([...taken].sort(), [...all].sort(), "those in doubt were taken too");
    assert.ok(accepted.every((to) => taken.includes(to)));
    assert.deepEqual(flow.outcomes("node"), Array(100).fill("done"));
  });

  it("goes on without an account that was disabled, and warns once", async () => {
    await start();
    const disabled = flow.flow.map((node) => (node.id === "main" ? { ...node, d: true } : node));
    await flow.deploy("full", disabled, two.credentials);
    assert.deepEqual(await send(NUMBER, NUMBER), ["Reserve", "Reserve"]);
    const warnings = flow.warnings().filter((line) => line.includes("goes without"));
    assert.deepEqual(warnings.length, 1);
    assert.match(warnings[0] ?? "", /^The route "Alarms" goes without "#1"\. Account 1 of the route was deleted or is/);
    await flow.shows("node", { fill: "yellow", shape: "dot", text: "✓  Reserve  ⊘ #1" });
  });

  it("says what is wrong when nothing of it can be used", async () => {
    const wrong: [Record<string, unknown>, RegExp][] = [
      [{ members: [] }, /The route "Alarms" has no account/],
      [{ members: "main" }, /has no account/],
      [{ members: [{ account: "nobody" }, null, 5] }, /Account 1 of the route was deleted or is disabled/],
      [{ members: [{ provider: "smshosting", account: "main" }] }, /Account 1 of the route was deleted/],
      [{ members: [{ provider: "connectus", account: "main", prefixes: "Chile" }] }, /"Chile" is no prefix/],
      [{ members: [{ provider: "connectus", account: "main", prefixes: "39" }] }, /has no account for \+569•••4203/],
      [{ id: "another" }, /The route of this node was deleted or is disabled/],
    ];
    for (const [route, expected] of wrong) {
      await start(route);
      flow.send("node", { to: NUMBER, payload: "x" });
      const { error } = await flow.first("caught");
      assert.equal(error?.code, "MISSING_ACCOUNT");
      assert.match(error.message, expected);
      await flow.stop();
    }
    await start({}, { route: "" });
    flow.send("node", { to: NUMBER, payload: "x" });
    assert.match((await flow.first("caught")).error?.message ?? "", /No route is chosen/);
    assert.deepEqual(two.taken(), []);
  });

  it("warns of a field that one of its accounts cannot honour", async () => {
    await start({}, { from: "ALARM", fromType: "str" });
    assert.deepEqual(await send(NUMBER), ["Main"]);
    assert.deepEqual(flow.warnings(), ['Connectus cannot honour the field "from": messages are sent without it.']);
  });

  it("lets a webhook recognise the reports on what went through each of its accounts", async () => {
    const { sentMessages } = built<{ sentMessages: SentMessages }>("src/webhook/sent-messages.js");
    sentMessages.want();
    await start({ strategy: "round-robin" });
    flow.send("node", { to: NUMBER, payload: "x", topic: "one" });
    flow.send("node", { to: NUMBER, payload: "y", topic: "two" });
    await flow.until("out", 2);
    const found = flow.received("out").map(({ payload }) => {
      const { provider, id } = payload as SendResult;
      const match = sentMessages.find(provider, { id });
      return [provider, match?.account, match?.sent.topic];
    });
    assert.deepEqual(found.sort(), [
      ["connectus", "Main", "one"],
      ["smshosting", "Reserve", "two"],
    ]);
  });

  it("is no account to ask for a balance", async () => {
    await start({}, { type: "check-balance" });
    flow.send("node", { payload: "" });
    assert.equal((await flow.first("caught")).error?.code, "MISSING_ACCOUNT");
  });

  it("carries a bulk, with its progress, past a provider that is gone", async () => {
    await start(
      {
        members: [
          { provider: "connectus", account: "main", prefixes: "" },
          { provider: "smshosting", account: "reserve", prefixes: "" },
        ],
      },
      { type: "send-bulk", text: "hola", textType: "str" },
      2,
    );
    two.main.misbehave({ kind: "status", status: 401 }, { times: Infinity });
    const list = [...numbers(300), "12"];
    flow.send("node", { payload: list });
    const { accepted, rejected, failed, messages, account } = (await flow.first("out")).payload as SendResult;
    assert.deepEqual([accepted, rejected, failed, account], [300, 1, 0, "Reserve"]);
    assert.deepEqual(
      messages.map(({ to }) => to),
      list,
    );
    const progress = flow.received("out2").at(-1)?.payload as Progress;
    assert.deepEqual([progress.done, progress.total, progress.accepted], [301, 301, 300]);
    assert.deepEqual(two.main.messages(), []);
    assert.equal(new Set(two.taken()).size, 300);
  });
});
