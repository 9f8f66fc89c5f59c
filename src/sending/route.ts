import { invalid, type MessagingError, type Phrase } from "../error.ts";
import type { Draft, SendOptions } from "../message.ts";
import { maskNumber } from "../phone.ts";
import type { SendResult } from "../result.ts";
import type { Account } from "./account.ts";
import { breakerOf } from "./breaker.ts";
import { deliver, deliverAll, sendOperation, type DeliverOptions } from "./deliver.ts";
import { fit, membersFor, type LostMember, type Member, type Turns } from "./members.ts";
import { ProgressReport } from "./progress.ts";
import { RouteDelivery } from "./route-delivery.ts";
import { linked } from "./signals.ts";

export interface RouteSettings {
  readonly name: string;
  /** Where the recipient's prefix leaves a choice: always the first one that works, or one after the other. */
  readonly strategy: "failover" | "round-robin";
  /** Whether a recipient whom one account refuses is tried with the next. */
  readonly failoverOnRejected: boolean;
  /** Kept by the owner from one message to the next. */
  readonly turns: Turns;
}

/** Accounts that stand in for each other. */
export class Route {
  readonly name: string;
  /** The first one: its country and time zone are those of numbers and times that name none. */
  readonly account: Account;
  readonly #settings: RouteSettings;
  readonly #members: readonly Member[];
  readonly #lost: readonly LostMember[];

  /** Throws MISSING_ACCOUNT when no member can be used, with what is wrong with the first one. */
  constructor(settings: RouteSettings, members: readonly (Member | LostMember)[]) {
    this.name = settings.name;
    this.#settings = settings;
    this.#members = members.filter((member) => "account" in member);
    this.#lost = members.filter((member) => "problem" in member);
    const [first] = this.#members;
    if (!first) throw this.#lost[0]?.problem ?? this.#refusal("has no account. Open it and add one.", "routeEmpty");
    this.account = first.account;
  }

  /** Those that can send by a channel, or all of them. Throws NOT_SUPPORTED when none can. */
  accounts(channel?: "sms" | "email"): readonly Account[] {
    return [...new Set((channel ? this.#able(channel) : this.#members).map(({ account }) => account))];
  }

  /** Names of the accounts that are left out now: they fail, or cannot be used. */
  get skipped(): string[] {
    const failing = this.accounts().filter((account) => breakerOf(account).skippedForMs > 0);
    return [...failing, ...this.#lost].map(({ name }) => name);
  }

  /** What is wrong with the accounts that cannot be used. */
  get problems(): readonly MessagingError[] {
    return this.#lost.map(({ problem }) => problem);
  }

  /** What is wrong with the account that a recipient is for, where no other can send to it either; undefined where one can. */
  heldBack(channel: "sms" | "email", to: string): MessagingError | undefined {
    const lost = this.#lost.find((member) => fit(member, to) !== undefined);
    if (!lost) return undefined;
    const able = this.#members.filter(({ account }) => canSend(account, channel));
    const live = able.filter(({ account }) => account.mode !== "off");
    const used = live.length > 0 ? live : able;
    return used.some((member) => fit(member, to) !== undefined) ? undefined : lost.problem;
  }

  /**
   * As `deliver`, through the members: each recipient through the one whose prefix fits best, and through the next when that
   * one certainly did not send it for reasons of its own. `messages` names for each recipient the account that it went
   * through or that was tried last; the result itself names that of the first recipient accepted.
   */
  async deliver<M>(
    channel: "sms" | "email",
    drafts: Iterable<Draft<M>>,
    total: number,
    options: SendOptions,
    call: DeliverOptions = {},
  ): Promise<SendResult> {
    const able = this.#able(channel);
    const live = able.filter(({ account }) => account.mode !== "off");
    // With all of them switched off it is as with one.
    if (live.length === 0) return deliver(this.#first(able), channel, drafts, total, options, call);
    const { asOne = false, ...own } = call;
    const waiting = linked(call.signal, call.stop);
    const delivery = new RouteDelivery<M>({
      channel,
      options,
      failoverOnRejected: this.#settings.failoverOnRejected,
      members: live.length,
      membersFor: (to) => this.#membersFor(to, live),
      failedBy: (failures) => this.#failedBy(failures),
      call: { ...own, total, signal: waiting.signal },
    });
    try {
      await deliverAll(drafts, delivery, new ProgressReport(total, call.onProgress), () => delivery.isFull);
    } finally {
      waiting.release();
    }
    const usual = this.#first(live);
    return delivery.result.whole(
      channel,
      { provider: usual.provider.name, account: usual.name },
      options.reference,
      asOne,
    );
  }

  #able(channel: "sms" | "email"): readonly Member[] {
    const able = this.#members.filter(({ account }) => canSend(account, channel));
    // For its error.
    if (able.length === 0) sendOperation(this.account, channel);
    return able;
  }

  #first(members: readonly Member[]): Account {
    return members[0]?.account ?? this.account;
  }

  #membersFor(to: string, members: readonly Member[]): Member[] {
    const turns = this.#settings.strategy === "round-robin" ? this.#settings.turns : undefined;
    const chosen = membersFor(to, members, turns);
    if (chosen.length > 0) return chosen;
    const lost = this.#lost.find((member) => fit(member, to) !== undefined);
    if (lost) throw lost.problem;
    const off = this.#members.find((member) => member.account.mode === "off" && fit(member, to) !== undefined);
    const number = maskNumber(to);
    if (off) {
      const { name: account } = off.account;
      const what = `has only "${account}" for ${number}, which is switched off.`;
      throw this.#refusal(what, "routeOff", { account, number });
    }
    const what = `has no account for ${number}. Add that prefix to one, or one without prefixes.`;
    throw this.#refusal(what, "routeUnfit", { number });
  }

  #failedBy(failures: readonly MessagingError[]): MessagingError {
    const causes = failures.map(({ cause }) => cause);
    const said = failures.map(({ message, cause }) => `${cause.account}: ${message}`);
    const last = failures.at(-1);
    if (!last) throw new Error("unreachable");
    return last.with(
      {
        // What one of them may take later is worth another try.
        outcome: causes.some(({ outcome }) => outcome === "not-sent") ? "not-sent" : last.cause.outcome,
        retryable: causes.some(({ retryable }) => retryable),
        attempts: causes.reduce((sum, { attempts }) => sum + attempts, 0),
      },
      `No account of the route "${this.name}" could send this. ${said.join(" ")}`,
    );
  }

  #refusal(what: string, kind: string, values: Phrase["values"] = {}): MessagingError {
    const phrase = { kind, values: { route: this.name, ...values } };
    return invalid(`The route "${this.name}" ${what}`, "MISSING_ACCOUNT", phrase);
  }
}

function canSend({ provider: { operations } }: Account, channel: "sms" | "email"): boolean {
  return (channel === "sms" ? operations.sendSms : operations.sendEmail) !== undefined;
}
