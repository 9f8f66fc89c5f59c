import { strict as assert } from "node:assert";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { CREDENTIALS } from "../support/flows.ts";
import { freePort, NodeRedProcess } from "../support/node-red-process.ts";
import { describeOutbox, newUserDir } from "../support/outbox.ts";
import { emitted, hand, outboxFlow } from "../support/outbox-process.ts";

describeOutbox("a Node-RED whose outbox meets a bad disk", function () {
  this.timeout(120_000);
  let port: number;
  let sandbox: Sandbox | undefined;
  let nodeRed: NodeRedProcess;
  let folder: string;

  /** Its provider cannot be reached before the sandbox is started at `port`. */
  async function start(more: { maxFileKb?: number } = {}): Promise<void> {
    const flows = outboxFlow(`http://127.0.0.1:${port}/api`, join(folder, "emitted.jsonl"));
    nodeRed = await NodeRedProcess.start({ flows, credentials: CREDENTIALS, ...more });
  }

  beforeEach(async () => {
    port = await freePort();
    folder = await newUserDir();
  });
  afterEach(async () => {
    await nodeRed.stop();
    await sandbox?.close();
    sandbox = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  const outboxFolder = () => join(nodeRed.userDir, "messaging");

  async function count(state: string): Promise<number> {
    const answer = await fetch(`${nodeRed.url}messaging/outbox/outbox`);
    return ((await answer.json()) as { counts: Record<string, number> }).counts[state] ?? 0;
  }

  async function results(atLeast: number): Promise<unknown[]> {
    for (;;) {
      const all = await emitted(join(folder, "emitted.jsonl"));
      if (all.length >= atLeast) return all;
      await sleep(50);
    }
  }

  for (const [what, place] of [
    ["its head", (file: Buffer) => file.indexOf("SQLite format")],
    ["a message's text", (file: Buffer) => file.lastIndexOf("Pump 3")],
  ] as const) {
    it(`starts, says that the file was set aside, and goes on, after a byte of ${what} flipped`, async () => {
      await start();
      assert.ok(await hand(nodeRed, { to: "990324203", text: "Pump 3" }));
      // Between two tries.
      while ((await count("queued")) !== 1) await sleep(20);
      await nodeRed.end();
      const { userDir } = nodeRed;
      const path = join(outboxFolder(), "outbox-outbox.sqlite");
      const file = await readFile(path);
      const at = place(file);
      assert.ok(at >= 0);
      file.writeUInt8(file.readUInt8(at) ^ 0x10, at);
      await writeFile(path, file);

      nodeRed = await NodeRedProcess.start({ userDir });
      await nodeRed.shows(/\[error\] .*was damaged: it was set aside as .*outbox-outbox\.sqlite\.damaged-/);
      sandbox = await startSandbox(connectusStandIn(), { port });
      assert.ok(await hand(nodeRed, { to: "990324203", text: "Pump 4" }));
      await results(1);
      assert.deepEqual(
        sandbox.messages().map(({ text }) => text),
        ["Pump 4"],
      );
      assert.ok((await readdir(outboxFolder())).some((name) => name.includes(".damaged-")));
    });
  }

  it("refuses what has no place on a full disk, with an error that says so, and sends what is stored", async () => {
    await start({ maxFileKb: 1024 });
    let stored = 0;
    const filler = "x".repeat(20_000);
    while (await hand(nodeRed, { to: "990324203", text: `Message ${stored}`, filler })) stored += 1;
    assert.ok(stored > 5, `${stored} were stored`);
    const [refused] = (await results(1)) as { error?: { code?: string; message?: string } }[];
    assert.equal(refused?.error?.code, "QUEUE_FULL");
    assert.match(refused.error.message ?? "", /no more space on its disk.*not stored and not sent/);
    // Somebody makes room.
    await nodeRed.kill();
    sandbox = await startSandbox(connectusStandIn(), { port });
    nodeRed = await NodeRedProcess.start({ userDir: nodeRed.userDir });
    await results(1 + stored);
    const texts = sandbox.messages().map(({ text }) => text);
    assert.equal(new Set(texts).size, texts.length);
    // The kill may have met a few between two tries.
    assert.equal(texts.length + (await count("uncertain")), stored);
  });
});
