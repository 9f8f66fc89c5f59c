import type { HttpRequest, Reply } from "../http-request.ts";
import { redactor } from "../redact.ts";
import type { ReportAddress } from "./settings.ts";

type Redact = <T>(value: T) => T;

/** A shorter credential, such as an account number, may be part of an id or a balance by chance. */
const MIN_IN_REPLY = 8;

/** Tokens that came later and are still remembered. */
const MAX_LATER = 8;

/** What an account must never show: its credentials, and the tokens that it gets for them. */
export class Secrets {
  readonly #credentials: readonly string[];
  #later: string[] = [];
  /** For errors: all of them. */
  redact: Redact;
  #inReply: Redact;
  #inReplyWithLater: Redact;

  constructor(credentials: readonly string[]) {
    this.#credentials = credentials;
    const long = credentials.filter(({ length }) => length >= MIN_IN_REPLY);
    this.redact = redactor(credentials);
    this.#inReply = redactor(long);
    this.#inReplyWithLater = this.#inReply;
  }

  /** Adds a secret that came later; the latest few are remembered. */
  conceal(secret: string): void {
    if (this.#later.at(-1) === secret) return;
    this.#later = [...this.#later.filter((known) => known !== secret), secret].slice(-MAX_LATER);
    const long = this.#credentials.filter(({ length }) => length >= MIN_IN_REPLY);
    this.redact = redactor([...this.#credentials, ...this.#later]);
    this.#inReplyWithLater = redactor([...long, ...this.#later]);
  }

  /** An address to be handed to a provider, whose secret no result or error shows from now on. */
  concealedIn(address: ReportAddress | undefined): string | undefined {
    if (address) this.conceal(address.secret);
    return address?.url;
  }

  /**
   * For the reply to a request. A later secret is an echo only where the request carried one: a login brings it, perhaps
   * the same as before, and must not lose it.
   */
  inReplyTo({ url, headers = {}, body }: HttpRequest): Redact {
    if (this.#later.length === 0) return this.#inReply;
    const sent = [url, ...Object.values(headers), typeof body === "string" ? body : ""];
    const carries = (secret: string) =>
      sent.some((part) => part.includes(secret) || part.includes(encodeURIComponent(secret)));
    return this.#later.some(carries) ? this.#inReplyWithLater : this.#inReply;
  }
}

/**
 * A reply as it may be seen: a server may echo what it was sent, and a reply goes into `msg` as `raw`. Bytes, such as an image,
 * stay as they are.
 */
export class CleanReply implements Reply {
  readonly status: number;
  readonly body: Buffer;
  readonly #reply: Reply;
  readonly #redact: Redact;

  constructor(reply: Reply, redact: Redact) {
    this.status = reply.status;
    this.body = reply.body;
    this.#reply = reply;
    this.#redact = redact;
  }

  get headers(): Reply["headers"] {
    return this.#redact(this.#reply.headers);
  }

  text(): string {
    return this.#redact(this.#reply.text());
  }

  json(): unknown {
    const value = this.#reply.json();
    const text = this.#reply.text();
    // All strings of JSON without escapes are parts of its text: where that holds no secret, they do not.
    return !text.includes("\\") && this.#redact(text) === text ? value : this.#redact(value);
  }
}
