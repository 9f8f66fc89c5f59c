import { strict as assert } from "node:assert";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..", "..");

interface Demo {
  process: ChildProcess;
  output(): string;
  /** Resolves with the output once it holds the text; rejects when the demo ends before. */
  shows(text: RegExp): Promise<string>;
  ended: Promise<number | null>;
}

function startDemo(port: number, userDir: string): Demo {
  const child = spawn(process.execPath, ["demo/start.ts"], {
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
