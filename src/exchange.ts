import { setMaxListeners } from "node:events";
import type { Dispatcher } from "undici";
import type { HttpRequest, Limits, Reply } from "./http-request.ts";
import { withoutEcho } from "./redact.ts";
import { decompress, isCompressed, MAX_REPLY_BYTES, ReceivedReply } from "./reply.ts";
import { asError, failureVerdict, statusVerdict } from "./verdict.ts";
import type { Attempt } from "./verdict.ts";

const MAX_TIMER_MS = 2 ** 31 - 1;

/** Thrown at undici to keep a request from being written, and given as the reason of breaking off; nobody sees it. */
const ENDED = new Error("The exchange has ended");

/**
 * One request and its reply, as undici drives it.
 *
 * What was really written is known from `onRequestStart`. For this request alone, and never for a proxy's CONNECT, undici
 * calls it on a connected socket (after the TLS handshake, through the tunnel) and writes the headers in the same run of
 * code; when it throws, nothing is written and the socket stays good for others (lib/dispatcher/client-h1.js, writeH1).
 * The diagnostics channel `undici:client:sendHeaders` fires a line later, but for every request in the process, CONNECT
 * included. A test holds the one against the other.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Rejects with a MessagingError. */
  readonly reply: Promise<Reply>;
  /** 1 once it was handed to undici. */
  attempts = 0;
  /** Called when it ends. */
  onEnd: () => void = () => undefined;
  readonly #request: HttpRequest;
  readonly #host: string;
  readonly #timeoutMs: number;
  readonly #startMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #begun = performance.now();
  #timer: NodeJS.Timeout;
  readonly #onAbort = () => this.fail("ABORTED");
  #resolve!: (reply: Reply) => void;
  #reject!: (error: Error) => void;
  #hasEnded = false;
  /** Set when the request is written. */
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: Readonly<Record<string, string>> = {};
  #chunks: Buffer[] = [];
  #size = 0;

  constructor(request: HttpRequest, host: string, limits: Limits) {
    this.reply = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#request = request;
    this.#host = host;
    this.#timeoutMs = asTimer(limits.timeoutMs);
    this.#startMs = Math.min(asTimer(limits.startMs ?? Infinity), this.#timeoutMs);
    this.#signal = limits.signal;
    this.#timer = this.#failIn(this.#startMs);
    if (this.#signal) this.#listenTo(this.#signal);
    if (this.#startMs === 0) this.fail("TIMEOUT");
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Before the timer's own turn where the event loop was held up: what is late must not be written.
    const spentMs = performance.now() - this.#begun;
    if (spentMs >= this.#startMs) this.fail("TIMEOUT");
    // A second start would be a second sending.
    if (this.#hasEnded || this.#controller) throw ENDED;
    this.#controller = controller;
    if (this.#startMs === this.#timeoutMs) return;
    clearTimeout(this.#timer);
    this.#timer = this.#failIn(this.#timeoutMs - spentMs);
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHeaders): void {
    // 103 Early Hints and its like: the reply is still to come.
    if (status < 200) return;
    this.#status = status;
    this.#headers = joined(headers);
    if (Number(this.#headers["content-length"]) > MAX_REPLY_BYTES) this.fail("REPLY_TOO_LARGE");
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > MAX_REPLY_BYTES) this.fail("REPLY_TOO_LARGE");
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const body = first && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    const encoding = this.#headers["content-encoding"];
    if (!isCompressed(encoding)) return this.#receive(body);
    decompress(body, encoding).then(
      (whole) => this.#receive(whole),
      (error: unknown) => this.fail(causeOf(error)),
    );
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    this.fail(this.#status ? "REPLY_BROKEN" : causeOf(error));
  }

  /** Ends the exchange, if it has not ended: `cause` as in the table of failures. */
  fail(cause: string): void {
    if (!this.#end()) return;
    const facts = { attempts: this.attempts, ...(this.#status && { httpStatus: this.#status }) };
    this.#reject(asError(failureVerdict(cause, this.#attempt()), facts, this.#host));
    this.#controller?.abort(ENDED);
  }

  #failIn(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.fail("TIMEOUT"), ms);
  }

  #listenTo(signal: AbortSignal): void {
    // One signal may end a thousand requests; Node 20 takes more than ten listeners for a leak.
    setMaxListeners(0, signal);
    signal.addEventListener("abort", this.#onAbort);
    if (signal.aborted) this.fail("ABORTED");
  }

  #receive(body: Buffer): void {
    const attempt = this.#attempt();
    const reply = new ReceivedReply(attempt, this.#status, this.#headers, body);
    const explanation = this.#status >= 400 ? explain(this.#request, reply) : undefined;
    const verdict = statusVerdict(reply, attempt, explanation);
    if (!this.#end()) return;
    if (!verdict) return this.#resolve(reply);
    const { providerCode } = explanation ?? {};
    const facts = {
      attempts: this.attempts,
      httpStatus: this.#status,
      ...(providerCode !== undefined && { providerCode }),
    };
    this.#reject(asError(verdict, facts, this.#host));
  }

  /** False when it had ended already. */
  #end(): boolean {
    if (this.#hasEnded) return false;
    this.#hasEnded = true;
    this.#chunks = [];
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.onEnd();
    return true;
  }

  #attempt(): Attempt {
    const { operation, method, asks = method === "GET" } = this.#request;
    const written = this.#controller !== undefined;
    return { operation, asks, host: this.#host, written, timeoutMs: written ? this.#timeoutMs : this.#startMs };
  }
}

function asTimer(ms: number): number {
  return Math.min(Math.max(ms, 0) || 0, MAX_TIMER_MS);
}

type IncomingHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Repeated headers as one, as RFC 9110, 5.3 reads them. */
function joined(headers: IncomingHeaders): Readonly<Record<string, string>> {
  const single = Object.create(null) as Record<string, string>;
  for (const name in headers) single[name] = String(headers[name]);
  return single;
}

/** The provider's words, without whatever it repeats of our request. An adapter that trips over them explains nothing. */
function explain(request: HttpRequest, reply: Reply) {
  try {
    const explanation = request.explain?.(reply);
    return explanation?.text ? { ...explanation, text: withoutEcho(explanation.text, request) } : explanation;
  } catch {
    return undefined;
  }
}

function causeOf(error: unknown): string {
  // undici means to set a `code` on its parser's errors, but looks it up the wrong way round.
  const { code, name = "" } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  return code ?? name;
}
