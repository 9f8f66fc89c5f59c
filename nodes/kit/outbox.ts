import type { Node, NodeAPI, NodeMessage, NodeMessageInFlow } from "node-red";
import { invalid } from "../../src/error.ts";
import type { OnSettled } from "../../src/outbox/contract.ts";
import type { Letter } from "./run.ts";
import { usesOutbox, type MessageNodeDefinition } from "./definition.ts";
import type { Config } from "./fields.ts";
import { findOutbox } from "./outbox-node.ts";
import type { Warn } from "./words.ts";

/** Who sends, where to, and the message that it came with. */
interface Sender {
  readonly node: Node;
  readonly message: NodeMessageInFlow & { dedupeKey?: unknown };
  /** Config node id of the account or route. */
  readonly target: string;
  readonly provider: string;
  readonly account: string;
  readonly warnOnce: Warn;
}

/** A longer text is not kept beside the messages made of it. */
const MAX_PAYLOAD = 65_536;

const MAX_KEY = 500;

/** Characters of topic and context as JSON, as long as they are remembered for reports. */
const MAX_ABOUT = 65_536;

/** Puts what a message becomes into the node's outbox. Undefined where the node has none, and sends directly. */
export function letterBox(
  RED: NodeAPI,
  definition: Pick<MessageNodeDefinition, "needs">,
  config: Config,
  { node, message, warnOnce, ...sender }: Sender,
): ((letter: Letter) => Promise<void>) | undefined {
  const outbox = usesOutbox(definition) ? findOutbox(RED, config) : undefined;
  if (!outbox) {
    if (usesOutbox(definition) && (message.dedupeKey ?? "") !== "") warnOnce("noDedupe");
    return undefined;
  }
  return async (letter) => {
    const dedupeKey = keyOf(message.dedupeKey);
    const about = aboutOf(message);
    if (!about) warnOnce("notKept");
    const { tooLarge } = await outbox.put({
      node: node.id,
      ...sender,
      ...letter,
      properties: message,
      without: isShort(message.payload) ? [] : ["payload"],
      ...(about && { about }),
      ...(dedupeKey !== undefined && { dedupeKey }),
      ...(message.priority === "high" && { priority: "high" }),
    });
    if (tooLarge.length > 0) warnOnce("tooLarge", { names: tooLarge.map((name) => `msg.${name}`).join(", ") });
  };
}

/** Warns of a flow, perhaps written by hand, that believes a message to be stored which an outbox does not take. */
export function warnOfUnusedOutbox({ needs }: Pick<MessageNodeDefinition, "needs">, config: Config, warn: Warn): void {
  const sends = [needs].flat().some((operation) => operation.startsWith("send"));
  if (!sends || usesOutbox({ needs }) || !config.outbox) return;
  warn("unusedOutbox");
}

/** Takes the results of a node's messages out of its outbox, until the function that is returned is called. */
export function subscribe(
  RED: NodeAPI,
  definition: Pick<MessageNodeDefinition, "needs">,
  node: Node,
  { config, onSettled }: { config: Config; onSettled: OnSettled },
): () => void {
  try {
    const outbox = usesOutbox(definition) ? findOutbox(RED, config) : undefined;
    return outbox?.subscribe(node.id, onSettled) ?? (() => undefined);
  } catch {
    // That the outbox is not there is said with each message.
    return () => undefined;
  }
}

/** The result replaces the payload, which a Catch node would see: a short text is kept. */
function isShort(payload: unknown): boolean {
  return typeof payload === "string" ? payload.length <= MAX_PAYLOAD : Object(payload) !== payload;
}

/** What a webhook-in gives back with reports; undefined for what is no plain data or too long. */
function aboutOf({ topic, context }: NodeMessage & { context?: unknown }): Record<string, unknown> | undefined {
  try {
    const text = JSON.stringify({ topic, context });
    return text.length <= MAX_ABOUT ? (JSON.parse(text) as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function keyOf(key: unknown): string | undefined {
  if (key === undefined || key === null || key === "") return undefined;
  if ((typeof key === "string" || typeof key === "number") && String(key).length <= MAX_KEY) return String(key);
  throw invalid(
    `msg.dedupeKey must be a text of at most ${MAX_KEY} characters, or a number. Correct it, or remove it.`,
    "INVALID_MESSAGE",
    { kind: "dedupeKey", values: { most: MAX_KEY } },
  );
}
