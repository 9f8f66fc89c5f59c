import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { account, CREDENTIALS, flowOf } from "../support/flows.ts";
import { freePort } from "../support/node-red-process.ts";
import { LEVEL, RunningFlow, type FlowNode } from "../support/node-red.ts";
import { describeOutbox, newUserDir, outbox } from "../support/outbox.ts";

/** Longer than a look takes. */
const A_WHILE_MS = 1500;

describeOutbox("messages in the file of an outbox that is not deployed any more", function () {
  this.timeout(30_000);
  let sandbox: Sandbox;
  let flow: RunningFlow;
  let userDir: string;

  beforeEach(async () => {
    sandbox = await startSandbox(connectusStandIn());
    userDir = await newUserDir();
    const nodes = [
      ...flowOf({ type: "send-sms", outbox: "outbox" }),
      account(`http://127.0.0.1:${await freePort()}/api`),
    ];
    flow = await RunningFlow.start([...nodes, outbox()], CREDENTIALS, userDir);
    for (let index = 0; index < 2; index++) flow.send("node", { to: "990324203", payload: `Message ${index}` });
    await flow.eventually(() => flow.outcomes("node").length === 2, "done of both");
  });
  afterEach(async () => {
    await flow.stop();
    await sandbox.close();
    await rm(userDir, { recursive: true, force: true });
  });

  const file = () => join(userDir, "messaging", "outbox-outbox.sqlite");
  const warnings = () =>
    flow.log.filter(
      ({ level, msg }) => level === LEVEL.WARN && String(msg).includes("no outbox that is deployed uses it"),
    );
  const without = (id: string) => flow.flow.filter((node) => node.id !== id);
  const changed = (id: string, more: Partial<FlowNode>) =>
    flow.flow.map((node) => (node.id === id ? { ...node, ...more } : node));
  const warned = (count: number) => flow.eventually(() => warnings().length === count, `${count} warning(s)`);

  it("are told of once when the outbox gets another path, with the file, and go when it has that again", async () => {
    await flow.deploy("full", changed("outbox", { path: "elsewhere.sqlite" }), CREDENTIALS);
    await warned(1);
    assert.match(String(warnings()[0]?.msg), /outbox-outbox\.sqlite holds 2 message\(s\) that wait and 0 in doubt/);
    await flow.deploy("full", flow.flow, CREDENTIALS);
    await sleep(A_WHILE_MS);
    assert.equal(warnings().length, 1);
    const back = changed("outbox", { path: file() }).map((node) =>
      node.id === "account" ? { ...node, baseUrl: sandbox.url } : node,
    );
    await flow.deploy("full", back, CREDENTIALS);
    await flow.until("out", 2);
    await flow.deploy("full", without("outbox"), CREDENTIALS);
    await sleep(A_WHILE_MS);
    assert.equal(warnings().length, 1);
  });

  it("are told of when the outbox is deleted, and whatever file of the messaging folder they are in", async () => {
    await flow.deploy("full", without("outbox"), CREDENTIALS);
    await warned(1);
    await copyFile(file(), join(userDir, "messaging", "old.sqlite"));
    await writeFile(join(userDir, "messaging", "notes.sqlite"), "no database");
    await flow.deploy("full", flow.flow, CREDENTIALS);
    await warned(2);
    assert.match(String(warnings()[1]?.msg), /old\.sqlite holds 2 message/);
  });

  it("are told of as an error where that file is damaged, which stays as it is", async () => {
    await flow.stop();
    const bytes = await readFile(file());
    for (let at = 2 * 4096; at < bytes.length; at += 4096) bytes.fill(0xff, at, at + 200);
    await writeFile(file(), bytes);
    flow = await RunningFlow.start(without("outbox"), CREDENTIALS, userDir);
    const errors = () => flow.log.filter(({ level, msg }) => level === LEVEL.ERROR && String(msg).includes(file()));
    await flow.eventually(() => errors().length === 1, "an error");
    assert.match(String(errors()[0]?.msg), /is damaged, and no outbox that is deployed uses it/);
    assert.ok(bytes.equals(await readFile(file())));
    assert.ok(!(await readdir(join(userDir, "messaging"))).some((name) => name.includes(".damaged-")));
  });

  it("are told of when a file of a path of its own has no outbox any more", async () => {
    await flow.deploy("full", changed("outbox", { path: "own.sqlite" }), CREDENTIALS);
    flow.send("node", { to: "990324203", payload: "another" });
    await flow.eventually(() => flow.outcomes("node").length === 3, "done");
    await flow.deploy("full", without("outbox"), CREDENTIALS);
    await warned(2);
    assert.match(String(warnings()[1]?.msg), /own\.sqlite holds 1 message/);
  });

  it("are left to another Node-RED that has the file, which can go on with it", async () => {
    await flow.deploy("full", without("outbox"), CREDENTIALS);
    await warned(1);
    const held = join(userDir, "messaging", "held.sqlite");
    await copyFile(file(), held);
    const script = `
      const { DatabaseSync } = require("node:sqlite");
      const db = new DatabaseSync(${JSON.stringify(held)});
      db.exec("PRAGMA locking_mode = EXCLUSIVE; UPDATE rows SET high = 1");
      console.log("open");
      process.stdin.on("data", () => { db.exec("DELETE FROM rows WHERE place = 0"); console.log("written"); });`;
    const other = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "ignore"] });
    try {
      await once(other.stdout, "data");
      await flow.deploy("full", flow.flow, CREDENTIALS);
      await sleep(A_WHILE_MS);
      other.stdin.write("now");
      const [said] = (await once(other.stdout, "data")) as [Buffer];
      assert.equal(String(said).trim(), "written");
      assert.equal(warnings().length, 1);
    } finally {
      other.kill("SIGKILL");
      await once(other, "exit");
    }
  });
});
