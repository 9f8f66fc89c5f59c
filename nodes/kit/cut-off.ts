import { MessagingError } from "../../src/error.ts";
import { isRecord } from "../../src/json.ts";

/**
 * What a deploy cut off in a node. A Catch node that it closes as well hands on nothing, so the node itself says what would
 * else be lost without a trace: how much, and nothing of the messages themselves.
 */
export class CutOff {
  #unsent = 0;
  #inDoubt = 0;
  #followed = 0;

  /** A message that failed while the node closed. */
  failed({ cause }: MessagingError): void {
    if (cause.outcome === "unknown") this.#inDoubt += 1;
    else this.#unsent += 1;
  }

  /** The recipients in a result that did not get their turn any more. */
  partly(result: unknown): void {
    const messages: unknown = isRecord(result) ? result.messages : undefined;
    if (!Array.isArray(messages)) return;
    const cut = messages.filter(
      (entry) => isRecord(entry) && isRecord(entry.error) && entry.error.code === "CANCELLED",
    );
    const inDoubt = cut.filter(({ status }: { status?: unknown }) => status === "unknown").length;
    this.#inDoubt += inDoubt;
    this.#unsent += cut.length - inDoubt;
  }

  /** Messages whose end was not awaited any longer. */
  abandoned(count: number): void {
    this.#inDoubt += count;
  }

  /** A message whose way was followed, and is no longer. */
  unfollowed(): void {
    this.#followed += 1;
  }

  /** Undefined when nothing was cut off. `sends`: whether it is a node that sends, and not one that asks. */
  words(sends: boolean): string | undefined {
    const unsent = sends
      ? `${messages(this.#unsent)} had not been sent and were cancelled: send them again.`
      : `${messages(this.#unsent)} had not been asked about and were cancelled.`;
    const inDoubt = sends
      ? `${messages(this.#inDoubt)} were on their way and may have been taken: check before you send them again.`
      : `${messages(this.#inDoubt)} got no answer in time.`;
    const said = [
      ...(this.#unsent > 0 ? [unsent] : []),
      ...(this.#inDoubt > 0 ? [inDoubt] : []),
      ...(this.#followed > 0 ? [`${messages(this.#followed)} are followed no longer.`] : []),
    ];
    return said.length > 0 ? `A deploy, or the end of Node-RED, closed this node. ${said.join(" ")}` : undefined;
  }
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
