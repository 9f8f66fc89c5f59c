import { strict as assert } from "node:assert";
import { rm } from "node:fs/promises";
import type { SendResult } from "../../src/result.ts";
import { RunningFlow } from "../support/node-red.ts";
import { describeOutbox, newUserDir, outbox } from "../support/outbox.ts";
import { startTwoAccounts, type TwoAccounts } from "../support/route.ts";

const NUMBER = "+56991111100";

describeOutbox("a send node with a route and an outbox", function () {
  this.timeout(30_000);
  let two: TwoAccounts;
  let flow: RunningFlow;
  let userDir: string;

  beforeEach(async () => {
    two = await startTwoAccounts();
    userDir = await newUserDir();
    const nodes = [...two.flow({ type: "send-sms", outbox: "outbox" }), outbox()];
    flow = await RunningFlow.start(nodes, two.credentials, userDir);
  });
  afterEach(async () => {
    await flow.stop();
    await two.close();
    await rm(userDir, { recursive: true, force: true });
  });

  it("sends what it stored through the account that takes it, once", async () => {
    two.main.misbehave({ kind: "status", status: 401 }, { times: Infinity });
    flow.send("node", { to: [NUMBER, "+56991111101"], payload: "Water high", topic: "tank" });
    const { payload, topic } = await flow.first("out");
    const { accepted, messages } = payload as SendResult;
    assert.deepEqual([accepted, topic], [2, "tank"]);
    assert.deepEqual(
      messages.map(({ to, provider, account }) => [to, provider, account]),
      [
        [NUMBER, "smshosting", "Reserve"],
        ["+56991111101", "smshosting", "Reserve"],
      ],
    );
    assert.deepEqual(two.taken().sort(), [NUMBER, "+56991111101"]);
    await flow.shows("node", { fill: "green", shape: "dot", text: "2 ✓  Reserve" });
  });

  it("waits while none of its accounts takes it", async () => {
    for (const sandbox of [two.main, two.reserve]) {
      sandbox.misbehave({ kind: "status", status: 429, retryAfter: 1 }, { times: 2 });
    }
    flow.send("node", { to: NUMBER, payload: "Water high" });
    await flow.first("out");
    assert.deepEqual(two.taken(), [NUMBER]);
  });

  it("holds a message in doubt, and does not send it through the other account", async () => {
    two.main.misbehave({ kind: "reset-after-read" }, { times: Infinity });
    flow.send("node", { to: NUMBER, payload: "Water high" });
    const { error } = await flow.first("caught");
    assert.equal(error?.cause?.outcome, "unknown");
    assert.deepEqual(two.taken(), [NUMBER]);
    assert.deepEqual(two.reserve.requests(), []);
  });
});
