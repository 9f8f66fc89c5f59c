import { strict as assert } from "node:assert";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import type { SendResult } from "../../src/result.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { CREDENTIALS } from "../support/flows.ts";
import { freePort, NodeRedProcess } from "../support/node-red-process.ts";
import { describeOutbox, newUserDir } from "../support/outbox.ts";
import { emitted, hand, outboxFlow, type Emitted } from "../support/outbox-process.ts";

interface Listed {
  id: string;
  state: string;
  to: string;
  text: string;
}

describeOutbox("an outbox in a Node-RED that is killed", function () {
  this.timeout(120_000);
  let port: number;
  let sandbox: Sandbox | undefined;
  let nodeRed: NodeRedProcess;
  let folder: string;
  let file: string;

  beforeEach(async () => {
    port = await freePort();
    folder = await newUserDir();
    file = join(folder, "emitted.jsonl");
    const flows = outboxFlow(`http://127.0.0.1:${port}/api`, file);
    nodeRed = await NodeRedProcess.start({ flows, credentials: CREDENTIALS });
  });
  afterEach(async () => {
    await nodeRed.stop();
    await sandbox?.close();
    sandbox = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  async function restart(): Promise<void> {
    await nodeRed.kill();
    nodeRed = await NodeRedProcess.start({ userDir: nodeRed.userDir });
  }

  async function counts(): Promise<Record<string, number>> {
    const answer = await fetch(`${nodeRed.url}messaging/outbox/outbox`);
    return ((await answer.json()) as { counts: Record<string, number> }).counts;
  }

  async function until(count: number): Promise<Emitted[]> {
    for (const deadline = performance.now() + 40_000; performance.now() < deadline; await sleep(100)) {
      const all = await emitted(file);
      if (all.length >= count) return all;
    }
    throw new Error(`Waited in vain for ${count} result(s):\n${nodeRed.output}`);
  }

  it("sends after the restart what was stored before, and gives the result with the message's own properties", async () => {
    assert.ok(await hand(nodeRed, { to: "990324203", text: "Pump 3", job: { id: 7, list: [1, null] } }));
    // Between two tries: one of which the end is not known would be in doubt.
    while ((await counts()).queued !== 1) await sleep(20);
    await restart();
    sandbox = await startSandbox(connectusStandIn(), { port });
    const [message] = await until(1);
    const { accepted, messages } = message?.payload as SendResult;
    assert.deepEqual([accepted, messages[0]?.to], [1, "+56990324203"]);
    assert.deepEqual(message?.job, { id: 7, list: [1, null] });
    assert.deepEqual(
      sandbox.messages().map(({ text }) => text),
      ["Pump 3"],
    );
    // In the moment after it came out, a kill would bring it again.
    await sleep(1000);
    await restart();
    await sleep(2000);
    assert.equal((await emitted(file)).length, 1);
    assert.equal(sandbox.messages().length, 1);
  });

  it("calls in doubt what was on its way, lists it, and reports what a person decides", async () => {
    sandbox = await startSandbox(connectusStandIn(), { port });
    sandbox.misbehave({ kind: "hang" });
    assert.ok(await hand(nodeRed, { to: "990324203", text: "<b>Pump</b>", job: 7 }));
    while (sandbox.messages().length === 0) await sleep(20);
    await restart();
    const [doubt] = await until(1);
    assert.deepEqual([doubt?.error?.cause?.outcome, doubt?.job], ["unknown", 7]);
    const admin = `${nodeRed.url}messaging/outbox/outbox`;
    assert.deepEqual(await counts(), {
      queued: 0,
      sending: 0,
      accepted: 0,
      failed: 0,
      expired: 0,
      uncertain: 1,
      cancelled: 0,
    });
    const list = await fetch(`${admin}/messages?state=uncertain&limit=10&offset=0`);
    const { messages } = (await list.json()) as { messages: Listed[] };
    const [listed] = messages;
    assert.deepEqual([listed?.state, listed?.to, listed?.text], ["uncertain", "+56990324203", "<b>Pump</b>"]);
    const post = (id: string, body: unknown, type = "application/json") =>
      fetch(`${admin}/messages/${id}`, {
        method: "POST",
        headers: { "content-type": type },
        body: typeof body === "string" ? body : JSON.stringify(body),
      });
    const id = listed?.id ?? "";
    assert.equal((await post(id, { action: "explode" })).status, 400);
    assert.equal((await post(id, "action=drop", "application/x-www-form-urlencoded")).status, 415);
    assert.equal((await post("999999", { action: "accept" })).status, 404);
    assert.equal((await post("no-such", { action: "accept" })).status, 404);
    assert.equal((await post(id, { action: "accept" })).status, 200);
    assert.equal((await post(id, { action: "resend" })).status, 409);
    const revised = (await until(2))[1]?.payload as SendResult & { revised?: true };
    assert.deepEqual([revised.accepted, revised.revised], [1, true]);
    assert.equal(sandbox.messages().length, 1);
  });

  it("answers the admin routes with 404 for what is not there and 400 for what makes no sense", async () => {
    const status = async (path: string) => (await fetch(`${nodeRed.url}messaging/outbox/${path}`)).status;
    assert.equal(await status("gone"), 404);
    assert.equal(await status("account"), 404);
    assert.equal(await status("gone/messages"), 404);
    assert.equal(await status("gone?form=true"), 200, "a form is told so without an error in the browser's console");
    for (const query of [
      "state=lost",
      "limit=0",
      "limit=501",
      "limit=x",
      "offset=-1",
      "offset=1.5",
      "state=a&state=b",
    ]) {
      assert.equal(await status(`outbox/messages?${query}`), 400, query);
    }
    assert.equal(await status("outbox/messages?state=&limit=500&offset=0"), 200);
  });
});
