import { strict as assert } from "node:assert";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { credentialSecret } from "../../demo/user-dir.ts";

const root = resolve(import.meta.dirname, "..", "..");

interface Demo {
  process: ChildProcess;
  output(): string;
  /** Resolves with the output once it holds the text; rejects when the demo ends before. */
  shows(text: RegExp): Promise<string>;
  ended: Promise<number | null>;
}

function startDemo(port: number, userDir: string, command: string[] = [process.execPath, "demo/start.ts"]): Demo {
  const child = spawn(command[0] ?? "", command.slice(1), {
    cwd: root,
    env: { ...process.env, PORT: String(port), USER_DIR: userDir },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const listeners = new Set<() => void>();
  const take = (chunk: Buffer) => {
    output += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on("data", take);
  child.stderr.on("data", take);
  const ended = new Promise<number | null>((settle) => child.once("exit", settle));
  const shows = (text: RegExp) =>
    new Promise<string>((found, failed) => {
      const look = () => {
        if (!text.test(output)) return;
        listeners.delete(look);
        found(output);
      };
      listeners.add(look);
      void ended.then(() => failed(new Error(`The demo ended without showing ${text}:\n${output}`)));
      look();
    });
  return { process: child, output: () => output, shows, ended };
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      settle(true);
    }).once("error", () => settle(false));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((settle) => server.once("listening", settle));
  const { port } = server.address() as AddressInfo;
  await new Promise((settle) => server.close(settle));
  return port;
}

describe("npm start", () => {
  let userDir: string;

  beforeEach(async () => {
    userDir = await mkdtemp(join(tmpdir(), "messaging-demo-"));
  });

  afterEach(() => rm(userDir, { recursive: true, force: true }));

  it("sends a first SMS by itself, shows it accepted and then delivered, and ends at Ctrl-C", async () => {
    const demo = startDemo(await freePort(), userDir);
    await demo.shows(/SMS to \+56990324203: accepted/);
    const output = await demo.shows(/SMS [0-9a-f]{32}: delivered \(ENTREGADO\)/);
    assert.ok(output.indexOf(": accepted") < output.indexOf(": delivered"));
    demo.process.kill("SIGINT");
    assert.equal(await demo.ended, 0);
  }).timeout(60_000);

  it("makes the round trip: a question out, a report and an answer in, the flow's answer out", async () => {
    const port = await freePort();
    const demo = startDemo(port, userDir);
    await demo.shows(/SMS [0-9a-f]{32}: delivered/);
    const ask = await fetch(`http://127.0.0.1:${port}/inject/d5f1a1c0e0002103`, { method: "POST" });
    assert.equal(ask.status, 200);
    await demo.shows(/\[debug:delivery report\]\s+delivered \(pump 7\)/);
    await demo.shows(/\[debug:a person wrote\]/);
    await demo.shows(/\[debug:answered\]\s+\+56990320011/);
    demo.process.kill("SIGINT");
    await demo.ended;
  }).timeout(60_000);

  it("ends whole when npm is told to end", async () => {
    const port = await freePort();
    // Without the build in front, which is another script.
    const demo = startDemo(port, userDir, ["npm", "start", "--ignore-scripts"]);
    await demo.shows(/Started flows/);
    demo.process.kill("SIGTERM");
    await demo.ended;
    const deadline = performance.now() + 10_000;
    while (await isTaken(port)) {
      assert.ok(performance.now() < deadline, "Node-RED still listens");
      await new Promise((settle) => setTimeout(settle, 100));
    }
  }).timeout(60_000);

  it("keeps a secret of its own for credentials, which nobody else can read", async () => {
    const secret = await credentialSecret(userDir);
    assert.match(secret, /^[0-9a-f]{64}$/);
    assert.equal(await credentialSecret(userDir), secret);
    const { mode } = await stat(join(userDir, "credential-secret"));
    if (process.platform !== "win32") assert.equal(mode & 0o777, 0o600);
    const demo = startDemo(await freePort(), userDir);
    const output = await demo.shows(/Started flows/);
    assert.doesNotMatch(output, /system-generated key|not encrypted/i);
    demo.process.kill("SIGINT");
    await demo.ended;
  }).timeout(60_000);

  it("says what to do when its port is in use", async () => {
    const squatter = createServer().listen(0, "127.0.0.1");
    await new Promise((settle) => squatter.once("listening", settle));
    const { port } = squatter.address() as AddressInfo;
    const demo = startDemo(port, userDir);
    assert.equal(await demo.ended, 1);
    assert.match(demo.output(), new RegExp(`Port ${port} is in use.*PORT=${port + 1} npm start`));
    squatter.close();
  });

  it("refuses a PORT that is none", async () => {
    const demo = startDemo(Number.NaN, userDir);
    assert.equal(await demo.ended, 1);
    assert.match(demo.output(), /PORT is "NaN"/);
  });
});
