import { Readable } from "node:stream";
import { Connections } from "./connections.ts";
import { Exchange } from "./exchange.ts";
import type { HttpRequest, Limits, Reply, StreamBody } from "./http-request.ts";
import { Queue } from "./queue.ts";
import { targetOf, type Target } from "./target.ts";
import { within } from "./within.ts";

/** Time that requests on their way have to finish when the client is closed, in milliseconds. */
const CLOSE_GRACE_MS = 3000;

/** A compressed reply is still understood, but there is nothing to gain and a bomb to lose by asking for one. */
const DEFAULT_HEADERS = { "accept-encoding": "identity", "user-agent": "node-red-contrib-messaging" };

/** The only door to the network: each account has one, with its own pool of connections. */
export class HttpClient {
  readonly #connections: Connections;
  readonly #exchanges = new Queue<Exchange>();
  #closing: Promise<void> | undefined;

  /** `connections`: the most requests in flight per host; more wait their turn within their own time limit. */
  constructor({ connections }: { connections: number }) {
    this.#connections = new Connections(connections);
  }

  /**
   * Sends a request once: nothing is repeated here, and no redirect is followed. Resolves with a 2xx that was read to its
   * end; rejects with a MessagingError for all else, whose `outcome` rests on what was really written to the provider.
   */
  send(request: HttpRequest, limits: Limits): Promise<Reply> {
    const target = targetOf(request.url);
    const exchange = new Exchange(request, target?.host ?? "", limits);
    if (this.#closing) exchange.fail("CLOSED");
    else if (!target) exchange.fail("BAD_URL");
    else if (!exchange.hasEnded) this.#dispatch(request, target, exchange);
    return exchange.reply;
  }

  /**
   * Requests on their way have 3 s to finish; what is left ends as CANCELLED, and all sockets are closed. Later requests
   * are refused. Never rejects.
   */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  #dispatch({ method, headers, body = "" }: HttpRequest, target: Target, exchange: Exchange): void {
    const isStream = typeof body === "object" && "open" in body;
    const options = {
      origin: target.origin,
      path: target.path,
      method,
      headers: { ...DEFAULT_HEADERS, ...headers, ...(isStream && { "content-length": String(body.length) }) },
      // A generator, so that it is opened when undici begins to write, which for a request in the queue may be never.
      body: isStream ? Readable.from(chunksOf(body), { objectMode: false }) : body,
    };
    exchange.onEnd = this.#exchanges.push(exchange);
    exchange.attempts = 1;
    try {
      this.#connections.to(target).dispatch(options, exchange);
    } catch (error) {
      exchange.onResponseError(undefined, error as Error);
    }
  }

  async #close(): Promise<void> {
    const replies = [...this.#exchanges].map(({ reply }) => reply);
    if (replies.length > 0) await within(CLOSE_GRACE_MS, Promise.allSettled(replies));
    for (const exchange of this.#exchanges) exchange.fail("CLOSED");
    await this.#connections.destroy();
  }
}

async function* chunksOf(body: StreamBody): AsyncGenerator<Buffer> {
  yield* body.open();
}
