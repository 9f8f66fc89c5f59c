import { asMessagingError, type MessagingError } from "../error.ts";
import { ENDS_ALL, failedRecipient, recipientError } from "../failed-recipient.ts";
import type { Draft, SendOptions, SmsMessage } from "../message.ts";
import type { SendOperation, SendReply, Session } from "../provider.ts";
import type { RecipientResult, SendResult } from "../result.ts";
import { smsParts } from "../text.ts";
import type { Account, CallOptions, Requested } from "./account.ts";
import { cancelled } from "./pace.ts";
import type { Counts } from "./progress.ts";
import { allRefused, asRefusal, kindOf, sendResult, untold } from "./send-result.ts";

/** A checked message, and its place in the result. */
interface Pending<M> {
  readonly place: number;
  readonly to: string;
  readonly message: M;
}

type DeliveryCall = CallOptions & {
  readonly signal: AbortSignal;
  /** Messages of the whole send, where this is not all of it or not known yet. */
  readonly total?: number;
  readonly asOne?: boolean;
};

/** A send on its way: what became of each recipient, and what is still to be sent. */
export class Delivery<M> {
  readonly #account: Account;
  readonly #channel: "sms" | "email";
  readonly #operation: SendOperation<M>;
  readonly #options: SendOptions;
  readonly #call: DeliveryCall;
  readonly #counts: Counts = { done: 0, accepted: 0, rejected: 0, failed: 0 };
  readonly #messages: RecipientResult[] = [];
  readonly #replies: SendReply[] = [];
  /** Of requests that failed as a whole. */
  readonly #failures: MessagingError[] = [];
  #chunk: Pending<M>[] = [];
  #drafts = 0;
  /** The first error that is about one recipient. */
  #refusal: MessagingError | undefined;
  /** Why nothing more is tried. */
  #end: MessagingError | undefined;

  constructor(
    account: Account,
    channel: "sms" | "email",
    operation: SendOperation<M>,
    options: SendOptions,
    call: DeliveryCall,
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

  /** One per draft in their order, but none for those that a switched-off account did not send. */
  get messages(): readonly RecipientResult[] {
    return this.#messages;
  }

  /** Whether the provider replied to any request. */
  get hasReply(): boolean {
    return this.#replies.length > 0;
  }

  add(draft: Draft<M>): void {
    this.#drafts += 1;
    if ("error" in draft) {
      this.#refusal ??= draft.error;
      this.#messages.push({ to: draft.to, status: "rejected", error: recipientError(draft.error) });
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
    if (this.#end) return this.#fail(chunk, this.#end.with({ outcome: "not-sent" }));
    const messages = chunk.map(({ message }) => message);
    const ended: (() => void)[] = [];
    const call = {
      ...this.#call,
      onRequest: (requested: Requested) => void ended.push(this.#request(chunk, requested)),
    };
    try {
      const part = { total: Math.max(this.#call.total ?? 0, this.#drafts) };
      const send = (session: Session) => this.#operation.send(session, messages, this.#options, part);
      const reply = await this.#account.perform(call, send);
      this.#replies.push(reply);
      chunk.forEach((pending, index) => this.#settle(pending, reply.recipients[index] ?? untold()));
      this.#report(chunk, reply);
    } catch (thrown) {
      const error = asMessagingError(thrown);
      if (ENDS_ALL.includes(error.code)) this.#stop(error);
      else if (isRefusal(chunk, error)) this.#refusal ??= error;
      else this.#failures.push(error);
      this.#fail(chunk, error);
    } finally {
      for (const end of ended) end();
    }
  }

  /** Throws the error of a send that failed as a whole. */
  result(): SendResult {
    const failure = this.failure();
    if (failure) throw failure;
    return this.summary();
  }

  /** The result, even when the send failed as a whole. */
  summary(): SendResult {
    const { accepted, rejected, failed } = this.#counts;
    const deliveries = this.#replies.flatMap(({ deliveryId }) => deliveryId ?? []);
    const reference = this.#options.reference ?? this.#replies.find((reply) => reply.reference)?.reference;
    const raw = this.#replies.map((reply) => reply.raw);
    return sendResult(this.#account, this.#channel, {
      id: this.#id(deliveries),
      deliveries,
      ...(reference !== undefined && { reference }),
      accepted,
      rejected,
      failed,
      messages: this.#messages,
      raw: raw.length > 1 ? raw : (raw[0] ?? null),
    });
  }

  /** The error of a send that failed as a whole. */
  failure(): MessagingError | undefined {
    const { rejected } = this.#counts;
    const isRefused = rejected === this.#drafts && (rejected === 1 || this.#call.asOne);
    if (isRefused && (this.hasReply || this.#failures.length === 0)) {
      const first = this.#messages.find(({ status }) => status === "rejected");
      const refusal = this.#refusal ?? (first && asRefusal(first));
      return refusal && this.#named(allRefused(refusal, rejected));
    }
    if (this.hasReply) return undefined;
    // One in doubt forbids sending all again.
    const worst = this.#failures.find(({ cause }) => cause.outcome === "unknown") ?? this.#failures[0];
    return worst && this.#named(worst);
  }

  #request(chunk: readonly Pending<M>[], { reference = this.#options.reference, ...names }: Requested): () => void {
    const end = this.#call.onRequest?.({
      ...names,
      channel: this.#channel,
      recipients: chunk.map(({ to }) => to),
      ...(reference !== undefined && { reference }),
    });
    return end ?? (() => undefined);
  }

  #report(chunk: readonly Pending<M>[], { reference = this.#options.reference }: SendReply): void {
    const recipients = chunk.flatMap(({ place }) => this.#messages[place] ?? []);
    this.#call.onTaken?.({
      provider: this.#account.provider.name,
      account: this.#account.name,
      channel: this.#channel,
      recipients,
      ...(reference !== undefined && { reference }),
    });
  }

  #stop(error: MessagingError): void {
    this.#end = error;
    this.#failures.push(error);
  }

  #fail(chunk: readonly Pending<M>[], error: MessagingError): void {
    for (const pending of chunk) this.#settle(pending, failedRecipient(error));
  }

  #settle({ place, to, message }: Pending<M>, outcome: Omit<RecipientResult, "to" | "parts">): void {
    this.#messages[place] = { to, ...outcome, ...this.#parts(message) };
    this.#count(outcome.status);
  }

  #count(status: RecipientResult["status"]): void {
    this.#counts.done += 1;
    this.#counts[kindOf(status)] += 1;
  }

  #parts(message: M): { parts?: number } {
    if (this.#channel !== "sms") return {};
    const encoding = this.#operation.honours.includes("encoding") ? this.#options.encoding : undefined;
    return { parts: smsParts((message as SmsMessage).text, encoding).parts };
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
