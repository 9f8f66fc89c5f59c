import { strict as assert } from "node:assert";
import type { CancelResult } from "../../src/cancel.ts";
import { smshostingStandIn } from "../../src/providers/smshosting/stand-in.ts";
import type { SendResult } from "../../src/result.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { flowOf } from "../support/flows.ts";
import { RunningFlow } from "../support/node-red.ts";

const CREDENTIALS = { account: { authKey: "sandbox", authSecret: "sandbox-secret" } };
const LATER = { at: "2031-06-01T10:00", atType: "str" };
const CHOSEN = { provider: "smshosting", smshosting: "account" };

describe("cancel-sms in a real Node-RED", () => {
  let sandbox: Sandbox;
  let flow: RunningFlow;

  beforeEach(async () => {
    sandbox = await startSandbox(smshostingStandIn());
  });
  afterEach(async () => {
    await flow.stop();
    await sandbox.close();
  });

  /** A send node, `send`, whose result goes to `sent`, and a cancel node, `node`. */
  async function start(send: Record<string, unknown> = {}, settings: Record<string, unknown> = {}) {
    const sender = { id: "send", z: "tab", type: "send-sms", ...CHOSEN, ...LATER, ...send, wires: [["sent"]] };
    const account = { id: "account", type: "smshosting-account", name: "A", baseUrl: sandbox.url, ...settings };
    const sent = { id: "sent", z: "tab", type: "helper", wires: [] };
    flow = await RunningFlow.start([...flowOf({ type: "cancel-sms", ...CHOSEN }), sender, sent, account], CREDENTIALS);
  }

  async function sent(message: Record<string, unknown>): Promise<SendResult> {
    const count = flow.received("sent").length;
    flow.send("send", message);
    return (await flow.until("sent", count + 1))[count]?.payload as SendResult;
  }

  async function cancelled(payload: unknown): Promise<CancelResult> {
    flow.send("node", { payload, topic: "kept" });
    const message = await flow.first("out");
    assert.equal(message.topic, "kept");
    return message.payload as CancelResult;
  }

  it("cancels what a send node scheduled", async () => {
    await start();
    const result = await sent({ to: "+393480000010", payload: "x" });
    const { raw, ...known } = await cancelled(result);
    assert.deepEqual(known, {
      provider: "smshosting",
      channel: "sms",
      account: "A",
      cancelled: 1,
      messages: [{ id: result.id, to: "+393480000010", status: "undelivered", providerStatus: "CANCELLED" }],
    });
    assert.equal((raw as unknown[]).length, 1);
    await flow.shows("node", { fill: "green", shape: "dot", text: "status.cancelled" });
  });

  it("cancels all of a send, by ids or by the reference that belongs to it alone", async () => {
    await start();
    const both = await sent({ to: "+393480000010,+393480000012", payload: "x" });
    assert.equal((await cancelled(both)).cancelled, 2);
  });

  it("leaves another send with the same reference of the user's alone", async () => {
    await start();
    const first = await sent({ to: "+393480000010,+393480000012", payload: "one", reference: "orders" });
    await sent({ to: "+393480000013", payload: "two", reference: "orders" });
    const { messages } = await cancelled(first);
    assert.deepEqual(
      messages.map(({ to }) => to),
      ["+393480000010", "+393480000012"],
    );
  });

  it("cancels all sends of a reference", async () => {
    await start();
    await sent({ to: "+393480000010", payload: "one", reference: "orders" });
    await sent({ to: "+393480000013", payload: "two", reference: "orders" });
    assert.equal((await cancelled({ reference: "orders" })).cancelled, 2);
  });

  for (const asGiven of [(id: string) => id, (id: string) => Number(id), (id: string) => ({ id })]) {
    it(`cancels by an id as in ${JSON.stringify(asGiven("1"))}`, async () => {
      await start();
      const { id } = await sent({ to: "+393480000010", payload: "x" });
      assert.equal((await cancelled(asGiven(id))).cancelled, 1);
    });
  }

  it("refuses the result of another provider, whose ids are those of strangers here", async () => {
    await start();
    const { id } = await sent({ to: "+393480000010", payload: "x" });
    const requests = sandbox.requests().length;
    flow.send("node", { payload: { provider: "another", channel: "sms", id, messages: [] } });
    const { error } = await flow.first("caught");
    assert.deepEqual([error?.code, sandbox.requests().length], ["INVALID_MESSAGE", requests]);
    assert.match(error?.message ?? "", /comes from another/);
  });

  it("names what could not be cancelled any more", async () => {
    await start({ at: "at", atType: "msg" });
    const later = await sent({ to: "+393480000010", payload: "x", at: "2031-06-01T10:00" });
    const now = await sent({ to: "+393480000012", payload: "x" });
    const result = await cancelled(`${later.id}, ${now.id}`);
    assert.deepEqual([result.cancelled, result.notCancelled], [1, [now.id]]);
    await flow.shows("node", { fill: "yellow", shape: "dot", text: "1 ✓  1 ✗" });
  });

  it("is an error where nothing can be cancelled", async () => {
    await start({ at: "" });
    const result = await sent({ to: "+393480000010", payload: "x" });
    flow.send("node", { payload: result });
    const { error } = await flow.first("caught");
    assert.equal(error?.code, "REJECTED");
    assert.match(error.message, /nothing to cancel/);
  });

  for (const payload of [{}, "", [], { from: "2026-01-01T00:00" }, { off: true, messages: [] }]) {
    it(`refuses ${JSON.stringify(payload)} before any request`, async () => {
      await start();
      flow.send("node", { payload });
      assert.equal((await flow.first("caught")).error?.code, "INVALID_MESSAGE");
      assert.equal(sandbox.requests().length, 0);
    });
  }

  it("cannot ask an account that is switched off", async () => {
    await start({}, { mode: "off" });
    flow.send("node", { payload: "389310742" });
    assert.equal((await flow.first("caught")).error?.code, "NOT_SUPPORTED");
  });
});
