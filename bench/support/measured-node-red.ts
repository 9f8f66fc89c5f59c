import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareUserDir } from "../../demo/user-dir.ts";
import type { Desk } from "../processes/desk.ts";
import { CREDENTIALS } from "../processes/messages.ts";
import { account, flowOf } from "../../test/support/flows.ts";
import { NodeRedProcess } from "../../test/support/node-red-process.ts";

type Command = "drive" | "burst" | "pour" | "bulk" | "footprint" | "cpu";
type Told<Name extends Command> = Awaited<ReturnType<Desk[Name]>>;

interface Options {
  readonly flows?: readonly object[];
  readonly credentials?: Readonly<Record<string, object>>;
  /** Whether this package is installed. */
  readonly isInstalled?: boolean;
  /** Folders of other packages of nodes, to be installed beside it. */
  readonly packages?: readonly string[];
}

/** A real Node-RED in a process of its own, whose flow has a node that sends messages and one that counts them. */
export class MeasuredNodeRed {
  readonly url: string;
  readonly #process: NodeRedProcess;

  private constructor(nodeRed: NodeRedProcess) {
    this.#process = nodeRed;
    this.url = nodeRed.url;
  }

  static async start({
    flows = [],
    credentials = {},
    isInstalled = true,
    packages = [],
  }: Options): Promise<MeasuredNodeRed> {
    const prepare = async (userDir: string) => {
      if (isInstalled) await prepareUserDir(userDir, join(userDir, "flows.json"));
      const modules = join(userDir, "node_modules");
      await mkdir(modules, { recursive: true });
      for (const folder of packages) await symlink(folder, join(modules, folder.split("/").at(-1) ?? ""), "junction");
      await addDesk(join(userDir, "nodes"));
    };
    return new MeasuredNodeRed(await NodeRedProcess.start({ flows, credentials, prepare }));
  }

  async tell<Name extends Command>(command: Name, ask: object = {}): Promise<Told<Name>> {
    const response = await fetch(`${this.url}bench/${command}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(ask),
    });
    if (!response.ok) throw new Error(`${command} failed: ${await response.text()}\n${this.#process.output}`);
    return (await response.json()) as Told<Name>;
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}

/** The node under test, between one that sends and those that count results and errors. */
export function lineOf(node: Record<string, unknown> & { type: string }): object[] {
  const on = { z: "tab", x: 100, y: 100 };
  const [tab, ...nodes] = flowOf(node).filter(({ id }) => !["out", "catch", "caught"].includes(id));
  return [
    tab ?? {},
    ...nodes.map((one) => ({ ...on, ...one })),
    { ...on, id: "source", type: "bench-source", wires: [["node"]] },
    { ...on, id: "out", type: "bench-sink", wires: [] },
    { ...on, id: "catch", type: "catch", scope: null, uncaught: false, wires: [["caught"]] },
    { ...on, id: "caught", type: "bench-sink", errors: true, wires: [] },
  ];
}

/** The account that the node under test sends through. */
export function accountAt(baseUrl: string, concurrency: number): object {
  return account(baseUrl, { concurrency: String(concurrency) });
}

export const ACCOUNT_CREDENTIALS = { account: CREDENTIALS };

async function addDesk(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const desk = join(import.meta.dirname, "..", "processes", "desk.ts");
  await writeFile(join(folder, "desk.js"), `module.exports = require(${JSON.stringify(desk)}).default;\n`);
  const types = ["bench-source", "bench-sink"];
  const register = types.map((type) => `RED.nodes.registerType("${type}", {});`);
  await writeFile(join(folder, "desk.html"), `<script type="text/javascript">${register.join("")}</script>\n`);
}
