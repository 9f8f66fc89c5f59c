import type { Node } from "node-red";
import type { Badge } from "./status.ts";

/** At most five updates a second: more cannot be read, and each one goes to every open editor. */
const SHORTEST_MS = 200;

/** A node's badge, shown at a bearable pace whatever the load; the last one given is always shown. */
export class StatusLine {
  readonly #node: Pick<Node, "status">;
  #shown: Badge | undefined;
  #next: Badge | undefined;
  #timer: NodeJS.Timeout | undefined;
  #shownAt = -Infinity;
  #closed = false;

  constructor(node: Pick<Node, "status">) {
    this.#node = node;
  }

  show(badge: Badge): void {
    this.#next = badge;
    if (this.#timer || this.#closed) return;
    const wait = this.#shownAt + SHORTEST_MS - performance.now();
    if (wait <= 0) this.#paint();
    else this.#timer = setTimeout(() => this.#paint(), wait);
  }

  /** Clears the badge and the timer; to be called once, when the node closes. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (this.#shown) this.#node.status({});
  }

  #paint(): void {
    this.#timer = undefined;
    const badge = this.#next;
    if (!badge || (badge.text === this.#shown?.text && badge.fill === this.#shown.fill)) return;
    this.#shown = badge;
    this.#shownAt = performance.now();
    this.#node.status(badge);
  }
}
