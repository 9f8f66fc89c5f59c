import { asMessagingError, MessagingError, type ErrorCode } from "../error.ts";
import type { Draft, SendOptions, SmsMessage } from "../message.ts";
import type { SendOperation, SendReply, Session } from "../provider.ts";
import type { RecipientResult, SendResult } from "../result.ts";
import { smsParts } from "../text.ts";
import type { Account, CallOptions } from "./account.ts";
import { cancelled } from "./pace.ts";
import type { Counts } from "./progress.ts";

/** After these the next request would meet the same end. */
const ENDS_ALL: readonly ErrorCode[] = ["BAD_CREDENTIALS", "MISSING_ACCOUNT", "NO_CREDIT", "CANCELLED"];

/** A checked message, and its place in the result. */
interface Pending<M> {
  readonly place: number;
  readonly to: string;
  readonly message: M;
}

/** A send on its way: what became of each recipient, and what is still to be sent. */
export class Delivery<M> {
  readonly #account: Account;
  readonly #channel: "sms" | "email";
  readonly #operation: SendOperation<M>;
  readonly #options: SendOptions;
  readonly #call: CallOptions & { signal: AbortSignal };
  readonly #counts: Counts = { done: 0, accepted: 0, rejected: 0, failed: 0 };
  readonly #messages: RecipientResult[] = [];
  readonly #replies: SendReply[] = [];
  /** Of requests that failed as a whole. */
  readonly #failures: MessagingError[] = [];
  #chunk: Pending<M>[] = [];
  #drafts = 0;
  /** The latest error that is about one recipient. */
  #refusal: MessagingError | undefined;
  /** Why nothing more is tried. */
  #end: MessagingError | undefined;

  constructor(
    account: Account,
    channel: "sms" | "email",
    operation: SendOperation<M>,
    options: SendOptions,
    call: CallOptions & { signal: AbortSignal },
  ) {
    this.#account = account;
    this.#channel = channel;
    this.#operation = operation;
    this.#options = options;
    this.#call = call;
  }

  /** Messages that wait for `flush`. */
  get pending(): number {
    return this.#chunk.length;
  }

  get counts(): Counts {
    return { ...this.#counts };
  }

  add(draft: Draft<M>): void {
    this.#drafts += 1;
    if ("error" in draft) {
      this.#refusal = draft.error;
      this.#messages.push({ to: draft.to, status: "rejected", error: shown(draft.error) });
      this.#count("rejected");
    } else if (this.#account.mode === "off") {
      this.#counts.done += 1;
    } else {
      // Keeps the place until the outcome is known.
      const place = this.#messages.push({ to: draft.to, status: "unknown" }) - 1;
      this.#chunk.push({ place, ...draft });
    }
  }

  /** Sends what is pending as one request. Never rejects: a failure is an outcome. */
  async flush(): Promise<void> {
    const chunk = this.#chunk;
    this.#chunk = [];
    if (chunk.length === 0) return;
    if (this.#call.signal.aborted && !this.#end) this.#stop(cancelled("Cancelled before this was sent."));
    if (this.#end) return this.#fail(chunk, this.#end);
    const messages = chunk.map(({ message }) => message);
    try {
      const send = (session: Session) => this.#operation.send(session, messages, this.#options);
      const reply = await this.#account.perform(this.#call, send);
      this.#replies.push(reply);
      chunk.forEach((pending, index) => this.#settle(pending, reply.recipients[index] ?? untold()));
    } catch (thrown) {
      const error = asMessagingError(thrown);
      if (ENDS_ALL.includes(error.code)) this.#stop(error);
      else if (isRefusal(chunk, error)) this.#refusal = error;
      else this.#failures.push(error);
      this.#fail(chunk, error);
    }
  }

  /** Throws the error of a send that failed as a whole. */
  result(): SendResult {
    const failure = this.#failure();
    if (failure) throw failure;
    const { accepted, rejected, failed } = this.#counts;
    const deliveries = this.#replies.flatMap(({ deliveryId }) => deliveryId ?? []);
    const reference = this.#options.reference ?? this.#replies.find((reply) => reply.reference)?.reference;
    const raw = this.#replies.map((reply) => reply.raw);
    return {
      provider: this.#account.provider.name,
      channel: this.#channel,
      account: this.#account.name,
      id: this.#id(deliveries),
      ...(deliveries.length > 0 && { deliveries }),
      ...(reference !== undefined && { reference }),
      accepted,
      rejected,
      failed,
      messages: this.#messages,
      ...(this.#account.mode === "off" && { off: true }),
      raw: raw.length > 1 ? raw : (raw[0] ?? null),
    };
  }

  #stop(error: MessagingError): void {
    this.#end = error;
    this.#failures.push(error);
  }

  #fail(chunk: readonly Pending<M>[], error: MessagingError): void {
    const status = isRefusal(chunk, error) ? "rejected" : error.cause.outcome === "unknown" ? "unknown" : "failed";
    for (const pending of chunk) this.#settle(pending, { status, error: shown(error) });
  }

  #settle({ place, to, message }: Pending<M>, outcome: Omit<RecipientResult, "to" | "parts">): void {
    this.#messages[place] = { to, ...outcome, ...this.#parts(message) };
    this.#count(outcome.status);
  }

  #count(status: RecipientResult["status"]): void {
    this.#counts.done += 1;
    if (status === "accepted" || status === "scheduled") this.#counts.accepted += 1;
    else if (status === "rejected") this.#counts.rejected += 1;
    else this.#counts.failed += 1;
  }

  #parts(message: M): { parts?: number } {
    if (this.#channel !== "sms") return {};
    const encoding = this.#operation.honours.includes("encoding") ? this.#options.encoding : undefined;
    return { parts: smsParts((message as SmsMessage).text, encoding).parts };
  }

  #failure(): MessagingError | undefined {
    const [only] = this.#messages;
    if (this.#drafts === 1 && only?.status === "rejected") return this.#named(this.#refusal ?? asRefusal(only));
    if (this.#replies.length > 0) return undefined;
    // One in doubt forbids sending all again.
    const worst = this.#failures.find(({ cause }) => cause.outcome === "unknown") ?? this.#failures[0];
    return worst && this.#named(worst);
  }

  #named(error: MessagingError): MessagingError {
    const reference = error.cause.reference ?? this.#options.reference;
    return error.with({
      provider: this.#account.provider.name,
      account: this.#account.name,
      ...(reference !== undefined && { reference }),
    });
  }

  #id(deliveries: readonly string[]): string {
    const [first] = this.#messages;
    if (this.#messages.length === 1 && first?.id !== undefined) return first.id;
    return deliveries[0] ?? this.#messages.find(({ id }) => id !== undefined)?.id ?? "";
  }
}

/** A request for one recipient that the provider refuses is a word against that recipient. */
function isRefusal({ length }: { readonly length: number }, { code, cause }: MessagingError): boolean {
  return length === 1 && cause.outcome === "rejected" && !ENDS_ALL.includes(code);
}

/** A recipient's own part of an error. */
function shown({ code, message, cause: { outcome, providerCode } }: MessagingError): RecipientResult["error"] & object {
  return { code, message, outcome, ...(providerCode !== undefined && { providerCode }) };
}

/** The error of the only recipient, refused in a reply that was otherwise good. */
function asRefusal({ error }: RecipientResult): MessagingError {
  const {
    message = "The provider refused this recipient.",
    code = "REJECTED",
    outcome = "rejected",
    providerCode,
  } = error ?? {};
  const facts = { code, outcome, retryable: false, attempts: 1, ...(providerCode !== undefined && { providerCode }) };
  return new MessagingError(message, facts);
}

/** For a recipient of whom an adapter says nothing. */
function untold(): Omit<RecipientResult, "to"> {
  const message =
    "The reply does not tell what became of this recipient: look it up at the provider before you send again.";
  return { status: "unknown", error: { code: "BAD_REPLY", outcome: "unknown", message } };
}
