import type { Question, Reading } from "../readings.ts";

/** A question, and the account whose environment counts where one of its settings is a variable. */
export type Asked = Question & { readonly account?: string };

/** What the runtime has answered: a validator cannot wait, so it looks here. */
const known = new Map<string, Reading>();

const MAX_KNOWN = 500;

const WAIT_MS = 300;

export function knownReading(question: Asked): Reading | undefined {
  return known.get(JSON.stringify(question));
}

/** Asks the runtime how it reads what a control holds: once typing pauses, and each question once. */
export class Asker {
  readonly #answered: () => void;
  #timer: number | undefined;
  #latest = "";

  /** `answered` is called when there is news. */
  constructor(answered: () => void) {
    this.#answered = answered;
  }

  ask(question: Asked): void {
    const key = JSON.stringify(question);
    if (key === this.#latest || known.has(key)) return;
    this.#latest = key;
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#send(key), WAIT_MS);
  }

  async #send(data: string): Promise<void> {
    const settings = { url: "messaging/check", method: "POST", contentType: "application/json", data };
    try {
      const reading = (await $.ajax(settings)) as Reading;
      if (known.size >= MAX_KNOWN) known.clear();
      known.set(data, reading);
      this.#answered();
    } catch {
      // Not for this user, or the runtime is away: the message itself will tell.
    } finally {
      if (this.#latest === data) this.#latest = "";
    }
  }
}
