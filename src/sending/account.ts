import { asMessagingError, type MessagingError } from "../error.ts";
import type { HttpClient } from "../http.ts";
import type { HttpRequest, Limits, Reply } from "../http-request.ts";
import type { Provider, Session, SignIn } from "../provider.ts";
import { within } from "../within.ts";
import { takeTurn, tellOf, type CallOptions } from "./call.ts";
import { Destination, type Credentials, type Place } from "./destination.ts";
import { Journal, type AccountHealth } from "./journal.ts";
import { inTime, type Time } from "./in-time.ts";
import { off, paused, turnedAway } from "./not-now.ts";
import { MAX_PAUSE_MS, Pace } from "./pace.ts";
import { RetryBudget, withRetries } from "./retry.ts";
import { CleanReply, Secrets } from "./secrets.ts";
import { checkedSettings, type AccountSettings, type CheckedSettings } from "./settings.ts";

export type { CallOptions, Requested, Taken } from "./call.ts";
export type { AccountSettings } from "./settings.ts";

/** What a session did so far. */
interface Effort extends Time {
  attempts: number;
}

const BUDGET_MS = 30_000;

/** When the last attempt ends at the latest, as a part of the budget. */
const GRACE = 9 / 8;

const REQUEST_MS = 30_000;

/** What is on its way when the account is closed has this long, and then the client's own 3 s. */
const CLOSE_MS = 2000;

/** An account at a provider: all that nodes send or ask goes through one of these, at its pace. */
export class Account {
  readonly provider: Provider;
  readonly name: string;
  /** By which processes that share an outbox know it as the same. */
  readonly id: string;
  readonly mode: "live" | "sandbox" | "off";
  readonly country: string;
  readonly timeZone: string;
  readonly #settings: CheckedSettings;
  readonly #secrets: Secrets;
  readonly #pace: Pace;
  readonly #destination: Destination;
  readonly #budget = new RetryBudget();
  readonly #journal = new Journal();
  readonly #memory = new Map<string, unknown>();
  readonly #closing = new AbortController();
  /** The end of the pause that the provider asked for last, which we may not keep to the end. */
  #askedUntil = 0;
  #client: Promise<HttpClient> | undefined;
  #openClient: HttpClient | undefined;
  #closed: Promise<void> | undefined;

  /**
   * Checks the settings and touches nothing else. Throws MISSING_ACCOUNT for a setting that cannot be used and
   * BAD_CREDENTIALS when a live account lacks a credential.
   */
  constructor(provider: Provider, settings: AccountSettings, credentials: Credentials) {
    this.#settings = checkedSettings(provider, settings, credentials);
    this.provider = provider;
    this.name = this.#settings.name;
    this.id = this.#settings.id;
    this.mode = this.#settings.mode;
    this.country = this.#settings.country;
    this.timeZone = this.#settings.timeZone;
    this.#secrets = new Secrets(Object.values(credentials));
    this.#pace = new Pace(this.#settings);
    this.#destination = new Destination(provider, this.#settings, credentials);
  }

  /** How fast it may go. */
  get limits(): Readonly<Pick<CheckedSettings, "concurrency" | "ratePerSecond">> {
    const { concurrency, ratePerSecond } = this.#settings;
    return { concurrency, ratePerSecond };
  }

  /** How its last requests went, and the token that it has. Asks nobody. */
  async health(): Promise<AccountHealth & { signIn?: SignIn }> {
    const signIn = await this.provider.signIn?.({ options: this.#settings.options, memory: this.#memory });
    return { ...this.#journal.health, ...(signIn && { signIn }) };
  }

  /**
   * Begins one piece of work: a send, a question. Its requests share one time budget, all but GET and those set `apart`.
   * Errors of `request` name the provider, the account and the attempts, and hold no credential; see `perform` for the rest.
   */
  async open(call: CallOptions = {}): Promise<Session> {
    const effort: Effort = { attempts: 0, spentMs: 0 };
    try {
      return this.#session(await this.#destination.open(), call, effort);
    } catch (thrown) {
      throw this.#described(thrown, effort);
    }
  }

  /** Does a piece of work in a session of its own; every error that comes of it names the provider, account and attempts. */
  async perform<T>(call: CallOptions, work: (session: Session) => Promise<T>): Promise<T> {
    const effort: Effort = { attempts: 0, spentMs: 0 };
    try {
      const place = this.#destination.opened ?? (await this.#destination.open());
      // Only at its end is it known that what came could be used: a web page comes with status 200 as well.
      return this.#journal.succeeded(await work(this.#session(place, call, effort)), effort);
    } catch (thrown) {
      throw this.#described(thrown, effort);
    }
  }

  /**
   * What waits ends as CANCELLED and was not sent; what is on its way has 5 s, then its outcome is unknown. Never rejects.
   */
  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  #session({ baseUrl, credentials, options }: Place, call: CallOptions, effort: Effort): Session {
    return {
      provider: this.provider,
      baseUrl,
      credentials,
      country: this.country,
      timeZone: this.timeZone,
      options,
      memory: this.#memory,
      conceal: (secret) => this.#secrets.conceal(secret),
      inTime: (waiting) => inTime(waiting, effort, (call.startMs ?? call.budgetMs ?? BUDGET_MS) * GRACE),
      reportUrl: () => this.#secrets.concealedIn(this.#settings.reportAddress()),
      request: async (request) => {
        try {
          return await this.#request(request, call, effort);
        } catch (thrown) {
          throw this.#described(thrown, effort);
        }
      },
    };
  }

  #request(request: HttpRequest, call: CallOptions, effort: Effort): Promise<Reply> {
    const { priority, onState, signal } = call;
    // What others wait for too has the usual time, however short that of whoever began it.
    const { budgetMs = BUDGET_MS, startMs = budgetMs } = request.urgent ? {} : call;
    if (this.mode === "off") throw off(request.operation);
    const pausedForMs = this.#pace.pausedForMs;
    if (pausedForMs > startMs) throw paused(Math.max(pausedForMs, this.#askedUntil - performance.now()));
    // A question asked twice does no harm, and one piece of work may ask many: each has its own time.
    const time: Time = request.method === "GET" || request.apart ? { spentMs: 0 } : effort;
    let startedAt = 0;
    const leftMs = (ofMs: number) => ofMs - time.spentMs - (performance.now() - startedAt);
    const onWait = () => onState?.("waiting");
    let attempts = 0;
    const attempt = () => {
      if (attempts++ > 0) this.#pace.countRequest();
      effort.attempts += 1;
      onState?.("sending");
      tellOf(request, call, { provider: this.provider.name, account: this.name });
      return this.#send(withLateHeaders(request), {
        timeoutMs: Math.min(leftMs(budgetMs * GRACE), REQUEST_MS),
        startMs: leftMs(startMs * GRACE),
      });
    };
    const work = async (forgo: () => void) => {
      const end = call.onTurn && (await takeTurn(call.onTurn, this, forgo));
      startedAt = performance.now();
      const signals = [signal, this.#closing.signal];
      const limits = { leftMs: () => leftMs(startMs), onWait, signals, attempts: call.attempts, budget: this.#budget };
      try {
        return await withRetries(attempt, limits);
      } finally {
        time.spentMs += performance.now() - startedAt;
        end?.();
      }
    };
    return this.#pace.run(work, {
      signal,
      priority: request.urgent ? "high" : priority,
      onWait,
      patienceMs: startMs,
    });
  }

  async #send(request: HttpRequest, limits: Limits): Promise<Reply> {
    this.#openClient ??= await (this.#client ??= import("../http.ts").then(
      ({ HttpClient }) => new HttpClient({ connections: this.#settings.concurrency }),
    ));
    try {
      return new CleanReply(await this.#openClient.send(request, limits), this.#secrets.inReplyTo(request));
    } catch (thrown) {
      const error = asMessagingError(thrown);
      const { retryAfterMs } = error.cause;
      if (retryAfterMs !== undefined) {
        this.#pace.pauseUntil(Date.now() + Math.min(retryAfterMs, MAX_PAUSE_MS));
        this.#askedUntil = performance.now() + retryAfterMs;
        // One of them a minute, as the pause ends, would keep the last for hours without a word.
        this.#pace.refuse(retryAfterMs, () => turnedAway(error));
      }
      throw thrown;
    }
  }

  #described(thrown: unknown, { attempts }: Effort): MessagingError {
    const error = asMessagingError(thrown);
    const { providerCode } = error.cause;
    const message = this.#secrets.redact(error.message);
    const described = error.with(
      {
        provider: this.provider.name,
        account: this.name,
        attempts,
        ...(providerCode !== undefined && { providerCode: this.#secrets.redact(providerCode) }),
      },
      message,
      message === error.message ? this.#secrets.redact(error.phrase) : undefined,
    );
    this.#journal.failed(described);
    return described;
  }

  async #close(): Promise<void> {
    this.#destination.close();
    this.#closing.abort();
    await within(CLOSE_MS, this.#pace.close());
    await (await this.#client?.catch(() => undefined))?.close();
    await this.#destination.release();
    this.#memory.clear();
  }
}

function withLateHeaders(request: HttpRequest): HttpRequest {
  return request.lateHeaders ? { ...request, headers: { ...request.headers, ...request.lateHeaders() } } : request;
}
