import type { MessagingError } from "../error.ts";
import { StoreAway } from "./store-away.ts";

/** What the owner was told of, so that each trouble is told once until it is over. */
export class Troubles {
  readonly #told = new Set<string>();
  readonly #tell: (error: MessagingError) => void;

  constructor(tell: (error: MessagingError) => void) {
    this.#tell = tell;
  }

  /** All parts of an outbox run into a store that is away: that is one trouble, and another only for another reason. */
  tell(about: string, error: MessagingError): void {
    const key = error instanceof StoreAway ? `store: ${error.code}` : about;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#tell(error);
  }

  /** Whether it had been told. */
  over(about: string): boolean {
    const over = [...this.#told].filter((key) => key === about || key.startsWith(`${about}: `));
    for (const key of over) this.#told.delete(key);
    return over.length > 0;
  }
}
