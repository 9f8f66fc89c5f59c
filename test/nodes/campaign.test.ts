import { strict as assert } from "node:assert";
import { conectalineStandIn } from "../../src/providers/conectaline/stand-in.ts";
import type { SendResult } from "../../src/result.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { flowOf } from "../support/flows.ts";
import { RunningFlow } from "../support/node-red.ts";

const CREDENTIALS = { account: { apiToken: "sandbox-token" } };
const CAMPAIGN = { topic: "Opening hours", payload: "Mañana abrimos a las 10.", groups: [2, 3] };

describe("send-campaign in a real Node-RED", () => {
  let sandbox: Sandbox;
  let flow: RunningFlow;

  beforeEach(async () => {
    sandbox = await startSandbox(conectalineStandIn());
  });
  afterEach(async () => {
    await flow.stop();
    await sandbox.close();
  });

  async function start(fields: Record<string, unknown> = {}, settings: Record<string, unknown> = {}) {
    const node = { type: "send-campaign", provider: "conectaline", conectaline: "account", ...fields };
    const own = { auth: "token", configurationName: "default", baseUrl: sandbox.url };
    const account = { id: "account", type: "conectaline-account", name: "Shop", ...own, ...settings };
    flow = await RunningFlow.start([...flowOf(node), account], CREDENTIALS);
  }

  it("sends one text to groups and tells the campaign's id", async () => {
    await start();
    flow.send("node", { ...CAMPAIGN, ticket: 12 });
    const { payload, ticket } = await flow.first("out");
    const { raw, id, ...known } = payload as SendResult;
    assert.deepEqual(known, {
      provider: "conectaline",
      channel: "sms",
      account: "Shop",
      accepted: 0,
      rejected: 0,
      failed: 0,
      messages: [],
    });
    assert.equal(id, String((raw as { data: { id: number } }).data.id));
    assert.equal(ticket, 12);
    assert.ok(sandbox.messages().length > 0);
    assert.ok(sandbox.messages().every(({ text, deliveryName }) => text === CAMPAIGN.payload && deliveryName));
    await flow.shows("node", { fill: "green", shape: "dot", text: "status.sent" });
  });

  const BLOCKS = { messagesPerBlock: "100", minutesPerBlock: "10" };
  const DRIPS: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ["texts", { ...BLOCKS, days: "1,2,3", timeIntervals: "09:00-13:00,17:00-21:00" }, {}],
    [
      "the message's arrays",
      { ...BLOCKS, days: "days", daysType: "msg", timeIntervals: "hours", timeIntervalsType: "msg" },
      { days: [1, 2, 3], hours: ["09:00-13:00", "17:00-21:00"] },
    ],
    ["a number", { ...BLOCKS, days: "day", daysType: "msg" }, { day: 5 }],
  ];
  for (const [what, fields, message] of DRIPS) {
    it(`takes the rules of a drip from ${what}`, async () => {
      await start(fields);
      flow.send("node", { ...CAMPAIGN, ...message });
      assert.ok(((await flow.first("out")).payload as SendResult).id);
      assert.equal(sandbox.requests()[0]?.status, 200);
    });
  }

  it("starts at the time given, in the account's zone", async () => {
    await start({ start: "2031-06-01T10:00", startType: "str" });
    flow.send("node", { ...CAMPAIGN });
    await flow.first("out");
    assert.equal(sandbox.messages()[0]?.deliverAt, Date.parse("2031-06-01T10:00:00+02:00"));
  });

  const MISTAKES: [string, Record<string, unknown>, Record<string, unknown>, RegExp][] = [
    ["a block without minutes", { messagesPerBlock: "100" }, {}, /"minutesPerBlock" is empty/],
    ["minutes without a block", { minutesPerBlock: "10" }, {}, /"messagesPerBlock" is empty/],
    ["days without blocks", { days: "1,2" }, {}, /"days" works only for a campaign in blocks/],
    ["a day 8", { ...BLOCKS, days: "7,8" }, {}, /"8".*no day/],
    ["the time 25:00", { ...BLOCKS, timeIntervals: "09:00-25:00" }, {}, /25:00/],
    ["an interval that ends before it starts", { ...BLOCKS, timeIntervals: "13:00-09:00" }, {}, /after it starts/],
    ["intervals that overlap", { ...BLOCKS, timeIntervals: "09:00-13:00,12:00-14:00" }, {}, /overlap/],
    ["half a message per block", { ...BLOCKS, messagesPerBlock: "0.5" }, {}, /"messagesPerBlock"/],
    ["no name", {}, { topic: "" }, /"campaignName" is empty/],
    ["no group", {}, { groups: [] }, /"groups" is empty/],
    ["a start that is no time", { start: "tomorrow" }, {}, /"start".*"tomorrow"/],
  ];
  for (const [what, fields, message, says] of MISTAKES) {
    it(`refuses ${what} before anything is sent`, async () => {
      await start(fields);
      flow.send("node", { ...CAMPAIGN, ...message });
      const { error } = await flow.first("caught");
      assert.equal(error?.code, "INVALID_MESSAGE");
      assert.match(error.message, says);
      assert.equal(sandbox.requests().length, 0);
    });
  }

  it("checks everything and sends nothing from an account that is switched off", async () => {
    await start({ days: "days", daysType: "msg", ...BLOCKS }, { mode: "off" });
    flow.send("node", { ...CAMPAIGN });
    const { off, accepted, id } = (await flow.first("out")).payload as SendResult;
    assert.deepEqual({ off, accepted, id }, { off: true, accepted: 0, id: "" });
    flow.send("node", { ...CAMPAIGN, days: 9 });
    assert.equal((await flow.first("caught")).error?.code, "INVALID_MESSAGE");
    assert.equal(sandbox.requests().length, 0);
  });

  it("hands on the provider's refusal of a group that it does not know", async () => {
    await start();
    flow.send("node", { ...CAMPAIGN, groups: "99" });
    const { error } = await flow.first("caught");
    assert.equal(error?.cause?.outcome, "rejected");
    assert.deepEqual(sandbox.messages(), []);
  });
});
