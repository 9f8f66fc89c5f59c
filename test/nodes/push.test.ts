import { strict as assert } from "node:assert";
import { smshostingStandIn } from "../../src/providers/smshosting/stand-in.ts";
import type { SendResult, StatusResult } from "../../src/result.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { flowOf } from "../support/flows.ts";
import { RunningFlow, type Message } from "../support/node-red.ts";

const CREDENTIALS = { account: { authKey: "sandbox", authSecret: "sandbox-secret" } };

/** Begins as a PNG does; more is not looked at. */
const PNG = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(3000, 7)]);

/** Has the app; has none. */
const [WITH_APP, WITHOUT_APP] = ["+393480000010", "+393480000009"];

describe("push nodes in a real Node-RED", () => {
  let sandbox: Sandbox;
  let flow: RunningFlow;

  beforeEach(async () => {
    sandbox = await startSandbox(smshostingStandIn());
  });
  afterEach(async () => {
    await flow.stop();
    await sandbox.close();
  });

  async function start(node: Record<string, unknown> & { type: string }, settings: Record<string, unknown> = {}) {
    const chosen = { provider: "smshosting", smshosting: "account", ...node };
    const account = { id: "account", type: "smshosting-account", name: "Alarms", baseUrl: sandbox.url, ...settings };
    flow = await RunningFlow.start([...flowOf(chosen), account], CREDENTIALS);
  }

  async function push(fields: Record<string, unknown>, message: Record<string, unknown>): Promise<SendResult> {
    await start({ type: "push-send", ...fields });
    flow.send("node", message);
    return (await flow.first("out")).payload as SendResult;
  }

  async function refusal(fields: Record<string, unknown>, message: Record<string, unknown>): Promise<Message> {
    await start({ type: "push-send", ...fields });
    flow.send("node", message);
    return flow.first("caught");
  }

  it("says that an outbox does not take it", async () => {
    await push({ outbox: "box" }, { to: WITH_APP, payload: "x" });
    assert.match(flow.warnings().join(), /An outbox stores SMS and e-mails only/);
  });

  it("sends a text to a number", async () => {
    const result = await push({}, { to: "348 0000010", payload: "Perché no? à è ì 🚨", topic: "kept" });
    const [kept] = sandbox.messages();
    const { raw, reference, ...known } = result;
    assert.deepEqual(known, {
      provider: "smshosting",
      channel: "push",
      account: "Alarms",
      id: kept?.id,
      accepted: 1,
      rejected: 0,
      failed: 0,
      messages: [{ to: WITH_APP, id: kept?.id, via: "push", status: "accepted" }],
    });
    assert.equal((raw as { transactionId: string }).transactionId, reference);
    assert.deepEqual([kept?.text, kept?.channel], ["Perché no? à è ì 🚨", "push"]);
    assert.equal((await flow.first("out")).topic, "kept");
    await flow.shows("node", { fill: "green", shape: "dot", text: "status.sent" });
  });

  it("sends an SMS to those who have no app, where the author gave a text for it", async () => {
    const sms = { smsFallback: true, smsText: "'Water: ' & level & ' cm'", smsTextType: "jsonata", smsFrom: "ALARM" };
    const result = await push(sms, { to: [WITH_APP, WITHOUT_APP], payload: "Water", level: 97 });
    assert.deepEqual(
      result.messages.map(({ to, via, parts }) => [to, via, parts]),
      [
        [WITH_APP, "push", undefined],
        [WITHOUT_APP, "sms", 1],
      ],
    );
    const [, fallback] = sandbox.messages();
    assert.deepEqual([fallback?.text, fallback?.from], ["Water: 97 cm", "ALARM"]);
    await flow.shows("node", { fill: "green", shape: "dot", text: "2 ✓" });
  });

  it("names the numbers that are none and those without the app, and sends to the others", async () => {
    const { accepted, rejected, messages } = await push({}, { to: `12,${WITHOUT_APP},${WITH_APP}`, payload: "x" });
    assert.deepEqual({ accepted, rejected }, { accepted: 1, rejected: 2 });
    assert.deepEqual(
      messages.map(({ to, status, error }) => [to, error?.code ?? status]),
      [
        ["12", "INVALID_NUMBER"],
        [WITHOUT_APP, "REJECTED"],
        [WITH_APP, "accepted"],
      ],
    );
    await flow.shows("node", { fill: "yellow", shape: "dot", text: "1 ✓  2 ✗" });
  });

  for (const groups of ["1, 2", ["1", "2"], [1, 2]]) {
    it(`sends to the groups given as ${JSON.stringify(groups)}, whose members follow`, async () => {
      const result = await push({ groups: "groups", groupsType: "msg" }, { groups, payload: "x", to: WITH_APP });
      assert.equal(result.messages[0]?.to, WITH_APP);
      // Of the five members, one has no app.
      assert.deepEqual([result.messages.length, result.accepted, result.rejected], [5, 5, 0]);
    });
  }

  it("sends to groups alone", async () => {
    const { accepted } = await push({ groups: "1", groupsType: "str" }, { payload: "x" });
    assert.equal(accepted, 2);
  });

  it("takes its image from a Buffer, also out of the same property as the text, and leaves that out", async () => {
    const fields = { image: "payload", imageType: "msg" };
    assert.equal((await push(fields, { to: WITH_APP, payload: PNG })).accepted, 1);
    const [kept] = sandbox.messages();
    assert.equal(kept?.text, "");
    assert.ok(kept.imageId);
  });

  it("hands an image back as it was sent, found by a search", async () => {
    const node = (id: string, more: Record<string, unknown>) => ({
      id,
      z: "tab",
      type: "helper",
      provider: "smshosting",
      smshosting: "account",
      wires: [],
      ...more,
    });
    const image = "payload.raw.smsList[0].multimediaContent.id";
    const account = { id: "account", type: "smshosting-account", baseUrl: sandbox.url };
    const fetching = { type: "push-image", provider: "smshosting", smshosting: "account", image, imageType: "msg" };
    flow = await RunningFlow.start(
      [
        ...flowOf(fetching),
        node("send", { type: "push-send", image: "photo", imageType: "msg", wires: [["check"]] }),
        node("check", { type: "check-status", wires: [["node"], []] }),
        account,
      ],
      CREDENTIALS,
    );
    flow.send("send", { to: WITH_APP, payload: "Look", photo: PNG, topic: "kept" });
    const { payload, contentType, topic } = await flow.first("out");
    assert.ok(Buffer.isBuffer(payload));
    assert.ok(PNG.equals(payload));
    assert.deepEqual([contentType, topic], ["image/png", "kept"]);
    await flow.shows("node", { fill: "green", shape: "dot", text: "3 KB" });
  });

  it("schedules", async () => {
    const fields = { at: "2031-06-01T10:00", atType: "str", reference: "order 17", referenceType: "str" };
    const { messages, reference } = await push(fields, { to: WITH_APP, payload: "x" });
    assert.equal(messages[0]?.status, "scheduled");
    assert.equal(reference, "order 17");
    assert.equal(sandbox.messages()[0]?.deliverAt, Date.parse("2031-06-01T10:00:00+02:00"));
    await flow.shows("node", { fill: "blue", shape: "ring", text: "status.scheduled" });
  });

  it("estimates and sends nothing", async () => {
    const fields = { estimateOnly: true, smsFallback: true, smsText: "x", smsTextType: "str" };
    const { raw, ...estimate } = await push(fields, { to: [WITH_APP, WITHOUT_APP, "12"], payload: "x" });
    const { messages, ...costs } = estimate as SendResult;
    assert.deepEqual(costs, {
      provider: "smshosting",
      channel: "push",
      cost: 0.05,
      credit: 10_000,
      sms: 1,
      push: 1,
      pushAvailable: 100_000,
    });
    assert.deepEqual(
      messages.map(({ to, error }) => [to, error?.code]),
      [["12", "INVALID_NUMBER"]],
    );
    assert.ok(raw);
    assert.deepEqual(sandbox.messages(), []);
    await flow.shows("node", { fill: "green", shape: "dot", text: "0.05" });
  });

  it("checks everything and sends nothing from an account that is switched off", async () => {
    await start({ type: "push-send", image: "image", imageType: "msg" }, { mode: "off" });
    flow.send("node", { to: `${WITH_APP},12`, payload: "x", image: PNG });
    const { payload } = await flow.first("out");
    const { off, accepted, rejected, messages, id } = payload as SendResult;
    assert.deepEqual({ off, accepted, rejected, id }, { off: true, accepted: 0, rejected: 1, id: "" });
    assert.deepEqual(
      messages.map(({ to }) => to),
      ["12"],
    );
    assert.equal(sandbox.requests().length, 0);
    await flow.shows("node", { fill: "grey", shape: "dot", text: "status.off" });
    flow.send("node", { to: WITH_APP, payload: "x", image: Buffer.from("no image") });
    assert.equal((await flow.first("caught")).error?.code, "INVALID_MESSAGE");
  });

  const SMS = { smsFallback: true };
  const REFUSALS: [string, Record<string, unknown>, Record<string, unknown>, string, RegExp][] = [
    ["nobody", {}, { payload: "x" }, "INVALID_NUMBER", /nobody/],
    ["a single bad number", {}, { to: "12", payload: "x" }, "INVALID_NUMBER", /•••12/],
    ["a list of bad numbers", {}, { to: "12,34", payload: "x" }, "INVALID_NUMBER", /All 2 .*•••12/],
    ["neither text nor image", {}, { to: WITH_APP }, "INVALID_MESSAGE", /push is empty/],
    ["an object as text", {}, { to: WITH_APP, payload: {} }, "INVALID_MESSAGE", /text is an object/],
    ["what is no image", { image: "x", imageType: "str" }, { to: WITH_APP, payload: "t" }, "INVALID_MESSAGE", /image/],
    ["no SMS text", SMS, { to: WITH_APP, payload: "x" }, "INVALID_MESSAGE", /"smsText" is empty/],
    [
      "blanks as SMS text",
      { ...SMS, smsText: " ", smsTextType: "str" },
      { to: WITH_APP, payload: "x" },
      "INVALID_MESSAGE",
      /SMS text/,
    ],
    [
      "an SMS text that GSM-7 cannot hold, where the author wants GSM-7",
      { ...SMS, smsText: "Atención", smsTextType: "str", encoding: "gsm7" },
      { to: WITH_APP, payload: "x" },
      "INVALID_MESSAGE",
      /ó/,
    ],
    [
      "a group that is no id",
      { groups: "groups", groupsType: "msg" },
      { groups: [{}], payload: "x" },
      "INVALID_MESSAGE",
      /"groups"/,
    ],
  ];
  for (const [what, fields, message, code, says] of REFUSALS) {
    it(`refuses ${what} before any request`, async () => {
      const { error } = await refusal(fields, message);
      assert.equal(error?.code, code);
      assert.match(error.message, says);
      assert.equal(error.cause?.outcome, "rejected");
      assert.equal(sandbox.requests().length, 0);
    });
  }

  it("does not look at the SMS fields without the fallback", async () => {
    const hidden = { smsText: "$number(payload)", smsTextType: "jsonata", encoding: "gsm7" };
    assert.equal((await push(hidden, { to: WITH_APP, payload: "à ó" })).accepted, 1);
  });

  it("fails for a single number without the app, and says what helps", async () => {
    const { error } = await refusal({ reference: "r1", referenceType: "str" }, { to: WITHOUT_APP, payload: "x" });
    assert.equal(error?.code, "REJECTED");
    assert.match(error.message, /invite/i);
    const { provider, account, outcome, reference } = error.cause ?? {};
    assert.deepEqual([provider, account, outcome, reference], ["smshosting", "Alarms", "rejected", "r1"]);
  });

  it("leaves the outcome of an internal error unknown", async () => {
    const { error } = await refusal({}, { to: "+393480000005", payload: "x" });
    assert.equal(error?.cause?.outcome, "unknown");
    assert.ok(error.cause.reference);
  });

  it("makes an invitation", async () => {
    await start({ type: "push-invite" });
    flow.send("node", { to: "348 0000010", topic: "kept" });
    const { payload, topic } = await flow.first("out");
    const { url, raw, ...known } = payload as { url: string; raw: unknown };
    assert.deepEqual(known, { provider: "smshosting", to: WITH_APP });
    assert.match(url, /^https:\/\/cqui\.it\/\w+$/);
    assert.deepEqual(raw, { to: "393480000010", url: url.slice("https://".length) });
    assert.equal(topic, "kept");
    await flow.shows("node", { fill: "green", shape: "dot", text: "✓" });
  });

  for (const to of ["12", "3480000010, 3480000011", undefined]) {
    it(`invites nobody by ${JSON.stringify(to)}`, async () => {
      await start({ type: "push-invite" });
      flow.send("node", { to });
      assert.equal((await flow.first("caught")).error?.code, "INVALID_NUMBER");
      assert.equal(sandbox.requests().length, 0);
    });
  }

  it("says so where an image is not known, and where an id is none", async () => {
    await start({ type: "push-image" });
    flow.send("node", { payload: "abc/+=" });
    flow.send("node", { payload: {} });
    const errors = (await flow.until("caught", 2)).map(({ error }) => error?.code);
    assert.deepEqual(errors, ["INVALID_MESSAGE", "INVALID_MESSAGE"]);
    assert.equal(sandbox.requests().length, 1);
  });

  it("cannot be asked for links and images while it is switched off", async () => {
    for (const type of ["push-invite", "push-image"]) {
      await start({ type }, { mode: "off" });
      flow.send("node", { to: WITH_APP, payload: "abc" });
      assert.equal((await flow.first("caught")).error?.code, "NOT_SUPPORTED");
      if (type === "push-invite") await flow.stop();
    }
  });

  it("is followed to its end by check-status", async () => {
    const send = {
      id: "send",
      z: "tab",
      type: "push-send",
      provider: "smshosting",
      smshosting: "account",
      wires: [["node"]],
    };
    const follow = { type: "check-status", provider: "smshosting", smshosting: "account", follow: true };
    const account = { id: "account", type: "smshosting-account", baseUrl: sandbox.url };
    const nodes = [...flowOf({ ...follow, everySeconds: 0.5 }, 2), send, account];
    flow = await RunningFlow.start(nodes, CREDENTIALS);
    flow.send("send", { to: WITH_APP, payload: "x" });
    await flow.eventually(() => flow.outcomes("node").length > 0, "the end");
    const last = flow.received("out").at(-1)?.payload as StatusResult;
    assert.deepEqual([last.status, last.final, last.channel], ["delivered", true, "push"]);
  });
});
