import type { Node } from "node-red";
import { StatusLine } from "./status-line.ts";
import type { Badge } from "./status.ts";

/** How long the work in hand may take to end when the node closes: Node-RED gives up after 15 s. */
const CLOSE_MS = 6000;

/** What every working node has from its start to its end: a badge, warnings that are given once, and an orderly close. */
export class NodeLife {
  readonly #node: Node;
  readonly #line: StatusLine;
  readonly #closing = new AbortController();
  readonly #warned = new Set<string>();

  constructor(node: Node) {
    this.#node = node;
    this.#line = new StatusLine(node);
  }

  /** Aborted when the node begins to close. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  show(badge: Badge): void {
    this.#line.show(badge);
  }

  /** Warns of something that holds until the next deploy. */
  warnOnce(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.#node.warn(text);
  }

  /** Ends all waiting, and gives what is on its way a few seconds. `work` must not reject. */
  async end(work: Iterable<Promise<unknown>>): Promise<void> {
    this.#closing.abort();
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_MS)));
    await Promise.race([enough, Promise.all(work)]);
    clearTimeout(timer);
    this.#line.close();
  }
}
