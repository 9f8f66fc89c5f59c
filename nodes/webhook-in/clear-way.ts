import type { NodeAPI } from "node-red";
import { rootOf, stepsOf, type App } from "./layers.ts";

/** Steps of Express itself, and of Node-RED's http-in, which let everything pass. */
const PASSING: readonly string[] = ["query", "expressInit", "rawBodyCapture"];

/**
 * Those of the editor's application besides: they read a body, which a webhook reads itself, know who is logged in, and (in
 * Node-RED 4) let pages of others ask.
 */
const OF_THE_EDITOR: readonly string[] = [
  "query",
  "expressInit",
  "jsonParser",
  "urlencodedParser",
  "initialize",
  "corsMiddleware",
];

/** For what takes everything: a route or a module's own folder does not match it. */
const ANY_PATH = "/messaging-any-path";

/** What Express calls an application inside another. */
const MOUNTED = "mounted_app";

/**
 * Tells whether nothing between the top of the root application, whose first step is `own`, and the one for nodes has a say: no
 * authentication, no middleware of the settings, nothing of a host that Node-RED is a part of, nothing that a module put into the
 * editor's application where that comes first. Then a callback need not go that way, which takes longer than all else that
 * is done for it. Whatever is not known to let everything pass has a say. It is asked for each callback, and looks
 * again when one of the applications has other steps than before: matching all paths of the editor costs more than a callback.
 */
export function clearWay(RED: NodeAPI, app: App): (root: App, own: unknown) => boolean {
  let seen: readonly unknown[] = [];
  let areStepsClear = false;
  return (root, own) => {
    if (app.parent !== root || hasMiddleware(RED)) return false;
    const { httpAdmin } = RED as unknown as { httpAdmin?: App };
    const editor = httpAdmin !== undefined && rootOf(httpAdmin) === root ? httpAdmin : undefined;
    const isDisabled = (RED.settings as { disableEditor?: unknown }).disableEditor === true;
    const now = [
      own,
      isDisabled,
      editor,
      ...[root, editor?.parent, editor].flatMap((one) => (one ? stepsOf(one) : [])),
    ];
    if (now.length !== seen.length || now.some((step, index) => step !== seen[index])) {
      areStepsClear = isRootClear(root, own, editor) && (!editor || isPlain(editor, root, isDisabled));
      seen = now;
    }
    return areStepsClear;
  };
}

function hasMiddleware(RED: NodeAPI): boolean {
  const settings = RED.settings as object as Record<string, unknown>;
  const { httpNodeMiddleware, httpNodeAuth, httpAdminMiddleware, requireHttps } = settings;
  return Boolean(httpNodeMiddleware || httpNodeAuth || httpAdminMiddleware || requireHttps);
}

/** Whether the root application has only what Node-RED puts there. */
function isRootClear(root: App, own: unknown, editor: App | undefined): boolean {
  const names = namesOf(stepsOf(root).filter((handle) => handle !== own));
  const inside = names.filter((name) => name === MOUNTED).length;
  const others = names.filter((name) => name !== MOUNTED);
  const areOurs = inside === (editor ? 2 : 1);
  return areOurs && others.every((name) => PASSING.includes(name)) && new Set(others).size === others.length;
}

/**
 * Whether the application that modules are given has nothing that takes everything, and the one around it only what Node-RED
 * put there: its editor, unless disabled, its API, that of the modules, and how they read.
 */
function isPlain(ofModules: App, root: App, isDisabled: boolean): boolean {
  const around = ofModules.parent;
  const own = namesOf(stepsOf(ofModules, ANY_PATH));
  if (!own.every((name) => PASSING.includes(name)) || !around || around === root) return false;
  const names = namesOf(stepsOf(around, ANY_PATH));
  const inside = names.filter((name) => name === MOUNTED).length;
  const areOurs = inside === (isDisabled ? 2 : 3) && around.parent === root;
  return areOurs && names.every((name) => name === MOUNTED || OF_THE_EDITOR.includes(name));
}

function namesOf(steps: readonly unknown[]): string[] {
  return steps.map((handle) => (typeof handle === "function" ? handle.name : ""));
}
