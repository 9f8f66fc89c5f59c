/** One request to a provider. */
export interface HttpRequest {
  /** The provider's name of the call, such as `send_sms`: errors and logs name this, never the URL. */
  readonly operation: string;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Absolute; may hold numbers and text, so it is never logged nor put into an error. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Reads the provider's own words out of a refusal; may correct the verdict that the status code alone gives. */
  readonly explain?: (reply: Reply) => Explanation | undefined;
}

/** What a provider says of a refusal, in the terms of MessagingError. */
export interface Explanation {
  /** The provider's words for people. */
  text?: string;
  providerCode?: string;
  code?: import("./error.ts").ErrorCode;
  outcome?: import("./error.ts").Outcome;
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
