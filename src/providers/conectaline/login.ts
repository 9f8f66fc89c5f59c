import { asMessagingError } from "../../error.ts";
import type { Session, SignIn } from "../../provider.ts";
import { logIn } from "./log-in.ts";
import type { Token } from "./log-in.ts";

/** Refused within this time after its own login, a token is bad and not old. */
const FRESH_MS = 60_000;

/** A token for one request, and whether the request waited for the login that brought it. */
export interface Pass {
  readonly token: Token;
  readonly isFresh: boolean;
}

/** The login token of an account, shared by all its requests and kept in memory only. */
export class Login {
  readonly #now: () => number;
  #token: Token | undefined;
  #pending: Promise<Token> | undefined;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** The token there is, or that of one login which all who ask meanwhile share. Rejects with outcome `not-sent`. */
  async pass(session: Session): Promise<Pass> {
    for (;;) {
      if (this.#token && this.#now() < this.#token.renewAt) return { token: this.#token, isFresh: false };
      const isOurs = this.#pending === undefined;
      this.#pending ??= this.#renew(session);
      try {
        return { token: await this.#pending, isFresh: true };
      } catch (thrown) {
        const error = asMessagingError(thrown);
        // Whoever began the login was cancelled, which is nothing to those who only waited for it.
        if (isOurs || error.code !== "CANCELLED") throw error;
      }
    }
  }

  /** Of the token there is; one that has run out is none. */
  get state(): SignIn {
    const { obtainedAt, endsAt } = this.#token ?? { obtainedAt: 0, endsAt: 0 };
    if (endsAt <= this.#now()) return {};
    return { since: obtainedAt, ...(Number.isFinite(endsAt) && { until: endsAt }) };
  }

  /** The newest token there is, for a request that waited its turn with an older one. */
  latest(pass: Pass): Pass {
    return this.#token && this.#token !== pass.token ? { token: this.#token, isFresh: false } : pass;
  }

  /** Forgets a refused token. Says whether another one may do better: not if this one came fresh from its login. */
  forget({ token, isFresh }: Pass): boolean {
    if (this.#token === token) this.#token = undefined;
    return !isFresh || this.#now() - token.obtainedAt > FRESH_MS;
  }

  async #renew(session: Session): Promise<Token> {
    try {
      return (this.#token = await logIn(session, this.#now));
    } finally {
      this.#pending = undefined;
    }
  }
}

/** The one Login of the session's account. */
export function loginOf({ memory }: Session): Login {
  const kept = memory.get("login");
  if (kept instanceof Login) return kept;
  const login = new Login();
  memory.set("login", login);
  return login;
}

/** What is known of the account's token, without asking for one. */
export function signInOf(memory: Session["memory"]): SignIn {
  const login = memory.get("login");
  return login instanceof Login ? login.state : {};
}
