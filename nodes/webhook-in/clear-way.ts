import type { NodeAPI } from "node-red";
import { rootOf, stepsOf, type App } from "./layers.ts";

/** Steps of Express itself, and of Node-RED's http-in, which let everything pass. */
const PASSING: readonly string[] = ["query", "expressInit", "rawBodyCapture"];

/** What Express calls an application inside another. */
const MOUNTED = "mounted_app";

/**
 * Whether nothing between the top of the root application and the one for nodes has a say: no authentication, no middleware of
 * the settings, nothing of a host that Node-RED is a part of. Then a callback need not go that way, which takes
 * longer than all else that is done for it. Whatever is not known to let everything pass has a say.
 */
export function isClear(RED: NodeAPI, app: App, root: App, own: unknown): boolean {
  const { httpNodeMiddleware, httpNodeAuth, httpAdminMiddleware } = RED.settings as object as Record<string, unknown>;
  if (httpNodeMiddleware || httpNodeAuth || httpAdminMiddleware || app.parent !== root) return false;
  const { httpAdmin } = RED as unknown as { httpAdmin?: App };
  const names = stepsOf(root)
    .filter((handle) => handle !== own)
    .map((handle) => (typeof handle === "function" ? handle.name : ""));
  const inside = names.filter((name) => name === MOUNTED).length;
  const others = names.filter((name) => name !== MOUNTED);
  const areOurs = inside === (httpAdmin && rootOf(httpAdmin) === root ? 2 : 1);
  return areOurs && others.every((name) => PASSING.includes(name)) && new Set(others).size === others.length;
}
