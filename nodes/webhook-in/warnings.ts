import type { NodeAPI } from "node-red";
import { MIN_SECRET_CHARACTERS, type SecretSet } from "../../src/webhook/secret.ts";
import type { Values, WarningKind } from "../kit/words.ts";
import { hasDots } from "./address.ts";

/** Why a webhook cannot listen. */
interface Reason {
  readonly kind: WarningKind;
  readonly values?: Values;
}

/** Another webhook-in has the same path and secret. */
export const TAKEN: Reason = { kind: "addressTaken" };

export function problemOf(
  RED: NodeAPI,
  { path, secrets }: { path: string; secrets: SecretSet },
  given: readonly (string | undefined)[],
): Reason | undefined {
  if (RED.settings.httpNodeRoot === false) return { kind: "httpOff" };
  if (path === "") return { kind: "noPath" };
  if (hasDots(path)) return { kind: "dots" };
  if (secrets.size === 0) return { kind: "noSecret" };
  // Node-RED leaves it as it is, and anyone could guess it.
  const variable = given.find((secret) => secret !== undefined && /^\$[{(].*[})]$/.test(secret));
  return variable === undefined ? undefined : { kind: "unsetSecret", values: { variable } };
}

export function isShort(secret: string | undefined): boolean {
  return secret !== undefined && secret !== "" && secret.length < MIN_SECRET_CHARACTERS;
}
