import type { Node, NodeAPI } from "node-red";
import { invalid } from "../../src/error.ts";
import type { Account } from "../../src/sending/account.ts";
import type { Route } from "../../src/sending/route.ts";
import type { AccountNode } from "./account-node.ts";
import { ROUTE, usesOutbox, type MessageNodeDefinition } from "./definition.ts";
import type { Config } from "./fields.ts";
import { chosenProvider, findAccount } from "./find-account.ts";

/** A route in the running flow. */
export interface RouteNode extends Node {
  /** The route, with its accounts as they are deployed now. Rejects when none of them can be used. */
  route(): Promise<Route>;
}

/** What messages go through. Numbers and times that name no country and no zone are those of `account`. */
export interface Way {
  readonly account: Account;
  /** Of which `account` is the first one. */
  readonly route?: Route;
}

/** The config node that a message goes through: a route where the node was given one and can use it, or as `findAccount`. */
export function findTarget(
  RED: NodeAPI,
  definition: Pick<MessageNodeDefinition, "needs">,
  config: Config,
  message?: object,
): AccountNode | RouteNode {
  const node = routeNode(RED, config[ROUTE]);
  // A node saved without a provider has what is set in it.
  const isChosen = config.provider ? config.provider === ROUTE : node && chosenProvider(RED, config) === undefined;
  if (!isChosen || !usesOutbox(definition)) return findAccount(RED, config, message);
  if (node) return node;
  throw invalid(
    config[ROUTE]
      ? "The route of this node was deleted or is disabled. Open the node and choose a route, or enable it again."
      : "No route is chosen. Open the node and choose or add a route.",
    "MISSING_ACCOUNT",
    { kind: config[ROUTE] ? "routeGone" : "noRoute" },
  );
}

/** Opens what `findTarget` found. Rejects with what is wrong with it. */
export async function wayThrough(target: AccountNode | RouteNode): Promise<Way> {
  if ("account" in target) return { account: await target.account() };
  const route = await target.route();
  return { account: route.account, route };
}

/** The route node with this id, if it is there. */
export function routeNode(RED: NodeAPI, id: unknown): RouteNode | undefined {
  const node = typeof id === "string" && id !== "" ? (RED.nodes.getNode(id) as Node | null | undefined) : undefined;
  return node && isRoute(node) ? node : undefined;
}

function isRoute(node: Node): node is RouteNode {
  return node.type === "messaging-route" && "route" in node;
}
