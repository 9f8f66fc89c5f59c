import type { ErrorCode, MessagingError } from "../error.ts";

/** How an account has fared since it was opened. Times are epoch milliseconds. */
export interface AccountHealth {
  /** When work at the provider last succeeded: what it answered could be used, and was no refusal. */
  lastSuccessAt?: number;
  /** The last request that failed; its message holds no credential, text or number. */
  lastError?: { at: number; code: ErrorCode; message: string };
}

/** Keeps what the last requests of an account came to, for people who look at it. */
export class Journal {
  readonly #health: AccountHealth = {};

  get health(): AccountHealth {
    return this.#health;
  }

  /** Takes note of work that came to its end, and gives back what came of it. Without a request it says nothing. */
  succeeded<T>(done: T, { attempts }: { readonly attempts: number }): T {
    if (attempts > 0) this.#health.lastSuccessAt = Date.now();
    return done;
  }

  /** Only what came of a request counts: a wrong number says nothing of the account, nor does a deploy. */
  failed({ code, message, cause }: MessagingError): void {
    if (cause.attempts === 0 || code === "CANCELLED") return;
    this.#health.lastError = { at: Date.now(), code, message };
  }
}
