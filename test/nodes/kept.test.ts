import { strict as assert } from "node:assert";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { account, CREDENTIALS, flowOf, withSandbox } from "../support/flows.ts";
import { promisesKept, Traces } from "../support/kept.ts";
import { RunningFlow } from "../support/node-red.ts";
import { type Front, postJson, SECRET } from "../support/webhook.ts";
import { withWebhook } from "../support/with-webhook.ts";

const TIMES = 40;

describe("of a message that has ended, nothing is kept:", () => {
  let sandbox: Sandbox;
  let flow: RunningFlow;

  withSandbox(
    (own) => (sandbox = own),
    () => flow,
  );

  /** Sends messages of which each second one is refused. */
  async function send(traces: Traces): Promise<void> {
    const before = flow.outcomes("node").length;
    for (let index = 0; index < TIMES; index++) {
      const to = index % 2 === 0 ? "990324203" : "12";
      flow.send("node", traces.of("message", { to, payload: traces.of("payload", { level: index }) }));
    }
    await flow.eventually(() => flow.outcomes("node").length === before + TIMES, "all to end");
    for (const id of ["out", "caught"]) traces.ofAll(`message at ${id}`, flow.received(id));
    flow.forget();
  }

  async function start(): Promise<void> {
    const node = flowOf({ type: "send-sms", text: "payload.level", textType: "msg" });
    flow = await RunningFlow.start([account(sandbox.url), ...node], CREDENTIALS);
  }

  it("neither the message nor what became of it", async () => {
    await start();
    const traces = new Traces();
    await send(traces);
    assert.ok(traces.size >= 3 * TIMES, String(traces.size));
    assert.deepEqual(await traces.kept(), {});
  });

  it("no promise, either", async () => {
    await start();
    await send(new Traces());
    const kept = await promisesKept(() => send(new Traces()));
    assert.ok(kept < TIMES / 4, `${kept} promises of ${TIMES} messages`);
  });
});

describe("of a callback that was answered, nothing is kept:", () => {
  let flow: RunningFlow;
  let front: Front;

  withWebhook((own, door) => ([flow, front] = [own, door]));

  /** Reports, the same reports again, and what is no report. */
  async function call(first: number): Promise<void> {
    for (let index = 0; index < TIMES; index++) {
      const report = { id_sms: String(first + index), status: "ENTREGADO" };
      const statuses = [];
      for (const body of [report, report, {}]) statuses.push((await postJson(front.address(SECRET), body)).status);
      assert.deepEqual(statuses, [200, 200, 400]);
    }
    await flow.until("reports", TIMES);
  }

  it("neither the request nor the answer nor the report", async () => {
    const traces = new Traces();
    const note = (begun: unknown) => {
      const { request, response } = begun as { request: object; response: object };
      traces.of("request", request);
      traces.of("answer", response);
    };
    subscribe("http.server.request.start", note);
    await call(0);
    unsubscribe("http.server.request.start", note);
    traces.ofAll("report", flow.received("reports"));
    flow.forget();
    assert.equal(traces.size, 7 * TIMES);
    assert.deepEqual(await traces.kept(), {});
  });

  it("no promise, either", async () => {
    await call(0);
    flow.forget();
    const kept = await promisesKept(async () => {
      await call(TIMES);
      flow.forget();
    });
    assert.ok(kept < TIMES / 4, `${kept} promises of ${3 * TIMES} callbacks`);
  });
});
