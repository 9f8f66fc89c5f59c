import { setTimeout as sleep } from "node:timers/promises";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { asMessagingError, type MessagingError } from "../../src/error.ts";
import type { CallOptions } from "../../src/sending/account.ts";
import type { AccountNode } from "./account-node.ts";
import type { Fields, MessageNodeDefinition } from "./definition.ts";
import { resolveFields, type Config, type Resolved } from "./fields.ts";
import { findAccount } from "./find-account.ts";
import { NodeLife } from "./node-life.ts";
import { errorBadge, type Badge } from "./status.ts";
import type { Warn } from "./words.ts";

/** What the work of a source node may use. */
export interface SourceContext<F extends Fields> {
  /** The node's id: it stays the same over restarts and deploys. */
  readonly id: string;
  /** Node-RED's user directory; undefined where it has none. */
  readonly userDir: string | undefined;
  /** The chosen account's node as it is now, for an account may be deployed without the nodes that use it. Throws MISSING_ACCOUNT. */
  readonly accountNode: () => AccountNode;
  /** The fields as they are now; there is no message that they could read. Rejects with INVALID_MESSAGE. */
  readonly fields: () => Promise<Resolved<F>>;
  /** To be handed on with every call: it ends waiting when the node closes. */
  readonly call: CallOptions;
  /** Aborted when the node closes: the work must then end soon. */
  readonly stop: AbortSignal;
  /** Once the work is stopped: whether the node was deleted or disabled, and not only restarted. */
  readonly isRemoved: () => boolean;
  /** Sends a message of its own out of an output. */
  readonly emit: (output: number, message: { readonly payload: unknown } & Readonly<Record<string, unknown>>) => void;
  readonly show: (badge: Badge) => void;
  /** Shows a failure, and hands it to Catch nodes; to the log where there are none. */
  readonly fail: (error: MessagingError) => void;
  readonly log: (text: string) => void;
  /** Warns of something that holds until the next deploy: once. */
  readonly warnOnce: Warn;
}

/** The work of a node without inputs, from its start until it is stopped; it may be stopped when it starts. */
export type Start<F extends Fields> = (context: SourceContext<F>) => Promise<void>;

/** Node-RED makes one node after the other: what is sent at once may find nobody at the other end of the wire. */
const SETTLE_MS = 500;

/** Registers a node without inputs. Its work is loaded when a flow with such a node has started. */
export function registerSourceNode<F extends Fields>(
  RED: NodeAPI,
  definition: MessageNodeDefinition<F>,
  load: () => Promise<{ start: Start<F> }>,
): void {
  function SourceNodeConstructor(this: Node, config: NodeDef & Config): void {
    RED.nodes.createNode(this, config);
    const life = new NodeLife(RED, this);
    let isRemoved = false;
    const context = sourceContext(RED, this, { definition, config, life, isRemoved: () => isRemoved });
    const work = begin(context, load);
    this.on("close", (removed: boolean, done: () => void) => {
      isRemoved = removed;
      void life.end([work]).then(done);
    });
  }
  RED.nodes.registerType(definition.type, SourceNodeConstructor);
}

/** Never rejects: a rejection here would end Node-RED. */
async function begin<F extends Fields>(context: SourceContext<F>, load: () => Promise<{ start: Start<F> }>) {
  try {
    await sleep(SETTLE_MS, undefined, { signal: context.stop }).catch(() => undefined);
    // A node that is deleted at once may still have to clean up what it left before.
    if (context.stop.aborted && !context.isRemoved()) return;
    const { start } = await load();
    await start(context);
  } catch (thrown) {
    context.fail(asMessagingError(thrown));
  }
}

interface Source<F extends Fields> {
  readonly definition: MessageNodeDefinition<F>;
  readonly config: Config;
  readonly life: NodeLife;
  readonly isRemoved: () => boolean;
}

function sourceContext<F extends Fields>(
  RED: NodeAPI,
  node: Node,
  { definition, config, life, isRemoved }: Source<F>,
): SourceContext<F> {
  return {
    id: node.id,
    userDir: (RED.settings as { userDir?: string }).userDir,
    accountNode: () => findAccount(RED, config),
    fields: () => resolveFields({ RED, node, config }, definition.fields, { _msgid: RED.util.generateId() }),
    call: { signal: life.closing },
    stop: life.closing,
    isRemoved,
    emit: (output, message) => node.send([...Array<null>(output).fill(null), message]),
    show: (badge) => life.show(badge),
    fail: (error) => {
      life.show(errorBadge(error.code));
      node.error(life.words.error(error), {});
    },
    log: (text) => node.log(text),
    warnOnce: life.warnOnce,
  };
}
