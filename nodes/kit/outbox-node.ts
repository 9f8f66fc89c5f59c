import type { Node, NodeAPI } from "node-red";
import { invalid } from "../../src/error.ts";
import type { OnSettled, Outgoing, Stored } from "../../src/outbox/contract.ts";
import type { Config } from "./fields.ts";

/** An outbox in the running flow. */
export interface OutboxNode extends Node {
  /** Resolves when the message is on disk; rejects with what is wrong with the outbox, or with QUEUE_FULL. */
  put(outgoing: Outgoing): Promise<Stored>;
  /**
   * Hands the results of a node's messages to it, as soon as all flows have started, so that whatever is wired behind it is
   * there. The function that is returned ends it.
   */
  subscribe(node: string, onSettled: OnSettled): () => void;
}

/** The outbox that a node was given; undefined where it sends directly. Throws MISSING_ACCOUNT when it is not there. */
export function findOutbox(RED: NodeAPI, config: Config): OutboxNode | undefined {
  if (!config.outbox) return undefined;
  const node = RED.nodes.getNode(String(config.outbox)) as Node | null | undefined;
  if (node && isOutbox(node)) return node;
  throw invalid(
    "The outbox of this node was deleted or is disabled. Open the node and choose an outbox or none, or enable it again.",
    "MISSING_ACCOUNT",
    { kind: "outboxGone" },
  );
}

function isOutbox(node: Node): node is OutboxNode {
  return node.type === "messaging-outbox" && "subscribe" in node;
}
