import { Readable } from "node:stream";
import { Connections } from "./connections.ts";
import type { ErrorCode, Outcome } from "./error.ts";
import { Exchange } from "./exchange.ts";

/** One request to a provider. */
export interface HttpRequest {
  /** The provider's name of the call, such as `send_sms`: errors and logs name this, never the URL. */
  readonly operation: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Absolute; may hold numbers and text, so it is never logged nor put into an error. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** More headers, asked for when each attempt begins: a login token may be renewed while the request waits its turn. */
  readonly lateHeaders?: () => Readonly<Record<string, string>>;
  readonly body?: string | Buffer | StreamBody;
  /** One of many that a piece of work is made of, such as a bulk whose texts differ: it has a time budget of its own. */
  readonly apart?: boolean;
  /** Others cannot go on without it, such as a login: it goes before all that waits. */
  readonly urgent?: boolean;
  /** Reads the provider's own words out of a refusal; may correct the verdict that the status code alone gives. */
  readonly explain?: (reply: Reply) => Explanation | undefined;
}

/** A body too large to hold: opened when the request is written, and read no faster than the connection takes it. */
export interface StreamBody {
  /** Bytes that it will give, exactly. */
  readonly length: number;
  open(): Readable;
}

/** What a provider says of a refusal, in the terms of MessagingError. */
export interface Explanation {
  /** The provider's words for people. */
  text?: string;
  providerCode?: string;
  code?: ErrorCode;
  outcome?: Outcome;
}

/** A reply that was read to its end. */
export interface Reply {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The body as UTF-8 text. */
  text(): string;
  /** The body as JSON; throws BAD_REPLY with outcome `unknown` when it is none. */
  json(): unknown;
}

/** What one request may take. */
export interface Limits {
  /** Milliseconds for all of it: connecting, writing, and reading the reply to its end. */
  readonly timeoutMs: number;
  /** Milliseconds after which it is not written any more; all of `timeoutMs` when absent. */
  readonly startMs?: number;
  readonly signal?: AbortSignal;
}

/** Time that requests on their way have to finish when the client is closed, in milliseconds. */
const CLOSE_GRACE_MS = 3000;

/** A compressed reply is still understood, but there is nothing to gain and a bomb to lose by asking for one. */
const DEFAULT_HEADERS = { "accept-encoding": "identity", "user-agent": "node-red-contrib-messaging" };

/** The only door to the network: each account has one, with its own pool of connections. */
export class HttpClient {
  readonly #connections: Connections;
  readonly #exchanges = new Set<Exchange>();
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
    const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
    const exchange = new Exchange(request, url?.host ?? "", limits, (ended) => this.#exchanges.delete(ended));
    if (this.#closing) exchange.fail("CLOSED");
    else if (!url || !/^https?:$/.test(url.protocol)) exchange.fail("BAD_URL");
    else if (!exchange.hasEnded) this.#dispatch(request, url, exchange);
    return exchange.reply;
  }

  /**
   * Requests on their way have 3 s to finish; what is left ends as CANCELLED, and all sockets are closed. Later requests
   * are refused. Never rejects.
   */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  #dispatch({ method, headers, body = "" }: HttpRequest, url: URL, exchange: Exchange): void {
    const isStream = typeof body === "object" && "open" in body;
    const options = {
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers: { ...DEFAULT_HEADERS, ...headers, ...(isStream && { "content-length": String(body.length) }) },
      // A generator, so that it is opened when undici begins to write, which for a request in the queue may be never.
      body: isStream ? Readable.from(chunksOf(body), { objectMode: false }) : body,
    };
    this.#exchanges.add(exchange);
    exchange.attempts = 1;
    try {
      this.#connections.to(url).dispatch(options, exchange);
    } catch (error) {
      exchange.onResponseError(undefined, error as Error);
    }
  }

  async #close(): Promise<void> {
    const replies = [...this.#exchanges].map(({ reply }) => reply);
    if (replies.length > 0) {
      let timer: NodeJS.Timeout | undefined;
      const grace = new Promise((resolve) => {
        timer = setTimeout(resolve, CLOSE_GRACE_MS);
      });
      await Promise.race([Promise.allSettled(replies), grace]);
      clearTimeout(timer);
    }
    for (const exchange of this.#exchanges) exchange.fail("CLOSED");
    await this.#connections.destroy();
  }
}

async function* chunksOf(body: StreamBody): AsyncGenerator<Buffer> {
  yield* body.open();
}
