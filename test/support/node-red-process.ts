import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { prepareUserDir } from "../../demo/user-dir.ts";

const require = createRequire(import.meta.url);

/** Node-RED's command line; the compatibility run names the main module of an older one. */
const RED_JS = process.env.NODE_RED_PATH
  ? join(dirname(process.env.NODE_RED_PATH), "..", "red.js")
  : require.resolve("node-red/red.js");

/** Nothing leaves the machine and nothing lies over the editor. */
const SETTINGS = {
  uiHost: "127.0.0.1",
  flowFile: "flows.json",
  credentialSecret: false,
  telemetry: { enabled: false },
  externalModules: { palette: { allowInstall: false } },
  editorTheme: { tours: false, palette: { catalogues: [] } },
  logging: { console: { level: "info", metrics: false, audit: false } },
};

export interface NodeRedOptions {
  /** The flow to start with; none by default. */
  flows?: readonly object[];
  /** By the id of their node. */
  credentials?: Readonly<Record<string, object>>;
  /** Settings that replace ours. */
  settings?: Readonly<Record<string, unknown>>;
  /** Installs the package into the user directory; by default this checkout is linked there. */
  prepare?: (userDir: string) => Promise<void>;
  /** The directory of one that was killed: it goes on with the flow and all that it finds there. */
  userDir?: string;
  /** Replaces variables of ours. */
  environment?: Readonly<Record<string, string>>;
  /** Of Node.js itself, before Node-RED's. */
  nodeArguments?: readonly string[];
  /** No file that it writes may become longer, KiB: as if the disk were full then. */
  maxFileKb?: number;
}

/** A whole Node-RED of its own, with this package installed in a user directory that goes away with it. */
export class NodeRedProcess {
  readonly url: string;
  readonly userDir: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = "";

  private constructor(child: ChildProcess, url: string, userDir: string) {
    this.#child = child;
    this.url = url;
    this.userDir = userDir;
    this.#ended = new Promise((settle) => child.once("exit", settle));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => (this.#output += chunk.toString()));
    }
  }

  /** Resolves when the flows run; rejects with Node-RED's output when they do not. */
  static async start(options: NodeRedOptions = {}): Promise<NodeRedProcess> {
    const userDir = options.userDir ?? (await mkdtemp(join(tmpdir(), "messaging-node-red-")));
    const settingsFile = join(userDir, "settings.js");
    if (options.userDir === undefined) await furnish(userDir, settingsFile, options);
    const port = await freePort();
    const command = [
      process.execPath,
      ...(options.nodeArguments ?? []),
      RED_JS,
      "-u",
      userDir,
      "-s",
      settingsFile,
      "-p",
      String(port),
    ];
    const [program = "", ...parameters] =
      options.maxFileKb === undefined
        ? command
        : ["bash", "-c", `ulimit -f ${options.maxFileKb}; exec "$@"`, "-", ...command];
    const child = spawn(program, parameters, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...options.environment },
    });
    const started = new NodeRedProcess(child, `http://127.0.0.1:${port}/`, userDir);
    // On a machine that is busy with other tests.
    await started.shows(/Started flows/, 90_000).catch(async (error: unknown) => {
      await started.kill();
      throw error;
    });
    return started;
  }

  /** All that it has written so far. */
  get output(): string {
    return this.#output;
  }

  /** Resolves once the output holds the text. */
  async shows(text: RegExp, timeoutMs = 30_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!text.test(this.#output)) {
      if (this.#child.exitCode !== null) throw new Error(`Node-RED ended before it showed ${text}:\n${this.#output}`);
      if (performance.now() > deadline) throw new Error(`Node-RED did not show ${text}:\n${this.#output}`);
      await new Promise((settle) => setTimeout(settle, 50));
    }
  }

  /** Ends it at once, as a power cut would. Its user directory stays, for another one to go on in. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  /** Asks it to end, as a service manager does; its user directory stays. */
  async end(): Promise<void> {
    this.#child.kill("SIGINT");
    const patience = setTimeout(() => this.#child.kill("SIGKILL"), 15_000);
    await this.#ended;
    clearTimeout(patience);
  }

  async stop(): Promise<void> {
    await this.end();
    await rm(this.userDir, { recursive: true, force: true });
  }
}

async function furnish(
  userDir: string,
  settingsFile: string,
  { flows = [], credentials = {}, settings = {}, prepare }: NodeRedOptions,
): Promise<void> {
  const flowFile = join(userDir, "flows.json");
  await writeFile(flowFile, JSON.stringify(flows));
  // As plain as Node-RED itself writes it without a credentialSecret.
  await writeFile(join(userDir, "flows_cred.json"), JSON.stringify(credentials));
  await writeFile(settingsFile, `module.exports = ${JSON.stringify({ ...SETTINGS, ...settings })};\n`);
  await (prepare ? prepare(userDir) : prepareUserDir(userDir, flowFile));
}

/** A port of the loopback address that nobody listens at now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((settle) => server.once("listening", settle));
  const { port } = server.address() as AddressInfo;
  await new Promise((settle) => server.close(settle));
  return port;
}
