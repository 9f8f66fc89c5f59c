import { MessagingError } from "../../src/error.ts";
import { isRecord } from "../../src/json.ts";
import type { Words } from "./words.ts";

/**
 * What a deploy cut off in a node. A Catch node that it closes as well hands on nothing, so the node itself says what would
 * else be lost without a trace: how much, and nothing of the messages themselves.
 */
export class CutOff {
  #unsent = 0;
  #inDoubt = 0;
  #taken = 0;
  #followed = 0;

  /** A message that failed while the node closed. What was refused would be refused again. */
  failed({ cause }: MessagingError): void {
    if (cause.outcome === "unknown") this.#inDoubt += 1;
    else if (cause.outcome === "not-sent") this.#unsent += 1;
  }

  /** The recipients in a result that did not get their turn any more. */
  partly(result: unknown): void {
    this.#count(recipients(result).filter(isCancelled));
  }

  /** A result that reached nobody: a refusal in it may be met again, but what was taken must not be sent again. */
  lost(result: unknown): void {
    this.#count(recipients(result).filter((entry) => !isCancelled(entry)));
    // Of a send to groups the provider may count more than it names.
    if (isRecord(result) && typeof result.accepted === "number") this.#taken += result.accepted;
  }

  /** Messages whose end was not awaited any longer. */
  abandoned(count: number): void {
    this.#inDoubt += count;
  }

  /** A message whose way was followed, and is no longer. */
  unfollowed(): void {
    this.#followed += 1;
  }

  #count(entries: readonly Entry[]): void {
    this.#inDoubt += entries.filter(({ status }) => status === "unknown").length;
    this.#unsent += entries.filter(({ status }) => status === "failed").length;
  }

  /** Empty when nothing was cut off. `sends`: whether it is a node that sends, and not one that asks. */
  words(sends: boolean, words: Words): string {
    const all = [
      { kind: sends ? "unsent" : "unasked", count: this.#unsent },
      { kind: "taken", count: this.#taken },
      { kind: sends ? "inDoubt" : "unanswered", count: this.#inDoubt },
      { kind: "unfollowed", count: this.#followed },
    ] as const;
    const some = all.filter(({ count }) => count > 0);
    return some.map(({ kind, count }) => words.warning(kind, { count })).join(" ");
  }
}

type Entry = Readonly<Record<string, unknown>>;

function recipients(result: unknown): Entry[] {
  const entries: unknown = isRecord(result) ? result.messages : undefined;
  return Array.isArray(entries) ? entries.filter(isRecord) : [];
}

function isCancelled({ error }: Entry): boolean {
  return isRecord(error) && error.code === "CANCELLED";
}

/** The error of a message that a deploy kept from being worked on. */
export function closedByDeploy(): MessagingError {
  const message = "The node was closed by a deploy before this was sent. Send it again.";
  return new MessagingError(message, { code: "CANCELLED", outcome: "not-sent" }, { kind: "nodeClosed" });
}

/** A cancelling by a deploy says so: it was nobody's decision about this message. */
export function asCutOff(error: MessagingError): MessagingError {
  if (error.code !== "CANCELLED") return error;
  if (error.cause.outcome === "not-sent") {
    const { message, phrase } = closedByDeploy();
    return error.with({ retryable: true }, message, phrase);
  }
  const message = "The node was closed by a deploy before the provider answered: this may have been taken.";
  return error.with({}, message, { kind: "nodeClosedInDoubt" });
}
