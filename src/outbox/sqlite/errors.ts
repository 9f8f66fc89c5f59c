import { MessagingError } from "../../error.ts";
import { StoreAway } from "../store-away.ts";
import type { SentError } from "./protocol.ts";

/** Node.js has no database in it. */
export function tooOld(): MessagingError {
  const message =
    `The outbox keeps its messages in the database that is built into Node.js from version 22.13 on; this is ${process.version}. ` +
    "Update Node.js, choose PostgreSQL in the outbox, or send without an outbox.";
  const phrase = { kind: "outboxTooOldNode", values: { version: process.version } };
  return new MessagingError(message, { code: "NOT_SUPPORTED", outcome: "not-sent", retryable: false }, phrase);
}

/** Why the file cannot be used, with what to do about it. */
export function unusable({ message, failure }: SentError, path: string): MessagingError {
  if (failure) return new MessagingError(message, failure);
  const isLocked = /locked/.test(message);
  const advice = isLocked
    ? "Another program, perhaps another Node-RED, has it open: end that one, or give this outbox another path."
    : "Check that its folder is there, that Node-RED may write to it, and that its disk has room.";
  return new MessagingError(
    `The outbox's file ${path} cannot be used: ${message}. ${advice}`,
    { code: "PROVIDER_ERROR", outcome: "not-sent" },
    { kind: isLocked ? "outboxFileLocked" : "outboxFileUnusable", values: { file: path, reason: message } },
  );
}

/** An error of one call; it came to nothing. */
export function received({ message, failure }: SentError): MessagingError {
  if (failure) return new MessagingError(message, failure);
  return new MessagingError(`The outbox's store failed: ${message}`, { code: "PROVIDER_ERROR", outcome: "not-sent" });
}

/** The store ended while a call was on its way: whether it was carried out shows when the file is opened again. */
export function ended(reason: string): MessagingError {
  const message = `The outbox's store has ended${reason && `: ${reason}`}. It is started again.`;
  const phrase = { kind: "outboxStoreEnded", values: { reason: reason && `: ${reason}` } };
  return new StoreAway(message, { code: "PROVIDER_ERROR", outcome: "unknown" }, phrase);
}

/** A call after the end. */
export function closed(): MessagingError {
  return new MessagingError("The outbox is closed.", { code: "CANCELLED", outcome: "not-sent" });
}
