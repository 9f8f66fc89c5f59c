import type { NodeAPI } from "node-red";
import { registerAccountNode } from "../kit/account-node.ts";
import { definition } from "./definition.ts";

export default function register(RED: NodeAPI): void {
  registerAccountNode(
    RED,
    definition,
    async () => (await import("../../src/providers/conectaline/index.ts")).conectaline,
  );
}
