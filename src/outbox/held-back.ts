import { maskNumber } from "../phone.ts";
import type { OutboxContext } from "./context.ts";
import { holdBack } from "./moves.ts";
import { outcomeOf } from "./outcome.ts";
import type { Sender } from "./sender.ts";
import type { Chunk, Row } from "./job.ts";
import type { Move } from "./store.ts";

/** A moment's absence, as during a deploy, is no news. */
const NEWS_MS = 3000;

const MIN_WAIT_MS = 500;
const MAX_WAIT_MS = 30_000;

/** While there are any, so many chunks are looked at together, as those that can go may be behind many that cannot. */
const LOOKED_AT = 50;

/**
 * Messages through a route whose own account cannot be used now. They wait as those of a single account do, but the lane
 * goes on for the others: each of them is put off by itself.
 */
export class HeldBack {
  readonly #target: string;
  readonly #context: OutboxContext;
  /** Since when, by what keeps them; on the clock of `performance.now`. */
  readonly #since = new Map<string, number>();

  constructor(target: string, context: OutboxContext) {
    this.#target = target;
    this.#context = context;
  }

  /** How many chunks to read where so many can be sent. */
  reads(limit: number): number {
    return this.#since.size > 0 ? Math.max(limit, LOOKED_AT) : limit;
  }

  /** A deploy may have put it right; what has not been put right is told again. */
  wake(): void {
    for (const problem of this.#since.keys()) this.#context.isOver(this.#about(problem));
    this.#since.clear();
  }

  /** What of these can be sent now; the rest is put off. `some`: whether there was a rest. */
  async sift(sender: Sender, chunks: readonly Chunk[]): Promise<{ free: Chunk[]; some: boolean }> {
    const moves: Move[] = [];
    const free = chunks.flatMap(({ job, rows }) => {
      const goes = rows.filter((row) => {
        const move = this.#putOff(sender, job.channel, row);
        if (move) moves.push(move);
        return !move;
      });
      return goes.length > 0 ? [{ job, rows: goes }] : [];
    });
    if (moves.length > 0) await this.#context.store.move(moves, Date.now());
    return { free, some: moves.length > 0 };
  }

  #putOff(sender: Sender, channel: "sms" | "email", row: Row): Move | undefined {
    const problem = sender.heldBack?.(channel, row.to);
    if (!problem) return undefined;
    const error = problem.with({ outcome: "not-sent", retryable: true });
    const now = performance.now();
    const since = this.#since.get(problem.message) ?? now;
    this.#since.set(problem.message, since);
    if (now - since >= NEWS_MS) {
      const isSms = channel === "sms";
      const number = isSms ? maskNumber(row.to) : "";
      const message =
        `${isSms ? `Messages for numbers such as ${number}` : "E-mails"} wait in the outbox until they expire or this is put right: ` +
        `the route "${sender.account}" has no account for them that can be used. ${problem.message}`;
      const phrase = {
        kind: isSms ? "heldBackNumbers" : "heldBackEmails",
        values: { number, route: sender.account, problem },
      };
      this.#context.trouble(this.#about(problem.message), error.with({}, message, phrase));
    }
    // The longer it has been so, the less often it is worth a look.
    const waitMs = Math.min(Math.max(now - since, MIN_WAIT_MS), MAX_WAIT_MS);
    return holdBack(row, Date.now() + waitMs, outcomeOf(error, 1));
  }

  #about(problem: string): string {
    return `held back ${this.#target} ${problem}`;
  }
}
