import type { Node, NodeAPI } from "node-red";

/**
 * Whether what a node sends right after this call is delivered, and not dropped by a deploy. Node-RED delivers in the next
 * turn, and what a deploy closes before that gets nothing any more; a deploy that closes this node alone changes nothing for
 * those behind it.
 */
export function handedOn(RED: NodeAPI, node: Node, closing: AbortSignal): Promise<boolean> {
  const { wires = [] } = node as Node & { wires?: string[][] };
  // It is not there any more once it is closed.
  const find: (id: string) => Node | undefined = (id) => RED.nodes.getNode(id);
  const behind = wires.flat().map((id) => ({ id, node: find(id) }));
  const isThere = () => behind.length > 0 && behind.every((one) => one.node && find(one.id) === one.node);
  // Turns are taken in the order in which they were asked for: this one comes just before the delivery.
  return new Promise((settle) => setImmediate(() => settle(!closing.aborted || isThere())));
}
