import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { NodeRedProcess } from "./node-red-process.ts";
import { newUserDir } from "./outbox.ts";
import { emitted, outboxFlow, type Emitted } from "./outbox-process.ts";

interface Options {
  readonly connectionString: string;
  readonly account?: Record<string, unknown>;
  readonly outbox?: Record<string, unknown>;
}

/** All that there is to hear. */
const TRACE = { logging: { console: { level: "trace", metrics: false, audit: true } } };

/** Two Node-REDs with copies of one flow, which share an outbox on PostgreSQL. */
export class NodeReds {
  readonly both: readonly [NodeRedProcess, NodeRedProcess];
  readonly #folder: string;

  private constructor(both: readonly [NodeRedProcess, NodeRedProcess], folder: string) {
    this.both = both;
    this.#folder = folder;
  }

  static async start(sandbox: Sandbox, { connectionString, account = {}, ...more }: Options): Promise<NodeReds> {
    const folder = await newUserDir();
    const start = (index: number) => {
      const outbox = { store: "postgres", ...more.outbox };
      const flows = outboxFlow(sandbox.url, fileOf(folder, index), { account, outbox });
      const credentials = { account: sandbox.credentials, outbox: { connectionString } };
      return NodeRedProcess.start({ flows, credentials, settings: TRACE });
    };
    return new NodeReds(await Promise.all([start(0), start(1)]), folder);
  }

  /** What came out of the send node of each. */
  async emitted(): Promise<[Emitted[], Emitted[]]> {
    return Promise.all([emitted(fileOf(this.#folder, 0)), emitted(fileOf(this.#folder, 1))]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.both.map((one) => one.stop()));
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Warnings and errors of the outbox node in a Node-RED's log. */
export function complaints({ output }: NodeRedProcess): string[] {
  return output.split("\n").filter((line) => /\[(warn|error)\] \[messaging-outbox:/.test(line));
}

function fileOf(folder: string, index: number): string {
  return join(folder, `emitted-${index}.jsonl`);
}
