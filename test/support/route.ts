import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { smshostingStandIn } from "../../src/providers/smshosting/stand-in.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import type { Credentials, FlowNode } from "./node-red.ts";
import { flowOf } from "./flows.ts";

/** A route of two accounts at two providers, `Main` (Chile) and `Reserve` (Italy), each with a server of its own. */
export interface TwoAccounts {
  readonly main: Sandbox;
  readonly reserve: Sandbox;
  /** A flow of one node that goes by the route, as `flowOf` makes it. */
  flow(node: Record<string, unknown> & { type: string }, route?: Record<string, unknown>, outputs?: number): FlowNode[];
  readonly credentials: Credentials;
  /** Numbers of all messages that the two servers took. */
  taken(): string[];
  close(): Promise<void>;
}

export async function startTwoAccounts(): Promise<TwoAccounts> {
  const [main, reserve] = await Promise.all([startSandbox(connectusStandIn()), startSandbox(smshostingStandIn())]);
  const members = [
    { provider: "connectus", account: "main", prefixes: "" },
    { provider: "smshosting", account: "reserve", prefixes: "" },
  ];
  return {
    main,
    reserve,
    flow: (node, route = {}, outputs = 1) => [
      ...flowOf({ provider: "route", route: "route", ...node }, outputs),
      { id: "route", type: "messaging-route", name: "Alarms", strategy: "failover", members, ...route },
      { id: "main", type: "connectus-account", name: "Main", baseUrl: main.url },
      { id: "reserve", type: "smshosting-account", name: "Reserve", baseUrl: reserve.url },
    ],
    credentials: { main: { ...main.credentials }, reserve: { ...reserve.credentials } },
    taken: () => [main, reserve].flatMap((sandbox) => sandbox.messages().map(({ to }) => to)),
    close: async () => void (await Promise.all([main.close(), reserve.close()])),
  };
}
