import { asMessagingError, type ErrorCode, type MessagingError } from "../error.ts";
import type { CheckManyOperation, StatusKind, StatusLookup, StatusReply } from "../provider.ts";
import type { Account } from "./account.ts";
import { cancelled } from "./pace.ts";

/** A question about one message, which may wait for others. */
interface Question {
  readonly id: string;
  /** When it must be asked, on the clock of `performance.now`. */
  readonly latest: number;
  readonly answer: (reply: StatusReply) => void;
  readonly refuse: (error: MessagingError) => void;
}

/** How long a question may wait for others, in milliseconds, and what ends it. */
export interface Patience {
  readonly ms: number;
  readonly signal: AbortSignal;
}

/** The state of one message, perhaps asked for together with others. Rejects as a question of its own would. */
export type Check = (patience: Patience) => Promise<StatusReply>;

/** These may be the fault of one id among the others. */
const OF_ONE: readonly ErrorCode[] = ["REJECTED", "INVALID_MESSAGE"];

const shared = new WeakMap<Account, Map<StatusKind, SharedChecks>>();

/**
 * A way to ask for a message together with all others of the account that are asked for at about the same time. Undefined
 * where the lookup is of another kind, or the provider cannot do it.
 */
export function sharedCheck(account: Account, { id, kind }: StatusLookup): Check | undefined {
  const { checkMany } = account.provider.operations;
  if (!checkMany || id === undefined || !checkMany.takes(id)) return undefined;
  const kinds = shared.get(account) ?? new Map<StatusKind, SharedChecks>();
  shared.set(account, kinds);
  const checks = kinds.get(kind) ?? new SharedChecks(account, checkMany, kind);
  kinds.set(kind, checks);
  return (patience) => checks.ask(id, patience);
}

/** Questions of one kind to one account. */
class SharedChecks {
  readonly #account: Account;
  readonly #operation: CheckManyOperation;
  readonly #kind: StatusKind;
  readonly #waiting = new Set<Question>();
  #timer: NodeJS.Timeout | undefined;

  constructor(account: Account, operation: CheckManyOperation, kind: StatusKind) {
    this.#account = account;
    this.#operation = operation;
    this.#kind = kind;
  }

  ask(id: string, { ms, signal }: Patience): Promise<StatusReply> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(question);
        this.#schedule();
        reject(cancelled("Cancelled while it waited for an answer."));
      };
      const question: Question = {
        id,
        latest: performance.now() + ms,
        answer: (reply) => {
          signal.removeEventListener("abort", leave);
          resolve(reply);
        },
        refuse: (error) => {
          signal.removeEventListener("abort", leave);
          reject(error);
        },
      };
      if (signal.aborted) return leave();
      signal.addEventListener("abort", leave, { once: true });
      this.#waiting.add(question);
      this.#schedule();
    });
  }

  /** Whoever has the least patience takes all the others along. */
  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.size === 0) return;
    const isFull = this.#waiting.size >= this.#operation.maxIds;
    let latest = Infinity;
    for (const question of this.#waiting) latest = Math.min(latest, question.latest);
    this.#timer = setTimeout(() => void this.#fire(), isFull ? 0 : Math.max(latest - performance.now(), 0));
  }

  /** Never rejects: each question gets its own answer or error. */
  async #fire(): Promise<void> {
    const questions = [...this.#waiting].slice(0, this.#operation.maxIds);
    for (const question of questions) this.#waiting.delete(question);
    this.#schedule();
    const ids = [...new Set(questions.map(({ id }) => id))];
    const replies = await this.#replies(ids);
    for (const { id, answer, refuse } of questions) {
      const reply = replies[ids.indexOf(id)];
      if (reply instanceof Error) refuse(reply);
      else if (reply) answer(reply);
    }
  }

  async #replies(ids: readonly string[]): Promise<(StatusReply | MessagingError)[]> {
    try {
      const { name, provider } = this.#account;
      const replies = await this.#account.perform({}, (session) => this.#operation.check(session, ids, this.#kind));
      const facts = { provider: provider.name, account: name };
      return replies.map((reply) => (reply instanceof Error ? reply.with(facts) : reply));
    } catch (thrown) {
      const error = asMessagingError(thrown);
      // One bad id must not end the following of all others.
      if (ids.length > 1 && OF_ONE.includes(error.code)) {
        return (await Promise.all(ids.map((id) => this.#replies([id])))).flat();
      }
      return ids.map(() => error);
    }
  }
}
