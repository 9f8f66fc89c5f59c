import { MessagingError } from "../../src/error.ts";
import { isRecord } from "../../src/json.ts";

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

  /** Undefined when nothing was cut off. `sends`: whether it is a node that sends, and not one that asks. */
  words(sends: boolean): string | undefined {
    const unsent = sends
      ? `${messages(this.#unsent)} had not been sent and were cancelled: send them again.`
      : `${messages(this.#unsent)} had not been asked about and were cancelled.`;
    const taken = `${messages(this.#taken)} were taken by the provider, but their results reached nobody: do not send them again.`;
    const inDoubt = sends
      ? `${messages(this.#inDoubt)} were on their way and may have been taken: check before you send them again.`
      : `${messages(this.#inDoubt)} got no answer in time.`;
    const said = [
      ...(this.#unsent > 0 ? [unsent] : []),
      ...(this.#taken > 0 ? [taken] : []),
      ...(this.#inDoubt > 0 ? [inDoubt] : []),
      ...(this.#followed > 0 ? [`${messages(this.#followed)} are followed no longer.`] : []),
    ];
    return said.length > 0 ? `A deploy, or the end of Node-RED, closed this node. ${said.join(" ")}` : undefined;
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

function messages(count: number): string {
  return `${count} message(s)`;
}

/** The error of a message that a deploy kept from being worked on. */
export function closedByDeploy(): MessagingError {
  return new MessagingError("The node was closed by a deploy before this was sent. Send it again.", {
    code: "CANCELLED",
    outcome: "not-sent",
  });
}

/** A cancelling by a deploy says so: it was nobody's decision about this message. */
export function asCutOff(error: MessagingError): MessagingError {
  if (error.code !== "CANCELLED") return error;
  if (error.cause.outcome === "not-sent") return error.with({ retryable: true }, closedByDeploy().message);
  return error.with({}, "The node was closed by a deploy before the provider answered: this may have been taken.");
}
