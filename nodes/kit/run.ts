import type { Outgoing } from "../../src/outbox/contract.ts";
import type { CallOptions } from "../../src/sending/account.ts";
import type { Fields } from "./definition.ts";
import type { Resolved } from "./fields.ts";
import type { Way } from "./route-node.ts";
import type { Badge } from "./status.ts";
import type { Warn } from "./words.ts";

/** What a handler hands over to be stored instead of sent. */
export type Letter = Pick<Outgoing, "channel" | "drafts" | "total" | "options" | "asOne">;

/** What a handler may use besides its fields. */
export interface Context extends Way {
  /**
   * To be handed on with every call: it keeps the badge up to date, and its signal is aborted when the node closes or, in
   * a cancellable node, at `msg.cancel`. Then nothing new is begun, and what is on its way may end.
   */
  readonly call: CallOptions & { readonly signal: AbortSignal };
  /** Sends a copy of the message with this payload out of an output, besides the result. */
  readonly emit: (output: number, payload: unknown) => void;
  /** Of a node with an outbox: stores what it would send. The result comes later, and not from the handler. */
  readonly store?: (letter: Letter) => Promise<void>;
  /** Sets properties of the outgoing message beside its payload. */
  readonly also: (properties: Readonly<Record<string, unknown>>) => void;
  readonly show: (badge: Badge) => void;
  /** Writes a line into Node-RED's log, for what is no trouble. It must hold no text and no number of a message. */
  readonly log: (text: string) => void;
  /** Tells that a deploy ended the following of this message. */
  readonly unfollowed: () => void;
  /** Warns of something that holds for every message: once per deploy. */
  readonly warnOnce: Warn;
}

/** A node's work on one message: the payload of output 1, or undefined where nothing goes out of it. */
export type Run<F extends Fields> = (fields: Resolved<F>, context: Context) => Promise<unknown>;
