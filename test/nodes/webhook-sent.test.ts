import { strict as assert } from "node:assert";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { account, CREDENTIALS } from "../support/flows.ts";
import { RunningFlow, type FlowNode, type Message } from "../support/node-red.ts";
import { Front, payloads, postJson, WEBHOOK_CREDENTIALS, webhookFlow } from "../support/webhook.ts";

/** A message node of the flow, with a helper node at its first output. */
function node(id: string, type: string, more: Record<string, unknown> = {}): FlowNode[] {
  const own = { id, type, z: "tab", provider: "connectus", connectus: "account", wires: [[`${id}-out`]], ...more };
  return [own, { id: `${id}-out`, type: "helper", z: "tab", wires: [] }];
}

describe("hearing back", () => {
  let sandbox: Sandbox;
  let flow: RunningFlow;
  let front: Front;

  async function start(...nodes: FlowNode[]): Promise<void> {
    sandbox = await startSandbox(connectusStandIn());
    const webhook = webhookFlow({ connectus: "account" });
    flow = await RunningFlow.start([...webhook, account(sandbox.url), ...nodes], {
      ...CREDENTIALS,
      ...WEBHOOK_CREDENTIALS,
    });
    front = await Front.open(flow);
  }

  afterEach(async () => {
    await front.close();
    await flow.stop();
    await sandbox.close();
  });

  const report = (id_sms: string, status = "ENTREGADO") => postJson(front.address(), { id_sms, status });
  const sentOf = (message: Message | undefined) => (message as { sent?: unknown } | undefined)?.sent;
  const idOf = ({ payload }: Message) => (payload as { id: string }).id;

  describe("of a message that was sent", () => {
    const context = { order: 7, list: ["a"] };

    it("brings what the flow put beside it", async () => {
      await start(...node("send", "send-sms"));
      flow.send("send", { to: "990324203", payload: "x", topic: "door", context, reference: "order-7" });
      await report(idOf(await flow.first("send-out")));
      const message = await flow.first("reports");
      assert.deepEqual(sentOf(message), { reference: "order-7", topic: "door", context });
      const [{ matched, account: name, channel, to }] = payloads([message]) as [Record<string, unknown>];
      assert.deepEqual([matched, name, channel, to], [true, "Alarms", "sms", "+56990324203"]);
    });

    it("knows each message of a bulk", async () => {
      await start(...node("bulk", "send-bulk", { text: "x", textType: "str", wires: [["bulk-out"], []] }));
      flow.send("bulk", { payload: ["990324203", "990324204"], topic: "all" });
      const { messages } = (await flow.first("bulk-out")).payload as { messages: { id: string; to: string }[] };
      for (const { id } of messages) await report(id);
      const reports = payloads(await flow.until("reports", 2));
      assert.deepEqual(
        reports.map(({ id, to, matched }) => ({ id, to, matched })),
        messages.map(({ id, to }) => ({ id, to, matched: true })),
      );
    });

    it("recognises the first messages of a bulk while the others are still on their way", async () => {
      const batch = { batchSize: "1", batchSizeType: "num", text: "x", textType: "str", wires: [["bulk-out"], []] };
      await start(...node("bulk", "send-bulk", batch));
      sandbox.misbehave({ kind: "slow", ms: 400 }, { times: Infinity });
      flow.send("bulk", { payload: ["990324203", "990324204", "990324205"], topic: "all" });
      await flow.eventually(() => sandbox.messages().length === 2, "the second request");
      await report(sandbox.messages()[0]?.id ?? "");
      const [first] = await flow.until("reports");
      assert.equal(flow.received("bulk-out").length, 0);
      assert.deepEqual(sentOf(first), { topic: "all" });
      await flow.until("bulk-out");
    });

    it("waits for the reply to the send when it is the faster of the two", async () => {
      await start(...node("send", "send-sms"));
      sandbox.misbehave({ kind: "slow", ms: 3000 });
      flow.send("send", { to: "990324203", payload: "x", topic: "door" });
      await flow.eventually(() => sandbox.messages().length === 1, "the message");
      const id = sandbox.messages()[0]?.id ?? "";
      const answers = await Promise.all([report(id, "ENVIADO_A_CARRIER"), report(id), report(id)]);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 200],
      );
      const reports = await flow.until("reports", 2);
      assert.deepEqual(reports.map(sentOf), [{ topic: "door" }, { topic: "door" }]);
    });

    it("comes out all the same when the reply does not come, and says that it is not known", async () => {
      await start(...node("send", "send-sms"));
      sandbox.misbehave({ kind: "hang" });
      flow.send("send", { to: "990324203", payload: "x" });
      await flow.eventually(() => sandbox.messages().length === 1, "the message");
      assert.equal((await report("another")).status, 200);
      const message = await flow.first("reports");
      assert.equal("sent" in message, false);
      assert.equal((message.payload as { matched: boolean }).matched, false);
    }).timeout(30_000);

    it("says when what stands beside a message cannot be kept", async () => {
      await start(...node("send", "send-sms"));
      const circle: Record<string, unknown> = {};
      circle.self = circle;
      flow.send("send", { to: "990324203", payload: "x", context: circle });
      await report(idOf(await flow.first("send-out")));
      assert.deepEqual(sentOf(await flow.first("reports")), {});
      assert.match(flow.warnings().join(), /msg\.context/);
    });
  });

  describe("from a person", () => {
    const sms = { id_sms: "1", dst_number: "56442330001", src_number: "56990324203", sms_content: "Yes" };
    const wired = (...nodes: FlowNode[]) =>
      start(...nodes).then(async () => {
        const wires = [["reports"], ["inbound", "send"]];
        await flow.deploy(
          "full",
          flow.flow.map((own) => (own.id === "webhook" ? { ...own, wires } : own)),
          { ...CREDENTIALS, ...WEBHOOK_CREDENTIALS },
        );
      });
    const thanks = { text: "Thank you", textType: "str" };

    const choices = {
      message: "the message, as the node says",
      "": "the message, as the node has none",
      connectus: "the node, which has one",
    };
    for (const [provider, which] of Object.entries(choices)) {
      it(`can be answered by a send-sms behind it, its account taken from ${which}`, async () => {
        const connectus = provider === "connectus" ? "account" : "";
        await wired(...node("send", "send-sms", { ...thanks, provider, connectus }));
        assert.equal((await postJson(front.address(), sms)).status, 200);
        const { payload } = await flow.first("send-out");
        assert.equal((payload as { account: string }).account, "Alarms");
        assert.deepEqual(
          sandbox.messages().map(({ to, text }) => [to, text]),
          [["+56990324203", "Thank you"]],
        );
      });
    }

    it("is an error to answer where the message names no account that is there", async () => {
      await start(...node("send", "send-sms", { ...thanks, provider: "message" }));
      for (const account of [undefined, "gone", "webhook", 7]) {
        flow.send("send", { to: "990324203", account });
      }
      await flow.eventually(() => flow.outcomes("send").length === 4, "the errors");
      assert.deepEqual(flow.outcomes("send"), Array(4).fill("MISSING_ACCOUNT"));
      assert.match(String(flow.log.find(({ msg }) => /msg\.account/.test(String(msg)))?.msg), /webhook in/);
    });
  });

  describe("a check-status that follows", () => {
    const follow = {
      follow: true,
      everySeconds: "30",
      everySecondsType: "num",
      withinSeconds: "60",
      withinSecondsType: "num",
    };
    const asked = () => sandbox.requests().filter(({ method }) => method === "GET").length;
    const states = (id: string) => payloads(flow.received(id)).map(({ status }) => status);

    it("learns from a report and asks no more", async () => {
      await start(
        ...node("send", "send-sms", { wires: [["check", "send-out"]] }),
        ...node("check", "check-status", follow),
      );
      flow.send("send", { to: "990324203", payload: "x" });
      await flow.until("check-out");
      const id = idOf(await flow.first("send-out"));
      await report(id, "ENVIADO_A_CARRIER");
      await report("another");
      await report(id);
      await flow.eventually(() => flow.outcomes("check").length === 1, "the end of the following");
      assert.deepEqual(states("check-out"), ["scheduled", "sent", "delivered"]);
      assert.equal(asked(), 1);
      await flow.shows("check", { fill: "green", shape: "dot", text: "status.delivered" });
    });

    it("learns of each message of a bulk", async () => {
      const bulk = { text: "x", textType: "str", wires: [["check", "bulk-out"], []] };
      await start(...node("bulk", "send-bulk", bulk), ...node("check", "check-status", follow));
      flow.send("bulk", { payload: ["990324203", "990324204"] });
      const { messages } = (await flow.first("bulk-out")).payload as { messages: { id: string }[] };
      await flow.until("check-out");
      for (const { id } of messages) await report(id);
      await flow.eventually(() => flow.outcomes("check").length === 1, "the end of the following");
      const last = payloads(flow.received("check-out")).at(-1) as {
        status: string;
        final: boolean;
        messages: object[];
      };
      assert.deepEqual([last.status, last.final, last.messages.length], ["delivered", true, 2]);
      assert.equal(asked(), 1);
    });
  });
});
