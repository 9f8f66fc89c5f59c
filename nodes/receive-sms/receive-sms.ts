import type { NodeAPI } from "node-red";
import { registerSourceNode } from "../kit/source-node.ts";
import { definition } from "./definition.ts";

export default function register(RED: NodeAPI): void {
  registerSourceNode(RED, definition, () => import("./handler.ts"));
}
