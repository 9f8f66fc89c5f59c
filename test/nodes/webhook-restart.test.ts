import { strict as assert } from "node:assert";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { smshostingStandIn } from "../../src/providers/smshosting/stand-in.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";
import { describeOutbox, newUserDir } from "../support/outbox.ts";
import { emitted, hand, outboxFlow } from "../support/outbox-process.ts";
import { postJson, SECRET, WEBHOOK_PATH } from "../support/webhook.ts";

interface Reported {
  readonly payload: Record<string, unknown>;
  readonly sent?: unknown;
}

describeOutbox("a webhook in a Node-RED that is killed", function () {
  this.timeout(120_000);
  let sandbox: Sandbox;
  let nodeRed: NodeRedProcess;
  let folder: string;
  let file: string;

  beforeEach(async () => {
    sandbox = await startSandbox(smshostingStandIn());
    folder = await newUserDir();
    file = join(folder, "emitted.jsonl");
    const webhook = {
      id: "webhook",
      type: "webhook-in",
      z: "tab",
      x: 100,
      y: 200,
      provider: "smshosting",
      smshosting: "account",
      path: WEBHOOK_PATH,
      wires: [["line"], ["line"]],
    };
    const flows = [...outboxFlow(sandbox.url, file, { provider: "smshosting" }), webhook];
    nodeRed = await NodeRedProcess.start({
      flows,
      credentials: { account: sandbox.credentials, webhook: { secret: SECRET } },
    });
  });
  afterEach(async () => {
    await nodeRed.stop();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });

  const report = (fields: object) => postJson(`${nodeRed.url}${WEBHOOK_PATH}/${SECRET}`, fields);

  async function until(count: number): Promise<Reported[]> {
    for (const deadline = performance.now() + 40_000; performance.now() < deadline; await sleep(50)) {
      const all = (await emitted(file)) as unknown as Reported[];
      if (all.length >= count) return all;
    }
    throw new Error(`Waited in vain for ${count} message(s):\n${nodeRed.output}`);
  }

  async function restart(between: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    await nodeRed.kill();
    await between();
    nodeRed = await NodeRedProcess.start({ userDir: nodeRed.userDir });
  }

  it("knows what was sent through the outbox before, by id, by reference, and what it has heard of it", async () => {
    for (const [index, to] of ["3480005566", "3480005577"].entries()) {
      assert.ok(
        await hand(nodeRed, { to, text: "Pump", topic: `pump ${to}`, context: { order: to }, reference: `r-${to}` }),
      );
      await until(index + 1);
    }
    const [one, other] = sandbox.messages();
    // What was handed on just before a kill comes again.
    await sleep(1000);
    await restart();
    assert.equal((await report({ id: one?.id, status: "DELIVERED" })).status, 200);
    assert.equal((await report({ transactionId: "r-3480005577", status: "DELIVERED" })).status, 200);
    const heard = (await until(4)).slice(2);
    assert.deepEqual(
      heard.map(({ payload: { id, to, matched, status }, sent }) => ({ id, to, matched, status, sent })),
      ["3480005566", "3480005577"].map((to, index) => ({
        id: [one, other][index]?.id,
        to: `+39${to}`,
        matched: true,
        status: "delivered",
        sent: { reference: `r-${to}`, topic: `pump ${to}`, context: { order: to } },
      })),
    );
    await sleep(500);
    await restart();
    const lastCallback = async () => {
      const answer = await fetch(`${nodeRed.url}messaging/webhook-in/webhook`);
      return ((await answer.json()) as { lastCallbackAt?: string }).lastCallbackAt;
    };
    assert.ok(await lastCallback());
    assert.equal((await report({ id: one?.id, status: "DELIVERED" })).status, 200);
    assert.equal((await report({ id: other?.id, status: "PENDING" })).status, 200);
    assert.equal((await report({ id: "999", status: "DELIVERED" })).status, 200);
    const [last, ...more] = (await until(5)).slice(4);
    assert.deepEqual([last?.payload.id, last?.payload.matched, more], ["999", false, []]);
    const kept = await readFile(join(nodeRed.userDir, "messaging", "webhook-in.jsonl"), "utf8");
    assert.doesNotMatch(kept, /348000|DELIVERED/);
  });

  it("begins anew, and goes on, where what it remembered cannot be read", async () => {
    assert.equal((await report({ id: "1", status: "DELIVERED" })).status, 200);
    await until(1);
    await sleep(500);
    const path = join(nodeRed.userDir, "messaging", "webhook-in.jsonl");
    await restart(() => writeFile(path, "no JSON at all"));
    assert.equal((await report({ id: "1", status: "DELIVERED" })).status, 200);
    await until(2);
    await sleep(500);
    await restart(() => appendFile(path, '\n{"torn'));
    assert.equal((await report({ id: "1", status: "DELIVERED" })).status, 200);
    await restart(() =>
      rm(path)
        .then(() => mkdir(path))
        .then(() => undefined),
    );
    assert.equal((await report({ id: "1", status: "DELIVERED" })).status, 200);
    assert.equal((await until(3)).length, 3);
    await nodeRed.shows(/cannot be (read|written)/);
  });
});
