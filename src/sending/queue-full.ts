import { MessagingError } from "../error.ts";

/** So many wait already that one more is turned away: requests at an account, or messages before it at a node. */
export function queueFull(waiting: number, where: "account" | "node"): MessagingError {
  return new MessagingError(
    `${waiting} ${where === "account" ? "requests" : "messages"} are waiting for this ${where} already: this one was not ` +
      `sent. Send it again later, send more slowly, or raise the account's rate and concurrency.`,
    { code: "QUEUE_FULL", outcome: "not-sent" },
    { kind: where === "account" ? "accountQueueFull" : "nodeQueueFull", values: { waiting } },
  );
}
