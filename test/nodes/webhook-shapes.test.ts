import { strict as assert } from "node:assert";
import { RunningFlow } from "../support/node-red.ts";
import { Front, get, payloads, postForm, postJson, WEBHOOK_CREDENTIALS, webhookFlow } from "../support/webhook.ts";

const STATUS = { id_sms: "f04789942fe84541b26b8707207e4193", status: "ENTREGADO" };
const SMS = {
  id_sms: "ec3d38a076ec4206a0e4e3fe039ddcc8",
  dst_number: "56442330001",
  src_number: "56990324203",
  src_provider: "Wom",
  sms_content: "¡Hola Connectus! 😀 & más",
};

const REPORT = {
  provider: "connectus",
  type: "status",
  id: STATUS.id_sms,
  status: "delivered",
  final: true,
  providerStatus: "ENTREGADO",
  matched: false,
  raw: STATUS,
};
const INBOUND = {
  provider: "connectus",
  type: "inbound",
  id: SMS.id_sms,
  from: "+56990324203",
  to: "+56442330001",
  text: SMS.sms_content,
  carrier: "Wom",
  raw: SMS,
};

describe("a webhook", () => {
  let flow: RunningFlow;
  let front: Front;

  async function start(more: Record<string, unknown> = {}): Promise<void> {
    flow = await RunningFlow.start(webhookFlow(more), WEBHOOK_CREDENTIALS);
    front = await Front.open(flow);
  }

  afterEach(async () => {
    await front.close();
    await flow.stop();
  });

  const shapes = { "as JSON": postJson, "as a form": postForm, "as a query": get } as const;
  for (const [how, send] of Object.entries(shapes)) {
    it(`takes a delivery report and an SMS ${how}`, async () => {
      await start();
      const answers = [await send(front.address(), STATUS), await send(front.address(), SMS)];
      assert.deepEqual(
        answers.map(({ status, text }) => [status, text]),
        [
          [200, "OK"],
          [200, "OK"],
        ],
      );
      const report = await flow.first("reports");
      assert.deepEqual(payloads([report]), [REPORT]);
      assert.match(String((report.payload as { receivedAt: string }).receivedAt), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      assert.equal("sent" in report, false);
      const sms = await flow.first("inbound");
      assert.deepEqual(payloads([sms]), [INBOUND]);
      assert.equal((sms as { to?: unknown }).to, "+56990324203");
      assert.deepEqual([flow.received("reports").length, flow.received("inbound").length], [1, 1]);
    });
  }

  it("hands on what the request was, and nothing of the request itself", async () => {
    await start();
    await postJson(front.address(), STATUS);
    const message = await flow.first("reports");
    assert.deepEqual(Object.keys(message).sort(), ["_msgid", "payload"]);
    assert.deepEqual(message.payload, JSON.parse(JSON.stringify(message.payload)));
  });

  it("takes the parameters of a POST without a body from the query", async () => {
    await start();
    const url = `${front.address()}?${new URLSearchParams(STATUS).toString()}`;
    assert.equal((await postJson(url, "")).status, 200);
    assert.deepEqual(payloads(await flow.until("reports")), [REPORT]);
  });

  it("takes several reports in a list", async () => {
    await start();
    const list = [STATUS, { ...STATUS, id_sms: "2" }, SMS];
    assert.equal((await postJson(front.address(), list)).status, 200);
    assert.equal((await flow.until("reports", 2)).length, 2);
    assert.equal((await flow.until("inbound")).length, 1);
  });

  it("takes what it can read of a list, and tells of the rest", async () => {
    await start();
    assert.equal((await postJson(front.address(), [STATUS, { colour: "red" }])).status, 200);
    assert.deepEqual(payloads(await flow.until("reports")), [REPORT]);
    const [warning = "", ...more] = flow.warnings();
    assert.match(warning, /neither a delivery report nor a message.*Its fields: colour\./);
    assert.deepEqual(more, []);
  });

  it("does not mind a slash at the end, nor slashes around its path", async () => {
    await start({ path: "/my/own/path/" });
    assert.equal((await postJson(`${front.address(undefined, "my/own/path")}/`, STATUS)).status, 200);
    await flow.until("reports");
  });

  it("reads what any provider writes when none is chosen", async () => {
    await start({ provider: "" });
    assert.equal((await postJson(front.address(), STATUS)).status, 200);
    await flow.until("reports");
  });

  it("answers a repeated report and emits it once, also after a deploy", async () => {
    await start();
    for (let time = 0; time < 3; time++) assert.equal((await postJson(front.address(), STATUS)).status, 200);
    for (let time = 0; time < 3; time++) assert.equal((await get(front.address(), SMS)).status, 200);
    await flow.deploy();
    assert.equal((await postForm(front.address(), STATUS)).status, 200);
    assert.equal((await postJson(front.address(), SMS)).status, 200);
    assert.deepEqual([flow.received("reports").length, flow.received("inbound").length], [1, 1]);
  });

  it("never lets a status go back", async () => {
    await start();
    for (const status of ["EN_COLA", "ENTREGADO", "ENVIADO_A_CARRIER", "EN_COLA"]) {
      assert.equal((await postJson(front.address(), { id_sms: "1", status })).status, 200);
    }
    const reports = await flow.until("reports", 2);
    assert.deepEqual(
      payloads(reports).map(({ status }) => status),
      ["queued", "delivered"],
    );
  });

  it("answers a thousand reports at once and emits each of them once", async () => {
    await start();
    const ids = Array.from({ length: 1000 }, (_, index) => `id-${index}`);
    const answers = await Promise.all(ids.map((id_sms) => postJson(front.address(), { ...STATUS, id_sms })));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    const reports = await flow.until("reports", 1000);
    assert.deepEqual(new Set(payloads(reports).map(({ id }) => id)), new Set(ids));
    assert.equal(reports.length, 1000);
  }).timeout(30_000);

  it("shows that it listens, and what came last", async () => {
    await start();
    await flow.shows("webhook", { fill: "grey", shape: "ring", text: "status.listening" });
    await postJson(front.address(), STATUS);
    await flow.shows("webhook", { fill: "green", shape: "dot", text: "status.delivered" });
    await postJson(front.address(), SMS);
    await flow.shows("webhook", { fill: "green", shape: "dot", text: "status.inbound" });
  });
});
