import type { Node, NodeAPI } from "node-red";
import { invalid } from "../../src/error.ts";
import type { AccountNode } from "./account-node.ts";
import type { Config } from "./fields.ts";

/**
 * The account node that a message node was given: `provider` names the property that holds its id. Looked up for every
 * message, for an account may be edited and deployed without the nodes that use it. Throws MISSING_ACCOUNT.
 */
export function findAccount(RED: NodeAPI, config: Config): AccountNode {
  const provider = config.provider || onlyChoice(RED, config);
  const id = config[String(provider)];
  if (!provider || !id)
    throw invalid("No account is chosen. Open the node and choose or add an account.", "MISSING_ACCOUNT");
  const node = RED.nodes.getNode(String(id)) as Node | null | undefined;
  if (node && isAccountOf(node, String(provider))) return node;
  throw invalid(
    "The account of this node was deleted or is disabled. Open the node and choose an account, or enable it again.",
    "MISSING_ACCOUNT",
  );
}

function isAccountOf(node: Node, provider: string): node is AccountNode {
  return node.type === `${provider}-account` && "account" in node;
}

/** The provider of a node saved without one, where only one account is set beside it. */
function onlyChoice(RED: NodeAPI, config: Config): string | undefined {
  const choices = Object.keys(config).filter((key) => {
    const id = config[key];
    return typeof id === "string" && (RED.nodes.getNode(id) as Node | null)?.type === `${key}-account`;
  });
  return choices.length === 1 ? choices[0] : undefined;
}
