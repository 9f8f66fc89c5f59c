import { strict as assert } from "node:assert";
import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { SendResult } from "../../src/result.ts";
import { RunningFlow } from "../support/node-red.ts";
import { describeOutbox, newUserDir, outbox } from "../support/outbox.ts";
import { startTwoAccounts, type TwoAccounts } from "../support/route.ts";

const NUMBER = "+56991111100";

describeOutbox("a send node with a route and an outbox", function () {
  this.timeout(60_000);
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

  describe("where a number has an account of its own", () => {
    const ITALIAN = "+393401234567";
    const prefixed = (own: Record<string, unknown> = {}) => [
      ...two
        .flow(
          { type: "send-sms", outbox: "outbox" },
          {
            members: [
              { provider: "connectus", account: "main", prefixes: "56" },
              { provider: "smshosting", account: "reserve", prefixes: "39" },
            ],
          },
        )
        .map((node) => (node.id === "main" ? { ...node, ...own } : node)),
      outbox(),
    ];

    for (const [what, own] of [
      ["is disabled", { d: true }],
      ["cannot be used", { baseUrl: "${MESSAGING_TEST_UNSET}" }],
    ] as const) {
      it(`keeps what waits while that ${what}, sends the others, and warns`, async () => {
        await flow.deploy("full", prefixed(own));
        flow.send("node", { to: [NUMBER, ITALIAN], payload: "first" });
        for (let index = 0; index < 30; index++) flow.send("node", { to: NUMBER, payload: `waits ${index}` });
        flow.send("node", { to: ITALIAN, payload: "second" });
        await flow.eventually(() => two.taken().length === 2, "those that have an account");
        await flow.eventually(() => flow.warnings().some((text) => text.includes("wait in the outbox")), "the warning");
        await sleep(1500);
        const warnings = flow.warnings().filter((text) => text.includes("wait in the outbox"));
        assert.equal(warnings.length, 1, warnings.join("\n"));
        assert.match(warnings[0] ?? "", /\+569•••1100/);
        assert.deepEqual(flow.received("caught"), []);
        assert.deepEqual(two.taken(), [ITALIAN, ITALIAN]);
        await flow.deploy("full", prefixed());
        await flow.until("out", 32, 40_000);
        assert.equal(two.taken().filter((to) => to === NUMBER).length, 31);
        assert.deepEqual(flow.received("caught"), []);
      });
    }

    it("fails at once without an outbox", async () => {
      const direct = prefixed({ d: true }).map((node) => (node.id === "node" ? { ...node, outbox: "" } : node));
      await flow.deploy("full", direct);
      flow.send("node", { to: NUMBER, payload: "x" });
      const { error } = await flow.first("caught");
      assert.deepEqual([error?.code, error?.cause?.outcome], ["MISSING_ACCOUNT", "rejected"]);
    });

    it("ends what waited too long as expired, and says why it waited", async () => {
      const short = prefixed({ d: true }).map((node) =>
        node.id === "outbox" ? { ...node, expireAfterSeconds: 2 } : node,
      );
      await flow.deploy("full", short);
      flow.send("node", { to: NUMBER, payload: "x" });
      const { error } = await flow.first("caught");
      assert.deepEqual([error?.code, error?.cause?.outcome], ["EXPIRED", "not-sent"]);
      assert.match(error?.message ?? "", /deleted or is disabled/);
    });
  });
});
