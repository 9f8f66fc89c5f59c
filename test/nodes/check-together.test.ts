import { strict as assert } from "node:assert";
import { smshostingStandIn } from "../../src/providers/smshosting/stand-in.ts";
import type { StatusResult } from "../../src/result.ts";
import { startSandbox } from "../../src/sandbox/index.ts";
import { flowOf } from "../support/flows.ts";
import { RunningFlow } from "../support/node-red.ts";

const CREDENTIALS = { account: { authKey: "sandbox", authSecret: "sandbox-secret" } };
const CHOSEN = { provider: "smshosting", smshosting: "account" };

/** More than one question takes. */
const MESSAGES = 150;

describe("check-status that follows many messages at a time", () => {
  it("asks for them together, and tells each one's changes with its own part of the reply", async () => {
    const sandbox = await startSandbox(smshostingStandIn());
    const send = { id: "send", z: "tab", type: "send-sms", ...CHOSEN, wires: [["node"]] };
    const follow = { type: "check-status", ...CHOSEN, follow: true, everySeconds: 1, withinSeconds: 20 };
    const account = { id: "account", type: "smshosting-account", baseUrl: sandbox.url };
    const flow = await RunningFlow.start([...flowOf(follow, 2), send, account], CREDENTIALS);
    for (let index = 0; index < MESSAGES; index++) flow.send("send", { to: `+39348000${1100 + index}`, payload: "x" });
    await flow.eventually(() => flow.outcomes("node").length === MESSAGES, "the end of all", 25_000);
    const results = flow.received("out").map(({ payload }) => payload as StatusResult);
    const searches = sandbox.requests().filter(({ path }) => path === "sms/search");
    await flow.stop();
    await sandbox.close();

    assert.deepEqual(new Set(flow.outcomes("node")), new Set(["done"]));
    const delivered = results.filter(({ status, final }) => status === "delivered" && final);
    assert.equal(new Set(delivered.map(({ id }) => id)).size, MESSAGES);
    for (const { id, to, raw } of delivered) {
      assert.deepEqual([String((raw as { id: number }).id), `+${(raw as { to: string }).to}`], [id, to]);
    }
    assert.ok(searches.length < MESSAGES / 4, `${searches.length} questions about ${MESSAGES} messages`);
  }).timeout(30_000);
});
