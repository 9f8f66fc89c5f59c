import type { Draft, EmailMessage, SmsMessage } from "../../src/message.ts";
import { smsParts } from "../../src/text.ts";

/** A line for the log: what would have been sent, in numbers only. */
export function switchedOff(what: string): string {
  return `The account is switched off, nothing was sent: ${what}.`;
}

/** Drafts that are counted as they are taken: what an account that is switched off would have sent. */
export class Tally<M extends SmsMessage | EmailMessage> implements Iterable<Draft<M>> {
  readonly #drafts: Iterable<Draft<M>>;
  #recipients = 0;
  #parts = 0;
  #refused = 0;

  constructor(drafts: Iterable<Draft<M>>) {
    this.#drafts = drafts;
  }

  *[Symbol.iterator](): Generator<Draft<M>> {
    for (const draft of this.#drafts) {
      this.#count(draft);
      yield draft;
    }
  }

  /** One line for the log, of numbers only. */
  words(channel: "sms" | "email"): string {
    const sms = channel === "sms" ? ` in ${this.#parts} SMS` : "";
    return switchedOff(`${this.#recipients} recipient(s)${sms}, ${this.#refused} refused`);
  }

  #count(draft: Draft<M>): void {
    if ("error" in draft) this.#refused += 1;
    else {
      this.#recipients += 1;
      if ("text" in draft.message) this.#parts += smsParts(draft.message.text).parts;
    }
  }
}
