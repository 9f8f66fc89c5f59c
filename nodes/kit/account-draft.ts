import type { Node, NodeAPI, NodeDef } from "node-red";
import { isRecord } from "../../src/json.ts";
import { STORED, type AccountDraft } from "./account-reports.ts";
import type { AccountNodeDefinition } from "./definition.ts";
import type { Config } from "./fields.ts";

type Credentials = Readonly<Record<string, string>>;

/** An account that may not be deployed yet, as Node-RED would hand it to its node. */
export interface FilledDraft {
  readonly config: Config;
  readonly credentials: Credentials;
}

/** No setting is longer. */
const MAX_LENGTH = 4096;

/** As Node-RED has it: both spellings are replaced. */
const VARIABLE = /^\$(\{\S+\}|\(\S+\))$/;

/**
 * Fills in what Node-RED fills in at a deploy: environment variables, and the stored credentials that the editor was never
 * told of. Undefined for what is no draft.
 */
export function filledDraft(
  RED: NodeAPI,
  { type, credentials }: AccountNodeDefinition,
  id: string,
  body: unknown,
): FilledDraft | undefined {
  const draft = Object(body) as Partial<AccountDraft>;
  if (!isRecord(draft.config) || !isRecord(draft.credentials)) return undefined;
  const given = draft.credentials;
  const stored = storedCredentials(RED, type, id);
  const fill = filler(RED, id);
  const credential = (name: string) => {
    const value = given[name] ?? STORED;
    return value === STORED ? (stored[name] ?? "") : value;
  };
  return {
    config: mapped(draft.config, fill),
    credentials: mapped(Object.fromEntries(Object.keys(credentials).map((name) => [name, credential(name)])), (value) =>
      String(fill(value)),
    ),
  };
}

/** Those of another node's type are none of this one's business. */
function storedCredentials(RED: NodeAPI, type: string, id: string): Record<string, unknown> {
  const nodes: NodeDef[] = [];
  RED.nodes.eachNode((node) => void nodes.push(node));
  const isThere = nodes.some((node) => node.id === id && node.type === type);
  return isThere ? { ...(Object(RED.nodes.getCredentials(id)) as Record<string, unknown>) } : {};
}

/** Replaces `${NAME}` as for the node that is deployed, or else as for one that belongs to no tab. */
function filler(RED: NodeAPI, id: string): (value: Plain) => Plain {
  const place = liveNode(RED, id) ?? globalPlace(RED);
  const util = RED.util as unknown as { getSetting(node: Node | undefined, name: string): unknown };
  return (value) => {
    if (typeof value !== "string" || !VARIABLE.test(value)) return value;
    const found = util.getSetting(place, value.slice(2, -1));
    // Left in place where it is not set, as Node-RED leaves it.
    return isPlain(found) ? found : value;
  };
}

/** The node that holds variables for all tabs. */
function globalPlace(RED: NodeAPI): Node | undefined {
  let place: Node | undefined;
  RED.nodes.eachNode((node) => {
    if (node.type === "global-config") place ??= liveNode(RED, node.id);
  });
  return place;
}

function liveNode(RED: NodeAPI, id: string): Node | undefined {
  const node = RED.nodes.getNode(id) as Node | null | undefined;
  return node ?? undefined;
}

type Plain = string | number | boolean;

function isPlain(value: unknown): value is Plain {
  return (
    typeof value === "number" || typeof value === "boolean" || (typeof value === "string" && value.length <= MAX_LENGTH)
  );
}

/** What a setting cannot be is left out. */
function mapped<To>(values: Readonly<Record<string, unknown>>, map: (value: Plain) => To): Record<string, To> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (isPlain(value) ? [[name, map(value)] as const] : [])),
  );
}
