import type { Node, NodeAPI } from "node-red";
import { within } from "../../src/within.ts";
import { StatusLine } from "./status-line.ts";
import type { Badge } from "./status.ts";
import { Words, type Warn, type Warnings } from "./words.ts";

/** How long the work in hand may take to end when the node closes: Node-RED gives up after 15 s. */
const CLOSE_MS = 6000;

/** What every working node has from its start to its end: a badge, warnings that are given once, and an orderly close. */
export class NodeLife {
  readonly #line: StatusLine;
  readonly #closing = new AbortController();
  /** In the runtime's language. */
  readonly words: Words;
  readonly #warnings: Warnings;

  constructor(RED: NodeAPI, node: Node) {
    this.words = new Words(RED, node.type);
    this.#warnings = this.words.warnings(node);
    this.#line = new StatusLine(node);
  }

  /** Aborted when the node begins to close. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  show(badge: Badge): void {
    this.#line.show(badge);
  }

  /** Warns each time that it is called. */
  readonly warn: Warn = (kind, values) => this.#warnings.warn(kind, values);

  /** Warns of something that holds until the next deploy. */
  readonly warnOnce: Warn = (kind, values) => this.#warnings.warnOnce(kind, values);

  /** Ends all waiting, and gives what is on its way a few seconds. `work` must not reject. */
  async end(work: Iterable<Promise<unknown>>): Promise<void> {
    this.#closing.abort();
    await within(CLOSE_MS, Promise.all(work));
    this.#line.close();
  }
}
