import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import type { Credentials, FlowNode, RunningFlow } from "./node-red.ts";

export const ACCOUNT_ID = "sandbox";
export const API_KEY = "sandbox-key";

/** Credentials of the account node `account`, as the sandbox takes them. */
export const CREDENTIALS: Credentials = { account: { accountId: ACCOUNT_ID, apiKey: API_KEY } };

export function account(baseUrl: string, more: Record<string, unknown> = {}): FlowNode {
  return { id: "account", type: "connectus-account", name: "Alarms", baseUrl, ...more };
}

export function tab(): FlowNode {
  return { id: "tab", type: "tab", label: "Test" };
}

/** A node that adds each payload as a line to a file. */
export function lineWriter(id: string, filename: string): FlowNode {
  const lines = { filename, filenameType: "str", appendNewline: true, overwriteFile: "false" };
  return { id, type: "file", ...lines, wires: [] };
}

/**
 * A flow of one message node, `node`, wired to the helper nodes `out`, `out2`, … by its outputs, with a Catch node that
 * is wired to the helper node `caught`.
 */
export function flowOf(node: Record<string, unknown> & { type: string }, outputs = 1): FlowNode[] {
  const outs = Array.from({ length: outputs }, (_, index) => (index === 0 ? "out" : `out${index + 1}`));
  return [
    tab(),
    {
      id: "node",
      z: "tab",
      provider: "connectus",
      connectus: "account",
      wires: outs.map((id) => [id]),
      ...node,
    },
    ...outs.map((id) => ({ id, z: "tab", type: "helper", wires: [] })),
    { id: "catch", z: "tab", type: "catch", scope: null, uncaught: false, wires: [["caught"]] },
    { id: "caught", z: "tab", type: "helper", wires: [] },
  ];
}

/** For a suite: each test has a stand-in of its own, which is handed to `begin`, and its flow is stopped after it. */
export function withSandbox(begin: (sandbox: Sandbox) => void, flow: () => RunningFlow): void {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox(connectusStandIn());
    begin(sandbox);
  });
  afterEach(async () => {
    await flow().stop();
    await sandbox.close();
  });
}
