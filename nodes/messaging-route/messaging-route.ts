import type { NodeAPI, NodeDef } from "node-red";
import type { Config } from "../kit/fields.ts";
import type { RouteNode } from "../kit/route-node.ts";
import { Words } from "../kit/words.ts";
import { definition } from "./definition.ts";

export default function register(RED: NodeAPI): void {
  function RouteNodeConstructor(this: RouteNode, config: NodeDef & Config): void {
    RED.nodes.createNode(this, config);
    const turns = new Map<string, number>();
    const { warnOnce } = new Words(RED, definition.type).warnings(this);
    this.route = async () => (await import("./open-route.ts")).openRoute(RED, config, { turns, warnOnce });
  }
  RED.nodes.registerType(definition.type, RouteNodeConstructor);
}
