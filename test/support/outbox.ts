import { strict as assert } from "node:assert";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Suite } from "mocha";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { startSandbox } from "../../src/sandbox/index.ts";
import { account, CREDENTIALS, flowOf } from "./flows.ts";
import { RunningFlow, type FlowNode } from "./node-red.ts";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);

/** Whether this Node.js has the database that the embedded store is made of. */
const HAS_STORE = major > 22 || (major === 22 && minor >= 13);

/** An outbox node, `outbox`, with a file of its own in the user directory. */
export function outbox(more: Record<string, unknown> = {}): FlowNode {
  return { id: "outbox", type: "messaging-outbox", name: "Outbox", ...more };
}

export function newUserDir(): Promise<string> {
  return mkdtemp(join(tmpdir(), "messaging-outbox-"));
}

/** A suite about outboxes. On a Node.js that is too old for them it holds them to saying so. */
export function describeOutbox(title: string, suite: (this: Suite) => void): void {
  describe(title, HAS_STORE ? suite : refuses);
}

function refuses(): void {
  it("says that the outbox needs a newer Node.js, while direct sends work", async () => {
    const sandbox = await startSandbox(connectusStandIn());
    const userDir = await newUserDir();
    const nodes = [...flowOf({ type: "send-sms", outbox: "outbox" }), account(sandbox.url), outbox()];
    const flow = await RunningFlow.start(nodes, CREDENTIALS, userDir);
    try {
      flow.send("node", { to: "990324203", payload: "x" });
      assert.match((await flow.first("caught")).error?.message ?? "", /Node\.js from version 22\.13/);
      assert.equal(sandbox.messages().length, 0);
      const direct = flow.flow.map((node) => (node.id === "node" ? { ...node, outbox: "" } : node));
      await flow.deploy("full", direct, CREDENTIALS);
      flow.send("node", { to: "990324203", payload: "x" });
      await flow.first("out");
      assert.equal(sandbox.messages().length, 1);
    } finally {
      await flow.stop();
      await sandbox.close();
      await rm(userDir, { recursive: true, force: true });
    }
  });
}
