import { strict as assert } from "node:assert";
import type { Sandbox } from "../../src/sandbox/index.ts";
import type { Progress, SendResult } from "../../src/result.ts";
import { account, CREDENTIALS, flowOf, withSandbox } from "../support/flows.ts";
import { RunningFlow } from "../support/node-red.ts";

describe("send-bulk in a real Node-RED", () => {
  let sandbox: Sandbox;
  let flow: RunningFlow;

  withSandbox(
    (started) => (sandbox = started),
    () => flow,
  );

  async function start(fields: Record<string, unknown> = {}, settings: Record<string, unknown> = {}): Promise<void> {
    const nodes = flowOf({ type: "send-bulk", ...fields }, 2);
    flow = await RunningFlow.start([...nodes, account(sandbox.url, settings)], CREDENTIALS);
  }

  function numbers(count: number): string[] {
    return Array.from({ length: count }, (_, index) => `9${String(90000008 + index * 10)}`.slice(0, 9));
  }

  async function result(count = 1): Promise<SendResult> {
    return (await flow.until("out", count)).at(-1)?.payload as SendResult;
  }

  it("sends to 2,500 recipients of whom two are bad: 2,498 accepted, two named, all in order", async () => {
    await start({ text: "Evacuate sector 4", textType: "str" });
    const payload: unknown[] = numbers(2500);
    payload[700] = "12";
    payload[1800] = { phone: "no number here" };
    flow.send("node", { payload, topic: "Sector 4" });
    const { accepted, rejected, failed, messages, deliveries } = await result();
    assert.deepEqual({ accepted, rejected, failed }, { accepted: 2498, rejected: 2, failed: 0 });
    assert.equal(messages.length, 2500);
    const refused = messages.flatMap(({ status, error }, index) =>
      status === "rejected" ? [[index, error?.code]] : [],
    );
    assert.deepEqual(refused, [
      [700, "INVALID_NUMBER"],
      [1800, "INVALID_NUMBER"],
    ]);
    const expected = payload
      .filter((_, index) => index !== 700 && index !== 1800)
      .map((number) => `+56${String(number)}`);
    assert.deepEqual(
      messages.filter(({ status }) => status === "accepted").map(({ to }) => to),
      expected,
    );
    assert.deepEqual(
      sandbox.messages().map(({ to }) => to),
      expected,
    );
    assert.equal(deliveries?.length, 3);
    assert.equal(sandbox.messages()[0]?.deliveryName, "Sector 4");
    assert.deepEqual(flow.outcomes("node"), ["done"]);
    await flow.shows("node", { fill: "yellow", shape: "dot", text: "2498 ✓  2 ✗" });
  });

  it("fills templates from each entry, and lets an entry bring its own text", async () => {
    await start({ text: "Hola {{name}}, {{{place.city}}} está a {{level}} %", textType: "str" });
    flow.send("node", {
      payload: [
        { to: "990324203", name: "Ñusta & Co", place: { city: "Viña" }, level: 97 },
        { to: "990324204", text: "Own text" },
      ],
    });
    await result();
    assert.deepEqual(
      sandbox.messages().map(({ text }) => text),
      ["Hola Ñusta & Co, Viña está a 97 %", "Own text"],
    );
  });

  it("sends e-mails with subject and body templates", async () => {
    await start({
      channel: "email",
      subject: "For {{name}}",
      subjectType: "str",
      text: "<p>{{name}}</p>",
      textType: "str",
    });
    flow.send("node", {
      payload: [
        { to: "ana@example.com", name: "Ana" },
        { to: "no address", name: "Leo" },
      ],
    });
    const { channel, accepted, rejected } = await result();
    assert.deepEqual({ channel, accepted, rejected }, { channel: "email", accepted: 1, rejected: 1 });
    assert.deepEqual(
      sandbox.messages().map(({ subject, text }) => [subject, text]),
      [["For Ana", "<p>Ana</p>"]],
    );
  });

  it("tells how far it is on the second output, with the message's own properties", async () => {
    await start({ text: "x", textType: "str", batchSize: "100", batchSizeType: "num" });
    flow.send("node", { payload: numbers(1000), job: 7 });
    await result();
    const steps = flow.received("out2");
    const last = steps.at(-1)?.payload as Progress;
    assert.deepEqual([last.done, last.total, last.accepted, last.rejected, last.failed], [1000, 1000, 1000, 0, 0]);
    assert.ok(last.perSecond > 0);
    assert.equal(last.etaSeconds, 0);
    assert.equal(steps.at(-1)?.job, 7);
    assert.equal(sandbox.requests().length, 10);
  });

  it("goes on with the other batches when the outcome of one is unknown", async () => {
    await start({ text: "x", textType: "str", batchSize: "100", batchSizeType: "num" });
    sandbox.misbehave({ kind: "status", status: 500 }, { times: 1 });
    flow.send("node", { payload: numbers(300) });
    const { accepted, failed, messages } = await result();
    assert.deepEqual({ accepted, failed }, { accepted: 200, failed: 100 });
    assert.deepEqual(messages[0]?.status, "unknown");
    assert.equal(sandbox.requests().length, 3);
  });

  it("stops at msg.cancel after the request in hand, and tells what was not sent", async () => {
    await start({ text: "x", textType: "str", batchSize: "10", batchSizeType: "num" }, { concurrency: 1 });
    sandbox.misbehave({ kind: "slow", ms: 100 }, { times: Infinity });
    flow.send("node", { payload: numbers(1000) });
    await flow.until("out2");
    flow.send("node", { cancel: true });
    const { accepted, failed, messages } = await result();
    assert.equal(accepted + failed, 1000);
    assert.ok(accepted > 0 && failed > 900, `${accepted} accepted`);
    assert.equal(messages.at(-1)?.error?.code, "CANCELLED");
    assert.equal(messages.at(-1)?.status, "failed");
    assert.equal(sandbox.messages().length, accepted);
    assert.deepEqual(flow.outcomes("node"), ["done", "done"]);
    assert.equal(flow.received("out").length, 1);
  });

  it("takes a new bulk after a cancel, and a cancel with nothing to cancel", async () => {
    await start({ text: "x", textType: "str" });
    flow.send("node", { cancel: true });
    flow.send("node", { payload: numbers(3) });
    assert.equal((await result()).accepted, 3);
    assert.deepEqual(flow.outcomes("node"), ["done", "done"]);
  });

  it("does two bulks at once, each with its own result", async () => {
    await start({ text: "x", textType: "str", batchSize: "50", batchSizeType: "num" });
    flow.send("node", { payload: numbers(200), job: 1 });
    flow.send("node", { payload: numbers(100), job: 2 });
    const done = await flow.until("out", 2);
    const counts = new Map(done.map(({ job, payload }) => [job, (payload as SendResult).accepted]));
    assert.deepEqual([counts.get(1), counts.get(2)], [200, 100]);
  });

  it("leaves the event loop to others while it works", async () => {
    await start({ text: "Hola {{name}}", textType: "str" }, { mode: "off" });
    flow.send("node", { payload: numbers(1) });
    await result();
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    flow.send("node", { payload: numbers(20_000).map((to, index) => ({ to, name: index })) });
    await result(2);
    clearInterval(timer);
    assert.ok(turns >= 5, `others had ${turns} turns`);
  });

  it("refuses what is no list, and a list without text, before any request", async () => {
    await start();
    flow.send("node", { payload: "990324203" });
    flow.send("node", { payload: ["990324203"] });
    const errors = await flow.until("caught", 2);
    assert.deepEqual(
      errors.map(({ error }) => error?.code),
      ["INVALID_MESSAGE", "INVALID_MESSAGE"],
    );
    assert.equal(sandbox.requests().length, 0);
  });

  it("refuses a batch size that is none", async () => {
    await start({ text: "x", textType: "str", batchSize: "size", batchSizeType: "msg" });
    flow.send("node", { payload: numbers(3), size: 0 });
    const { error } = await flow.first("caught");
    assert.equal(error?.code, "INVALID_MESSAGE");
    assert.match(error.message, /batchSize/);
  });
});
