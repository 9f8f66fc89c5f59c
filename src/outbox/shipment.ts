import { setTimeout as delay } from "node:timers/promises";
import { asMessagingError, type MessagingError } from "../error.ts";
import type { SendOptions } from "../message.ts";
import type { CallOptions } from "../sending/account.ts";
import { afterRequest, type After, type Ended } from "./after-request.ts";
import { backoffMs } from "./backoff.ts";
import { Claiming } from "./claiming.ts";
import type { OutboxContext } from "./context.ts";
import type { Terms } from "./moves.ts";
import type { Sender } from "./sender.ts";
import { StoreAway } from "./store-away.ts";
import { Turns } from "./turns.ts";
import type { Chunk, Row, StoredOptions } from "./job.ts";
import type { Claimed, Move } from "./store.ts";

/** What came of a chunk: how its request ended, or that it was never ours to send. */
export type Shipped =
  | { readonly ended: Ended; readonly isQueuedAgain: boolean }
  /** Another was faster, or those who share the account go fast enough. */
  | { readonly claimed: Exclude<Claimed, "claimed"> }
  /** It could not be sent now, and is queued as before. */
  | { readonly early: MessagingError };

/** One chunk on its way: claimed when it is its turn, sent once, and what became of it put on disk. */
export class Shipment {
  readonly #context: OutboxContext;
  readonly #sender: Sender;
  readonly #chunk: Chunk;
  readonly #claiming: Claiming;
  readonly #reference: string | undefined;

  constructor(context: OutboxContext, sender: Sender, chunk: Chunk) {
    const { job, rows } = chunk;
    this.#context = context;
    this.#sender = sender;
    this.#chunk = chunk;
    const asRead = { rows: rows.map(({ id }) => id), attempts: rows.map(({ attempts }) => attempts) };
    const reference = () => (this.#reference === undefined ? {} : { reference: this.#reference });
    this.#claiming = new Claiming(context.store, () => ({ ...asRead, ...reference(), at: Date.now() }));
    this.#reference = job.options.reference ?? (sender.keepsReference(job.channel) ? this.#claiming.id : undefined);
  }

  /** `signal` ends the waiting for its turn. `onEnd` is called when the request has ended, before that is on disk. */
  async send(signal: AbortSignal, onEnd: (ended: Ended) => void): Promise<Shipped> {
    const { job, rows } = this.#chunk;
    const turns = new Turns(this.#context.store, this.#claiming, signal);
    const call: CallOptions = {
      signal,
      attempts: 1,
      onTurn: (account) => turns.take(account),
      ...(job.priority === "high" && { priority: "high" }),
    };
    const drafts = rows.flatMap(({ to, message }) => (message ? [{ to, message }] : []));
    const options = asOptions(job.options, this.#reference);
    const ended = await this.#sender.send(job.channel, drafts, options, call, job.about).then(
      (result): Ended => ({ result }),
      (thrown: unknown): Ended => ({ error: asMessagingError(thrown) }),
    );
    turns.done();
    if (this.#claiming.outcome === undefined) {
      const early = await this.#early(ended);
      if (early) return { early };
    }
    const { outcome = "lost" } = this.#claiming;
    if (outcome !== "claimed") return { claimed: outcome };
    onEnd(ended);
    const held = rows.map((row) => this.#held(row));
    const after = afterRequest(held, ended, this.#terms());
    await this.#record(after);
    return { ended, isQueuedAgain: after.moves.some(({ to }) => to === "queued") };
  }

  /** Of what ended before its turn: why it stays in the queue. What can never be sent is claimed, for only then it is ours to say. */
  async #early(ended: Ended): Promise<MessagingError | undefined> {
    if (this.#claiming.failure !== undefined) return asMessagingError(this.#claiming.failure);
    if ("error" in ended && ended.error.cause.outcome === "not-sent") return ended.error;
    const failure = await this.#claiming.take().then(() => undefined, asMessagingError);
    return this.#claiming.outcome === undefined ? failure : undefined;
  }

  /** As it is in the store since it was claimed. */
  #held({ outcome: _, ...row }: Row): Row {
    const reference = this.#reference === undefined ? {} : { reference: this.#reference };
    return { ...row, ...reference, state: "sending", claim: this.#claiming.id, attempts: row.attempts + 1 };
  }

  #terms(): Terms {
    const { onUnknown, checkAfterMs } = this.#context;
    const [first] = checkAfterMs;
    return {
      onUnknown,
      ...(this.#reference !== undefined && first !== undefined && { checkAfterMs: first }),
      isRepeat: (code) => this.#sender.isRepeat(this.#chunk.job.channel, code),
      now: Date.now(),
      random: Math.random,
    };
  }

  /** Until the end of a request is on disk nobody knows of it but us, so it is tried again and again. */
  async #record({ moves, reply }: After): Promise<void> {
    const { store, ...context } = this.#context;
    const { id: job } = this.#chunk.job;
    const questions = moves.flatMap(({ to, nextAt }) => (to === "uncertain" && nextAt !== undefined ? [nextAt] : []));
    if (questions.length > 0) context.lookUpAt(Math.min(...questions));
    for (let tries = 1; ; tries++) {
      try {
        const made = await store.move(moves, Date.now(), reply && { job, reply });
        const late = moves.filter((_, index) => !made[index]).flatMap(afterAll);
        if (late.length > 0) await store.move(late, Date.now());
        context.isOver("record");
        return context.settled();
      } catch (thrown) {
        if (context.isClosed()) return;
        const error = asMessagingError(thrown);
        context.trouble("record", error instanceof StoreAway ? error : unrecorded(error));
        await delay(backoffMs(Math.min(tries, 5), 1));
      }
    }
  }
}

/** Others took us for dead and called it uncertain: what we know now is better, unless a person decided meanwhile. */
function afterAll(move: Move): Move[] {
  return move.to === "uncertain" ? [] : [{ ...move, from: "uncertain" }];
}

/** A moment that has passed while the message waited means now. */
function asOptions({ at, asOne: _, ...options }: StoredOptions, reference: string | undefined): SendOptions {
  const moment = at === undefined ? undefined : new Date(at);
  return {
    ...options,
    ...(moment && moment.getTime() > Date.now() && { at: moment }),
    ...(reference !== undefined && { reference }),
  };
}

function unrecorded(error: MessagingError): MessagingError {
  const message =
    "What became of messages that were sent cannot be written to the outbox; it is tried again. Should Node-RED end " +
    `before that, they will be in doubt. ${error.message}`;
  return error.with({}, message, { kind: "outboxUnrecorded", values: { problem: error } });
}
