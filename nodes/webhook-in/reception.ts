import type { IncomingMessage, ServerResponse } from "node:http";
import { once } from "../../src/once.ts";
import { Queue } from "../../src/queue.ts";
import { onAbort } from "../../src/sending/signals.ts";
import { answer } from "../../src/webhook/answer.ts";
import { Refusal } from "../../src/refusal.ts";
import { middlewareOf, passes } from "./middleware.ts";
import type { Host } from "./visit.ts";

const handler = once(() => import("./handler.ts"));

/** For all of a request: reading it, and handing on what it says. */
const REQUEST_MS = 10_000;

/** Of it, for all but handing on. */
const WAIT_MS = 9000;

/** All callbacks that one node has in hand. */
export class Reception {
  readonly #host: Host;
  readonly #pending = new Queue<Promise<void>>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** ISO 8601, of the last callback that was taken. */
  get lastCallbackAt(): string | undefined {
    const { memory, node } = this.#host;
    return memory.lastCallbackAt(node.id);
  }

  /** Resolves when it knows what was before the restart. */
  get opened(): Promise<void> {
    return this.#host.opened;
  }

  /** Answers a request with the right secret. Never throws. */
  take(request: IncomingMessage, response: ServerResponse): void {
    const leave = this.#pending.push(this.#serve(request, response).finally(() => leave()));
  }

  /** Callbacks in hand are not taken any more: their senders are asked to come again. */
  close(): Promise<void> {
    return this.#host.life.end(this.#pending);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { RED, life, memory, node } = this.#host;
    const ending = new AbortController();
    const deadline = performance.now() + WAIT_MS;
    const timer = setTimeout(() => ending.abort(), REQUEST_MS);
    const forget = onAbort(life.closing, () => ending.abort());
    try {
      if (life.closing.aborted) throw new Refusal(503, "closing");
      if (!(await passes(middlewareOf(RED.settings.httpNodeMiddleware), request, response, ending.signal))) return;
      const { receive } = await handler();
      await receive(request, { ...this.#host, signal: ending.signal, deadline });
      memory.called(node.id);
      answer(request, response, 200, "OK");
    } catch (thrown) {
      this.#refuse(thrown, request, response);
    } finally {
      clearTimeout(timer);
      forget();
    }
  }

  #refuse(thrown: unknown, request: IncomingMessage, response: ServerResponse): void {
    const { life, node } = this.#host;
    if (life.closing.aborted) return answer(request, response, 503, "restarting", { "retry-after": "5" });
    if (thrown instanceof Refusal) {
      const headers = thrown.status === 405 ? { allow: "GET, POST" } : undefined;
      return answer(request, response, thrown.status, thrown.message, headers);
    }
    // Without its words, which may quote what was received.
    const kind = thrown instanceof Error ? thrown.name : typeof thrown;
    node.error(life.words.warning("notHandedOn", { kind }));
    answer(request, response, 500, "not taken");
  }
}
