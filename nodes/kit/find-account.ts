import type { Node, NodeAPI } from "node-red";
import { invalid } from "../../src/error.ts";
import type { AccountNode } from "./account-node.ts";
import { FROM_MESSAGE } from "./definition.ts";
import type { Config } from "./fields.ts";

/**
 * The account node that a message goes through: the one that the node was given, or else the one whose id `msg.account`
 * holds, as in a message from webhook-in. Looked up for every message, for an account may be edited and deployed without
 * the nodes that use it. Throws MISSING_ACCOUNT.
 */
export function findAccount(RED: NodeAPI, config: Config, message: object = {}): AccountNode {
  const provider = chosenProvider(RED, config);
  const chosen = provider === undefined ? undefined : config[provider];
  if (chosen) {
    const node = accountNode(RED, chosen);
    if (node?.type === `${provider}-account`) return node;
    throw missing(
      "The account of this node was deleted or is disabled. Open the node and choose an account, or enable it again.",
      "accountGone",
    );
  }
  const { account } = message as { account?: unknown };
  if (config.provider !== FROM_MESSAGE && account === undefined) {
    throw missing("No account is chosen. Open the node and choose or add an account.", "noAccount");
  }
  const node = accountNode(RED, account);
  if (node) return node;
  throw missing(
    "The account is to come from the message, but msg.account names none. Wire the node behind a webhook in, put an account's id into msg.account, or choose an account in the node.",
    "noAccountInMessage",
  );
}

/** The account node that a node was given, if it is there. */
export function chosenAccount(RED: NodeAPI, config: Config): AccountNode | undefined {
  const provider = chosenProvider(RED, config);
  return provider === undefined ? undefined : accountNode(RED, config[provider]);
}

/** The provider that a node was given; of a node saved without one, that of the only account set in it. */
export function chosenProvider(RED: NodeAPI, config: Config): string | undefined {
  if (config.provider === FROM_MESSAGE) return undefined;
  if (config.provider) return String(config.provider);
  const choices = Object.keys(config).filter((key) => accountNode(RED, config[key])?.type === `${key}-account`);
  return choices.length === 1 ? choices[0] : undefined;
}

/** The account node with this id, if it is there. */
export function accountNode(RED: NodeAPI, id: unknown): AccountNode | undefined {
  const node = typeof id === "string" && id !== "" ? (RED.nodes.getNode(id) as Node | null | undefined) : undefined;
  return node && isAccount(node) ? node : undefined;
}

function isAccount(node: Node): node is AccountNode {
  return node.type.endsWith("-account") && "account" in node;
}

function missing(message: string, kind: string) {
  return invalid(message, "MISSING_ACCOUNT", { kind });
}
