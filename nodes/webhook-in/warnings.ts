import type { NodeAPI } from "node-red";
import { MIN_SECRET_CHARACTERS, type SecretSet } from "../../src/webhook/secret.ts";
import { hasDots } from "./address.ts";

export const TAKEN =
  "another webhook-in of this Node-RED has the same path and secret: give one of them a secret of its own.";

export const SHORT = `The secret of this webhook has fewer than ${MIN_SECRET_CHARACTERS} characters and could be guessed: open the node and make a new one.`;

/** Why a webhook cannot listen, and what to do. */
export function problemOf(
  RED: NodeAPI,
  { path, secrets }: { path: string; secrets: SecretSet },
  given: readonly (string | undefined)[],
): string | undefined {
  if (RED.settings.httpNodeRoot === false) return "settings.js switches HTTP nodes off (httpNodeRoot: false).";
  if (path === "") return "it has no path. Open the node and give one.";
  if (hasDots(path))
    return 'its path has a part "." or "..", which nobody can call. Open the node and give another path.';
  if (secrets.size === 0) return "it has no secret. Open the node, which makes one, and deploy.";
  // Node-RED leaves it as it is, and anyone could guess it.
  const unset = given.find((secret) => secret !== undefined && /^\$[{(].*[})]$/.test(secret));
  return unset && `its secret is to come from the environment variable ${unset}, which is not set.`;
}

export const NO_PUBLIC_URL =
  "The public address of this webhook is no URL such as https://example.com, so no provider is told it: open the node and correct it.";

/** What a person may do when the sandbox's calls do not arrive. */
export function notDelivered(status: number): string {
  const how = status === 0 ? "got no answer" : `were answered with ${status}`;
  return `The sandbox's callbacks do not arrive: they ${how}. httpNodeMiddleware in settings.js, which they pass as every request does, may be against them.`;
}

export function isShort(secret: string | undefined): boolean {
  return secret !== undefined && secret !== "" && secret.length < MIN_SECRET_CHARACTERS;
}
