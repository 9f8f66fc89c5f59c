import type { MessagingError } from "../error.ts";
import type { RecipientResult, SendResult } from "../result.ts";
import type { Counts } from "./progress.ts";
import { allRefused, kindOf } from "./send-result.ts";

type Facts = Pick<SendResult, "provider" | "account" | "id" | "reference">;

interface Settled {
  readonly error?: MessagingError | undefined;
  /** The error is that of a whole request, and not a word against this recipient. */
  readonly isWhole?: boolean;
  /** The reply that says it. */
  readonly reply?: SendResult | undefined;
}

/** What becomes of a send whose recipients go different ways, put together as one result. */
export class RouteResult {
  readonly #messages: RecipientResult[] = [];
  readonly #counts: Counts = { done: 0, accepted: 0, rejected: 0, failed: 0 };
  /** One for each request that was replied to. */
  readonly #replies: SendResult[] = [];
  /** The reply with the first recipient that was accepted: all of the result that is about one account is about its own. */
  #lead: { readonly place: number; readonly reply: SendResult } | undefined;
  #firstFailure: MessagingError | undefined;
  #firstDoubt: MessagingError | undefined;
  #refusal: MessagingError | undefined;

  get counts(): Counts {
    return { ...this.#counts };
  }

  /** Keeps a recipient's place, in the order of the calls, until it is settled. */
  place(to: string): number {
    return this.#messages.push({ to, status: "unknown" }) - 1;
  }

  /** What a request brought that a provider replied to. */
  replied(reply: SendResult): void {
    this.#replies.push(reply);
  }

  /** To be called once for each place, with what became of the recipient. */
  settle(place: number, outcome: RecipientResult, { error, isWhole = false, reply }: Settled): void {
    const { status } = outcome;
    this.#messages[place] = outcome;
    this.#counts.done += 1;
    this.#counts[kindOf(status)] += 1;
    if (reply && kindOf(status) === "accepted" && place < (this.#lead?.place ?? Infinity))
      this.#lead = { place, reply };
    if (status === "rejected") this.#refusal ??= error;
    if (status === "failed" || isWhole) this.#firstFailure ??= error;
    if (status === "unknown") this.#firstDoubt ??= error;
  }

  /** Throws the error of a send that failed as a whole, as `deliver` does. `usual` is who would have sent it. */
  whole(
    channel: SendResult["channel"],
    usual: Pick<SendResult, "provider" | "account">,
    reference?: string,
    asOne = false,
  ): SendResult {
    const failure = this.#failure(asOne);
    if (failure) throw failure;
    const { accepted, rejected, failed } = this.#counts;
    const nobody: Facts = { ...usual, id: "" };
    const { provider, account, id, reference: made } = this.#lead?.reply ?? this.#replies[0] ?? nobody;
    // Ids of another account's deliveries would be asked for in vain at this one.
    const own = this.#replies.filter((reply) => reply.account === account && reply.provider === provider);
    const deliveries = own.flatMap((reply) => reply.deliveries ?? []);
    const known = reference ?? made;
    return {
      provider,
      channel,
      account,
      id,
      ...(deliveries.length > 0 && { deliveries }),
      ...(known !== undefined && { reference: known }),
      accepted,
      rejected,
      failed,
      messages: this.#messages,
      raw: this.#raw(),
    };
  }

  #raw(): unknown {
    const [first = null, ...others] = this.#replies.map(({ raw }) => raw);
    return others.length > 0 ? [first, ...others] : first;
  }

  #failure(asOne: boolean): MessagingError | undefined {
    const { rejected } = this.#counts;
    const isRefused = rejected === this.#messages.length && (rejected === 1 || asOne);
    if (isRefused && (this.#replies.length > 0 || !this.#firstFailure)) {
      return this.#refusal && allRefused(this.#refusal, rejected);
    }
    // One in doubt forbids sending all again.
    return this.#replies.length > 0 ? undefined : (this.#firstDoubt ?? this.#firstFailure);
  }
}
