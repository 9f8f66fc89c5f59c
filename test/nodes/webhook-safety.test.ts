import { strict as assert } from "node:assert";
import { gzipSync } from "node:zlib";
import { RunningFlow } from "../support/node-red.ts";
import {
  call,
  Front,
  get,
  postForm,
  postJson,
  SECRET,
  stall,
  WEBHOOK_CREDENTIALS,
  WEBHOOK_PATH,
  webhookFlow,
} from "../support/webhook.ts";

const STATUS = { id_sms: "1", status: "ENTREGADO" };
const JSON_TYPE = { "content-type": "application/json" };
const FORM_TYPE = { "content-type": "application/x-www-form-urlencoded" };

describe("a webhook is safe:", () => {
  let flow: RunningFlow;
  let front: Front;

  async function start(more: Record<string, unknown> = {}, credentials = WEBHOOK_CREDENTIALS): Promise<void> {
    flow = await RunningFlow.start(webhookFlow(more), credentials);
    front = await Front.open(flow);
  }

  afterEach(async () => {
    await front.close();
    await flow.stop();
  });

  async function stillWorks(): Promise<void> {
    const count = flow.received("reports").length;
    assert.equal((await postJson(front.address(), { ...STATUS, id_sms: `alive-${count}` })).status, 200);
    await flow.until("reports", count + 1);
  }

  it("a wrong, a missing, a retired and an almost right secret are a 404, whatever the method", async () => {
    await start();
    const wrong = ["x", SECRET.slice(1), `${SECRET}x`, SECRET.toLowerCase(), "%", "%00", "__proto__", "a".repeat(5000)];
    for (const secret of wrong) {
      for (const method of ["GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"]) {
        assert.equal((await call(front.address(secret), { method })).status, 404, `${method} ${secret.slice(0, 50)}`);
      }
      assert.equal((await postJson(front.address(secret), STATUS)).status, 404);
    }
    for (const path of ["", WEBHOOK_PATH, `${WEBHOOK_PATH}/`, `${WEBHOOK_PATH}/x/${SECRET}`, `other/${SECRET}`]) {
      assert.equal((await get(`${front.url}/${path}`, STATUS)).status, 404, path);
    }
    assert.equal((await get(`${front.url}/${WEBHOOK_PATH}?${SECRET}`, STATUS)).status, 404);
    await stillWorks();
    assert.equal(flow.received("reports").length, 1);
  });

  it("a wrong secret is answered before its body was sent", async () => {
    await start();
    const { socket, ended } = stall(front.address("wrong"), { ...JSON_TYPE, "content-length": "1000000" });
    const answered = new Promise<number>((settle) => {
      const began = performance.now();
      socket.once("data", () => settle(performance.now() - began));
    });
    assert.ok((await answered) < 500);
    const { text, ms } = await ended;
    assert.match(text, /^HTTP\/1\.1 404 /);
    assert.ok(ms < 5000, `the connection stayed for ${ms} ms`);
  });

  it("two secrets are valid during a rotation, and the old one no longer when it was removed", async () => {
    const old = "old-secret-old-secret-old-secret";
    await start({}, { webhook: { secret: SECRET, previousSecret: old } } as typeof WEBHOOK_CREDENTIALS);
    assert.equal((await postJson(front.address(SECRET), { ...STATUS, id_sms: "new" })).status, 200);
    assert.equal((await postJson(front.address(old), { ...STATUS, id_sms: "old" })).status, 200);
    await flow.deploy("full", flow.flow, { webhook: { secret: SECRET, previousSecret: "" } });
    assert.equal((await postJson(front.address(old), { ...STATUS, id_sms: "late" })).status, 404);
    assert.equal((await postJson(front.address(`${WEBHOOK_PATH}/`), STATUS)).status, 404);
    await stillWorks();
  });

  const pair = Buffer.from("id_sms=1&status=ENTREGADO");
  const refusals: [what: string, status: number, headers: Record<string, string>, body: string | Buffer][] = [
    ["no JSON", 400, JSON_TYPE, "{"],
    ["an empty object", 400, JSON_TYPE, "{}"],
    ["a number", 400, JSON_TYPE, "7"],
    ["null", 400, JSON_TYPE, "null"],
    ["an empty list", 400, JSON_TYPE, "[]"],
    ["a status without an id", 400, JSON_TYPE, '{"status":"ENTREGADO"}'],
    ["no UTF-8", 400, JSON_TYPE, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
    ["21 levels", 400, JSON_TYPE, `${'{"a":'.repeat(21)}1${"}".repeat(21)}`],
    ["thousands of levels", 400, JSON_TYPE, "[".repeat(30_000)],
    ["__proto__", 400, JSON_TYPE, '{"id_sms":"1","status":"ENTREGADO","__proto__":{"x":1}}'],
    ["__proto__ inside", 400, JSON_TYPE, '{"id_sms":"1","status":"ENTREGADO","a":{"__proto__":1}}'],
    ["__proto__ in a form", 400, FORM_TYPE, "id_sms=1&status=ENTREGADO&__proto__=1"],
    ["no body and no query", 400, JSON_TYPE, ""],
    ["too long a body", 413, JSON_TYPE, `{"id_sms":"1","status":"${"x".repeat(65_536)}"}`],
    ["text", 415, { "content-type": "text/plain" }, "id_sms=1&status=ENTREGADO"],
    ["a body without a type", 415, {}, "id_sms=1&status=ENTREGADO"],
    ["multipart", 415, { "content-type": "multipart/form-data; boundary=x" }, "--x--"],
    ["XML", 415, { "content-type": "application/xml" }, "<id_sms>1</id_sms>"],
    ["gzip", 415, { ...FORM_TYPE, "content-encoding": "gzip" }, gzipSync(pair)],
    ["deflate", 415, { ...JSON_TYPE, "content-encoding": "deflate" }, "x"],
  ];
  for (const [what, status, headers, body] of refusals) {
    it(`refuses ${what} with ${status}`, async () => {
      await start();
      assert.equal((await call(front.address(), { headers, body })).status, status);
      assert.equal(({} as Record<string, unknown>).x, undefined);
      await stillWorks();
      assert.equal(flow.received("reports").length, 1);
    });
  }

  it("refuses other methods with 405, and an empty query with 400", async () => {
    await start();
    for (const method of ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]) {
      const answer = await call(front.address(), { method });
      assert.deepEqual([answer.status, answer.headers.allow], [405, "GET, POST"], method);
    }
    assert.equal((await get(front.address())).status, 400);
    assert.equal((await get(front.address(), { hello: "world" })).status, 400);
  });

  it("stops reading a body that does not say how long it is", async () => {
    await start();
    const headers = { ...JSON_TYPE, "transfer-encoding": "chunked" };
    const { socket, ended } = stall(front.address(), headers);
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    const flood = setInterval(() => socket.writable && socket.write(chunk), 1);
    const { text, ms } = await ended;
    clearInterval(flood);
    assert.match(text, /^HTTP\/1\.1 413 /);
    assert.ok(ms < 5000);
    await stillWorks();
  });

  it("takes as long a body as the node says", async () => {
    await start({ maxBodyKB: "128" });
    const body = { id_sms: "1", status: "ENTREGADO", more: "x".repeat(120_000) };
    assert.equal((await postJson(front.address(), body)).status, 200);
    assert.equal((await postJson(front.address(), { ...body, more: "x".repeat(131_072) })).status, 413);
  });

  it("cuts off a hundred stalled senders, who do not delay a good one", async () => {
    await start();
    const headers = { ...JSON_TYPE, "content-length": "1000" };
    const stalled = Array.from({ length: 100 }, () => stall(front.address(), headers, '{"id_sms":'));
    const times: number[] = [];
    for (let index = 0; index < 50; index++) {
      const began = performance.now();
      assert.equal((await postForm(front.address(), { ...STATUS, id_sms: String(index) })).status, 200);
      times.push(performance.now() - began);
    }
    assert.ok(Math.max(...times) < 5000, `the slowest good one took ${Math.max(...times)} ms`);
    for (const { text, ms } of await Promise.all(stalled.map(({ ended }) => ended))) {
      assert.match(text, /^HTTP\/1\.1 408 /);
      assert.ok(ms > 9000 && ms < 15_000, `cut off after ${ms} ms`);
    }
    await stillWorks();
  }).timeout(30_000);

  it("bears with a sender that breaks off", async () => {
    await start();
    for (let index = 0; index < 50; index++) {
      const { socket, ended } = stall(front.address(), { ...JSON_TYPE, "content-length": "1000" }, "{");
      setTimeout(() => socket.resetAndDestroy(), 5);
      await ended;
    }
    await stillWorks();
  });

  it("a callback in hand when the node closes is asked to come again", async () => {
    await start();
    const { socket, ended } = stall(front.address(), { ...JSON_TYPE, "content-length": "1000" }, "{");
    await new Promise((settle) => setTimeout(settle, 100));
    const began = performance.now();
    await flow.deploy();
    assert.ok(performance.now() - began < 6000);
    assert.match((await ended).text, /^HTTP\/1\.1 503 .*retry-after: 5/is);
    socket.destroy();
    await stillWorks();
  });

  it("never shows its secret: not in the log, in a status, in a message or in the exported flow", async () => {
    await start();
    await postJson(front.address(), STATUS);
    await call(front.address(), { headers: JSON_TYPE, body: "{" });
    await get(front.address(), { nothing: "known" });
    await call(front.address(), { method: "PUT" });
    await flow.until("reports");
    const seen = JSON.stringify([flow.log, [...flow.statuses], flow.received("reports"), flow.flow]);
    for (const form of [SECRET, encodeURIComponent(SECRET), Buffer.from(SECRET).toString("base64").slice(0, 20)]) {
      assert.ok(!seen.includes(form));
    }
    assert.ok(JSON.stringify(flow.log).includes("nothing"), "the log names the fields that nobody understood");
  });

  it("says why it does not listen", async () => {
    const deaf: [Record<string, unknown>, Record<string, string>, RegExp][] = [
      [{}, {}, /no secret/],
      [{}, { secret: "" }, /no secret/],
      [{ path: "/" }, { secret: SECRET }, /no path/],
      [{}, { secret: "${NOT_SET_ANYWHERE}" }, /environment variable/],
    ];
    for (const [more, secrets, reason] of deaf) {
      await start(more, { webhook: secrets } as typeof WEBHOOK_CREDENTIALS);
      assert.match(flow.warnings().join(), reason);
      await flow.shows("webhook", { fill: "red", shape: "ring", text: "status.not-listening" });
      assert.equal((await postJson(front.address("undefined"), STATUS)).status, 404);
      assert.equal((await postJson(`${front.url}/${WEBHOOK_PATH}/`, STATUS)).status, 404);
      await front.close();
      await flow.stop();
    }
    await start({}, { webhook: { secret: "short" } });
    assert.match(flow.warnings().join(), /fewer than 22 characters/);
    assert.equal((await postJson(front.address("short"), STATUS)).status, 200);
  });

  it("two webhooks share a path by their secrets, but not both", async () => {
    const other = "another-secret-another-secret";
    const nodes = webhookFlow();
    const second = {
      ...nodes.find(({ id }) => id === "webhook"),
      id: "second",
      type: "webhook-in",
      wires: [["inbound"]],
    };
    const credentials = { webhook: { secret: SECRET }, second: { secret: other } };
    flow = await RunningFlow.start([...nodes, second], credentials);
    front = await Front.open(flow);
    await postJson(front.address(SECRET), STATUS);
    await postJson(front.address(other), STATUS);
    assert.deepEqual([(await flow.until("reports")).length, (await flow.until("inbound")).length], [1, 1]);
    await flow.deploy("full", flow.flow, { webhook: { secret: SECRET }, second: { secret: SECRET } });
    assert.match(flow.warnings().join(), /another webhook-in/);
    await stillWorks();
  });
});
