import { asMessagingError, type MessagingError } from "../error.ts";
import { ENDS_ALL, failedRecipient, recipientError } from "../failed-recipient.ts";
import type { Draft, SendOptions } from "../message.ts";
import type { RecipientResult, SendResult } from "../result.ts";
import type { CallOptions } from "./account.ts";
import { breakerOf, isAccountFault, accountFailed } from "./breaker.ts";
import { batchSize, sendOperation } from "./deliver.ts";
import { Delivery } from "./delivery.ts";
import type { Member } from "./members.ts";
import type { Counts } from "./progress.ts";
import { RouteResult } from "./route-result.ts";
import { asRefusal, kindOf } from "./send-result.ts";
import { linked } from "./signals.ts";

/** What a route decides about one send. */
export interface RoutePlan {
  readonly channel: "sms" | "email";
  readonly options: SendOptions;
  readonly failoverOnRejected: boolean;
  /** Number of members. */
  readonly members: number;
  /** The members to try for a recipient, in order, at least one. Throws a MessagingError where there is none. */
  readonly membersFor: (to: string) => Member[];
  /** What a message meets that several members failed to send. */
  readonly failedBy: (failures: readonly MessagingError[]) => MessagingError;
  readonly call: CallOptions & { readonly signal: AbortSignal; readonly batchSize?: number; readonly total?: number };
}

/** A message on its way through a route. */
interface Traveller<M> {
  readonly place: number;
  readonly to: string;
  readonly message: M;
  /** Members that it can still go through, the next one first. */
  readonly ahead: Member[];
  /** Why it did not go through those before. */
  readonly failures: MessagingError[];
  /** When it set out, on the clock of `performance.now`. */
  startedAt?: number;
  /** It had no turn at a member, which was put at the end for that. */
  lostTurn?: boolean;
}

/** What all members together are given for a message, as a direct send has. */
const BUDGET_MS = 30_000;

/** What a member has to begin where there is another one. With more than six of them, a smaller part of the budget. */
const START_MS = 5_000;

/** A send on its way through a route: what a member certainly did not take goes on to the next. */
export class RouteDelivery<M> {
  readonly result = new RouteResult();
  readonly #plan: RoutePlan;
  readonly #waiting = new Map<Member, Traveller<M>[]>();
  /** Members that would meet every further request with this error: as in a direct send, they get no more. */
  readonly #ended = new Map<Member, MessagingError>();

  constructor(plan: RoutePlan) {
    this.#plan = plan;
  }

  get counts(): Counts {
    return this.result.counts;
  }

  /** Whether a member has as many messages as go in one of its requests. */
  get isFull(): boolean {
    return [...this.#waiting].some(([member, { length }]) => length >= this.#size(member));
  }

  add(draft: Draft<M>): void {
    const place = this.result.place(draft.to);
    try {
      if ("error" in draft) throw draft.error;
      const ahead = this.#plan.membersFor(draft.to);
      line({ place, ...draft, ahead, failures: [] }, this.#waiting);
    } catch (thrown) {
      const error = asMessagingError(thrown);
      this.result.settle(place, { to: draft.to, status: "rejected", error: recipientError(error) }, { error });
    }
  }

  /** Sends what fills a request, or at the end all, through different members at the same time. Never rejects. */
  async flush(isEnd: boolean): Promise<void> {
    const now = [...this.#waiting].filter(([member, { length }]) => isEnd || length >= this.#size(member));
    for (const [member] of now) this.#waiting.delete(member);
    await this.#sendAll(now);
  }

  async #sendAll(waiting: Iterable<[Member, Traveller<M>[]]>): Promise<void> {
    const sending: Promise<void>[] = [];
    for (const [member, travellers] of waiting) {
      const size = this.#size(member);
      for (let from = 0; from < travellers.length; from += size) {
        sending.push(this.#send(member, travellers.slice(from, from + size)));
      }
    }
    await Promise.all(sending);
  }

  /** Sends one request's worth, and what it did not take through the members ahead. */
  async #send(member: Member, travellers: Traveller<M>[]): Promise<void> {
    const { messages, reply, error } = await this.#request(member, travellers);
    if (reply) this.result.replied(reply);
    const isWhole = error !== undefined && (travellers.length > 1 || ENDS_ALL.includes(error.code));
    const onward = new Map<Member, Traveller<M>[]>();
    travellers.forEach((traveller, index) => {
      const outcome = messages[index] ?? { to: traveller.to, status: "unknown" };
      const failure =
        kindOf(outcome.status) === "accepted" ? undefined : (error ?? asRefusal(outcome).with(whoIs(member)));
      if (failure && this.#goesOn(traveller, member, failure)) line(traveller, onward);
      else this.#settle(traveller, member, outcome, { failure, isWhole, reply });
    });
    await this.#sendAll(onward);
  }

  async #request(member: Member, travellers: readonly Traveller<M>[]): Promise<Outcome> {
    const { account } = member;
    const { channel, call, options } = this.#plan;
    const ended = this.#ended.get(member);
    if (ended) {
      const error = ended.with({ outcome: "not-sent" });
      return { messages: travellers.map(({ to }) => ({ to, ...failedRecipient(error) })), error };
    }
    const hasOthers = travellers.every(({ ahead }) => ahead.length > 0);
    const breaker = breakerOf(account);
    // Whoever waits for a turn when the breaker opens has better ways to go.
    const turn = linked(call.signal, hasOthers && !breaker.isOpen ? breaker.opening : undefined);
    const own = { ...call, ...this.#times(travellers, hasOthers), signal: turn.signal };
    const delivery = new Delivery(account, channel, sendOperation<M>(account, channel), options, own);
    for (const { to, message } of travellers) delivery.add({ to, message });
    const end = breaker.begin();
    await delivery.flush();
    turn.release();
    const { messages } = delivery;
    const error = delivery.failure();
    end(error ? accountFailed(error) : messages.every((one) => one.error && isAccountFault(one.error.code)));
    if (error && ENDS_ALL.includes(error.code) && error.code !== "CANCELLED") this.#ended.set(member, error);
    return { messages, ...(delivery.hasReply && { reply: delivery.summary() }), ...(error && { error }) };
  }

  /** Whether a message that a member failed to send goes on to another one, which is then the first one ahead. */
  #goesOn(traveller: Traveller<M>, member: Member, failure: MessagingError): boolean {
    const { code, cause } = failure;
    const { ahead, failures } = traveller;
    const isCertain = cause.outcome === "not-sent" || (cause.outcome === "rejected" && isAccountFault(code));
    const isOver = this.#plan.call.signal.aborted;
    if (code === "CANCELLED" && !isOver && ahead.length > 0) {
      // It lost its turn as the breaker opened, or the account was deployed anew: that member is still its last resort.
      if (!traveller.lostTurn) ahead.push(member);
      traveller.lostTurn = true;
      return true;
    }
    failures.push(failure);
    const mayGo = isCertain || (cause.outcome === "rejected" && this.#plan.failoverOnRejected);
    return mayGo && !isOver && ahead.length > 0;
  }

  #settle(
    { place, failures }: Traveller<M>,
    member: Member,
    outcome: RecipientResult,
    { failure, ...about }: { failure: MessagingError | undefined; isWhole: boolean; reply: SendResult | undefined },
  ): void {
    const isCertain = failure && failure.cause.outcome !== "unknown";
    const error = isCertain && failures.length > 1 ? this.#plan.failedBy(failures) : failure;
    const settled = { ...outcome, ...(error && failedRecipient(error)), ...whoIs(member) };
    this.result.settle(place, settled, { ...about, error });
  }

  #times(travellers: readonly Traveller<M>[], hasOthers: boolean): Pick<CallOptions, "budgetMs" | "startMs"> {
    const { call, members } = this.#plan;
    const now = performance.now();
    for (const traveller of travellers) traveller.startedAt ??= now;
    const spentMs = now - Math.min(...travellers.map(({ startedAt = now }) => startedAt));
    const wholeMs = call.budgetMs ?? BUDGET_MS;
    const startMs = Math.min(START_MS, wholeMs / members);
    return { budgetMs: Math.max(wholeMs - spentMs, startMs), ...(hasOthers && { startMs }) };
  }

  #size({ account }: Member): number {
    return batchSize(sendOperation(account, this.#plan.channel), this.#plan.call.batchSize);
  }
}

/** What came of one request. */
interface Outcome {
  readonly messages: readonly RecipientResult[];
  readonly reply?: SendResult;
  /** Of the request as a whole. */
  readonly error?: MessagingError;
}

/** Puts a message in line for the first member ahead of it. */
function line<M>(traveller: Traveller<M>, lines: Map<Member, Traveller<M>[]>): void {
  const member = traveller.ahead.shift();
  if (!member) throw new Error("unreachable");
  const there = lines.get(member);
  if (there) there.push(traveller);
  else lines.set(member, [traveller]);
}

function whoIs({ account }: Member): { provider: string; account: string } {
  return { provider: account.provider.name, account: account.name };
}
