import type { NodeAPI } from "node-red";
import { registerMessageNode } from "../kit/message-node.ts";
import { definition } from "./definition.ts";

export default function register(RED: NodeAPI): void {
  registerMessageNode(RED, definition, () => import("./handler.ts"));
}
