import type { NodeAPI } from "node-red";
import { registerAdminRoutes } from "./admin.ts";

/** The runtime's part of the tab: a few routes, which load the sandbox when somebody asks. */
export default function register(RED: NodeAPI): void {
  registerAdminRoutes(RED);
}
