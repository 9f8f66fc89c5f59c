import { strict as assert } from "node:assert";
import { rm } from "node:fs/promises";
import { account, CREDENTIALS, flowOf } from "../support/flows.ts";
import { RunningFlow } from "../support/node-red.ts";
import { freePort } from "../support/node-red-process.ts";
import { describeOutbox, newUserDir, outbox } from "../support/outbox.ts";

/** More than a node without an outbox keeps (`test/faults/crowd.test.ts`). */
const MESSAGES = 22_000;

describeOutbox("a crowd of messages at a node with an outbox", function () {
  this.timeout(120_000);
  let flow: RunningFlow;
  let userDir: string;

  beforeEach(async () => {
    userDir = await newUserDir();
  });
  afterEach(async () => {
    await flow.stop();
    await rm(userDir, { recursive: true, force: true });
  });

  async function pour(ofOutbox: Record<string, unknown>): Promise<Map<string, number>> {
    const nowhere = account(`http://127.0.0.1:${await freePort()}/api`);
    const nodes = [...flowOf({ type: "send-sms", outbox: "outbox" }), nowhere, outbox(ofOutbox)];
    flow = await RunningFlow.start(nodes, CREDENTIALS, userDir);
    for (let index = 0; index < MESSAGES; index++) flow.send("node", { to: "990324203", payload: `Level ${index}` });
    await flow.eventually(() => flow.outcomes("node").length === MESSAGES, "an end of each", 100_000);
    const counts = new Map<string, number>();
    for (const outcome of flow.outcomes("node")) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    return counts;
  }

  it("is stored, as far as there is room in the outbox", async () => {
    assert.deepEqual([...(await pour({}))], [["done", MESSAGES]]);
  });

  it("ends in QUEUE_FULL where the outbox is full, and in its words", async () => {
    const counts = await pour({ maxMessages: 1000 });
    assert.deepEqual(Object.fromEntries(counts), { done: 1000, QUEUE_FULL: MESSAGES - 1000 });
    const { message } = flow.settled.find(({ error }) => error)?.error as Error;
    assert.match(message, /outbox is full: 1000 messages/);
  });
});
