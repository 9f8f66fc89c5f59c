import type { Node, NodeAPI } from "node-red";
import type { Patience } from "../../src/webhook/sent-messages.ts";
import type { Config } from "../kit/fields.ts";
import type { NodeLife } from "../kit/node-life.ts";
import type { Memory } from "./memory.ts";

/** The node that a request came to. */
export interface Host {
  readonly RED: NodeAPI;
  readonly node: Node;
  readonly config: Config;
  readonly life: NodeLife;
  readonly memory: Memory;
  /** Resolves when it knows what was taken before the restart. */
  readonly opened: Promise<void>;
  /** Bytes of a body. */
  readonly maxBody: number;
}

/** A request to it. */
export interface Visit extends Host, Patience {
  /** Aborted when the time is over or the node closes. */
  readonly signal: AbortSignal;
}
