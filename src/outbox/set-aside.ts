import { MessagingError } from "../error.ts";

/** The store's file was damaged and replaced by an empty one: what waited in it is lost to the outbox. */
export class SetAside extends MessagingError {
  constructor(path: string) {
    const message =
      `The outbox's file was damaged: it was set aside as ${path}, and a new, empty one was begun. ` +
      "What was waiting in it was not sent or is in doubt; the file can be looked into with any SQLite tool.";
    const phrase = { kind: "outboxDamaged", values: { file: path } };
    super(message, { code: "PROVIDER_ERROR", outcome: "unknown" }, phrase);
  }
}
