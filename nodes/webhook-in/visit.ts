import type { Node, NodeAPI } from "node-red";
import type { Repeats } from "../../src/webhook/repeats.ts";
import type { Patience } from "../../src/webhook/sent-messages.ts";
import type { Config } from "../kit/fields.ts";
import type { NodeLife } from "../kit/node-life.ts";

/** The node that a request came to. */
export interface Host {
  readonly RED: NodeAPI;
  readonly node: Node;
  readonly config: Config;
  readonly life: NodeLife;
  readonly repeats: Repeats;
  /** Bytes of a body. */
  readonly maxBody: number;
}

/** A request to it. */
export interface Visit extends Host, Patience {
  /** Aborted when the time is over or the node closes. */
  readonly signal: AbortSignal;
}
