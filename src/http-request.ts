import type { Readable } from "node:stream";
import type { ErrorCode, Outcome } from "./error.ts";

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
  /** A POST that only asks, such as what a message would cost: like a GET, it changes nothing at the provider. */
  readonly asks?: boolean;
  /** The id that it gives to the messages that it sends: a report may name them by it before the reply is there. */
  readonly reference?: string;
  /** Others cannot go on without it, such as a login: it goes before all that waits, and has the usual time budget. */
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
