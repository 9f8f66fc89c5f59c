import { strict as assert } from "node:assert";
import { createServer } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { MessagingError } from "../../src/error.ts";
import type { SendReply } from "../../src/provider.ts";
import { checkBalance } from "../../src/providers/conectaline/balance.ts";
import { conectaline } from "../../src/providers/conectaline/index.ts";
import { Login } from "../../src/providers/conectaline/login.ts";
import { sendSms } from "../../src/providers/conectaline/sms.ts";
import { Account } from "../../src/sending/account.ts";
import type { CallOptions } from "../../src/sending/account.ts";
import { failure } from "../support/failure.ts";

const CREDENTIALS = { email: "ana@example.com", password: "contraseña-larga" };

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
}

/** A provider with logins: it counts what it took, and its tokens can be revoked. */
class Provider {
  readonly server: Server;
  logins = 0;
  refusals = 0;
  readonly taken: string[] = [];
  readonly good = new Set<string>();
  /** What a login gives beside its token. */
  life: Record<string, unknown> = { expires_in: 3600 };
  newToken = () => `token-number-${this.logins}`;
  /** Answers instead of the usual. */
  onLogin: (() => Promise<Answer | "reset" | undefined> | Answer | "reset" | undefined) | undefined;
  onSend: ((token: string) => Promise<Answer | undefined> | Answer | undefined) | undefined;

  constructor() {
    this.server = createServer((request, response) => {
      void this.#answer(request).then((answer) => {
        if (answer === "reset") return void request.socket.resetAndDestroy();
        const headers = { "content-type": "application/json", ...answer.headers };
        response.writeHead(answer.status, headers).end(JSON.stringify(answer.body));
      });
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  async #answer(request: IncomingMessage): Promise<Answer | "reset"> {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const form = Object.fromEntries(new URLSearchParams(body));
    if (request.url === "/v1/login") {
      this.logins += 1;
      assert.deepEqual(form, CREDENTIALS);
      return (await this.onLogin?.()) ?? this.#newLogin();
    }
    assert.ok(!("api_token" in form));
    const token = String(request.headers.authorization).replace(/^Bearer /, "");
    const special = await this.onSend?.(token);
    if (special) return special;
    if (!this.good.has(token)) {
      this.refusals += 1;
      return { status: 401, body: { error: { code: "UNAUTHORIZED", http_code: 401, message: "Token has expired" } } };
    }
    this.taken.push(String(form.numbers));
    return { status: 200, body: { data: { id: this.taken.length } } };
  }

  #newLogin(): Answer {
    const token = this.newToken();
    this.good.add(token);
    return { status: 200, body: { data: { token, ...this.life } } };
  }
}

describe("Conectaline, with a login", () => {
  let provider: Provider;
  let account: Account;

  const start = (settings: Partial<ConstructorParameters<typeof Account>[1]> = {}) => {
    const options = { auth: "login", configurationName: "alarmas" };
    account = new Account(conectaline, { name: "test", baseUrl: provider.url, options, ...settings }, CREDENTIALS);
  };

  const send = (number = 600_100_100, call: CallOptions = {}): Promise<SendReply> =>
    account.perform(call, (session) => sendSms(session, [{ to: `+34${number}`, text: "Alarma" }], {}));

  /** Sets the clock by which the account's token grows old. */
  const setClock = async (now: () => number) => (await account.open()).memory.set("login", new Login(now));

  const outcomes = (errors: MessagingError[]) => [
    ...new Set(errors.map(({ code, cause }) => `${code} ${cause.outcome}`)),
  ];

  beforeEach(async () => {
    provider = new Provider();
    await new Promise<void>((ready) => provider.server.listen(0, "127.0.0.1", ready));
    start();
  });

  afterEach(async () => {
    await account.close();
    await new Promise((closed) => {
      provider.server.close(closed);
      provider.server.closeAllConnections();
    });
  });

  it("logs in once for all that is sent", async () => {
    await send();
    await send();
    assert.deepEqual([provider.logins, provider.taken.length], [1, 2]);
  });

  for (const concurrency of [1, 10, 100]) {
    it(`makes one login for 100 sends at an expired token, ${concurrency} at a time, and takes each once`, async () => {
      start({ concurrency });
      let now = 0;
      await setClock(() => now);
      await send();
      now = 3_600_000;
      provider.good.clear();
      provider.taken.length = 0;
      const numbers = Array.from({ length: 100 }, (_, index) => 600_000_000 + index);
      await Promise.all(numbers.map((number) => send(number)));
      assert.deepEqual([provider.logins, provider.refusals], [2, 0]);
      assert.deepEqual(
        provider.taken.sort(),
        numbers.map((number) => `34${number}`),
      );
    });
  }

  it("makes one login when 100 requests on their way are refused at once, and sends each once more", async () => {
    start({ concurrency: 100 });
    await send();
    provider.good.clear();
    provider.taken.length = 0;
    let waiting = 0;
    let release: (value: undefined) => void = () => undefined;
    const all = new Promise<undefined>((resolve) => (release = resolve));
    provider.onSend = (token) => {
      if (token !== "token-number-1") return undefined;
      if (++waiting === 100) release(undefined);
      return all;
    };
    const numbers = Array.from({ length: 100 }, (_, index) => 600_000_000 + index);
    await Promise.all(numbers.map((number) => send(number)));
    assert.deepEqual([provider.logins, provider.refusals], [2, 100]);
    assert.deepEqual(
      provider.taken.sort(),
      numbers.map((number) => `34${number}`),
    );
  });

  it("gives the new token to what waited its turn with the old one, and lets the login go first", async () => {
    start({ concurrency: 1 });
    await send();
    provider.good.clear();
    await Promise.all(Array.from({ length: 20 }, (_, index) => send(600_000_000 + index)));
    assert.deepEqual([provider.logins, provider.taken.length], [2, 21]);
    // Those that began before the login was asked for; without either, all 20 are refused.
    assert.ok(provider.refusals < 5, String(provider.refusals));
  });

  it("renews a token a minute before its end, and a short-lived one in the last tenth of its life", async () => {
    const cases: [Record<string, unknown>, number][] = [
      [{ expires_in: 3600 }, 3_540_000],
      [{ expires_in: "3600" }, 3_540_000],
      [{ expires_in: 100 }, 90_000],
      [{ expires_in: 0, expires_at: "2026-07-01 13:00:00" }, 3_540_000],
      [{ expires_in: null, expires_at: "2026-07-01T11:00:00Z" }, 3_540_000],
      [{ expires_at: Date.parse("2026-07-01T11:00:00Z") }, 3_540_000],
      [{ expires_at: String(Date.parse("2026-07-01T11:00:00Z") / 1000) }, 3_540_000],
    ];
    for (const [life, renewedAfter] of cases) {
      const begin = Date.parse("2026-07-01T12:00:00+02:00");
      let now = begin;
      provider.life = life;
      provider.logins = 0;
      await setClock(() => now);
      await send();
      now = begin + renewedAfter - 1;
      await send();
      assert.equal(provider.logins, 1, JSON.stringify(life));
      now += 1;
      await send();
      assert.equal(provider.logins, 2, JSON.stringify(life));
    }
    assert.equal(provider.refusals, 0);
  });

  it("keeps a token of unknown life until it is refused", async () => {
    for (const life of [{}, { expires_at: "soon" }, { expires_in: "an hour" }, { expires_at: "2001-01-01 00:00:00" }]) {
      let now = Date.now();
      provider.life = life;
      provider.logins = 0;
      await setClock(() => now);
      await send();
      now += 365 * 86_400_000;
      await send();
      assert.equal(provider.logins, 1, JSON.stringify(life));
    }
  });

  it("takes a refused token inside a 200, or by the framework's own words, for a 401", async () => {
    const refusals = [
      { status: 200, body: { error: { code: "UNAUTHORIZED", http_code: 401, message: "Old token" } } },
      { status: 400, body: { error: "token_expired" } },
      { status: 200, body: { error: "token_invalid" } },
    ];
    for (const refusal of refusals) {
      provider.onSend = undefined;
      await send();
      let left = 1;
      provider.onSend = () => (left-- > 0 ? refusal : undefined);
      const before = provider.logins;
      await send();
      assert.equal(provider.logins, before + 1, JSON.stringify(refusal));
    }
  });

  it("says that the password is wrong, after one login for all who wait, and sends nothing", async () => {
    const refusals = [
      { status: 401, body: { error: { code: "UNAUTHORIZED", http_code: 401, message: "Wrong user" } } },
      { status: 422, body: { error: { http_code: 422, message: "Wrong user" } } },
      { status: 200, body: { error: { http_code: 401, message: "Wrong user" } } },
      { status: 200, body: { error: "Wrong user" } },
    ];
    for (const refusal of refusals) {
      provider.logins = 0;
      provider.onLogin = () => refusal;
      const errors = await Promise.all(Array.from({ length: 20 }, () => failure(send())));
      assert.deepEqual(outcomes(errors), ["BAD_CREDENTIALS not-sent"]);
      assert.match(errors[0]?.message ?? "", /Wrong user.*heck the account's/);
      assert.equal(errors[0]?.cause.retryable, false);
      assert.deepEqual([provider.logins, provider.refusals, provider.taken.length], [1, 0, 0]);
    }
  });

  it("ends in BAD_CREDENTIALS and in no loop when the login works but its token is refused", async () => {
    provider.newToken = () => (provider.good.clear(), `bad-token-${provider.logins}`);
    provider.onSend = () => ({ status: 401, body: { error: { message: "Not for you" } } });
    const errors = await Promise.all(Array.from({ length: 20 }, () => failure(send())));
    assert.deepEqual(outcomes(errors), ["BAD_CREDENTIALS not-sent"]);
    assert.match(errors[0]?.message ?? "", /Not for you.*the token that it gave is refused/);
    assert.equal(provider.logins, 1);
  });

  it("tries an older token's successor once only", async () => {
    await send();
    let sends = 0;
    provider.onSend = () => (sends++, { status: 401, body: {} });
    const error = await failure(send());
    assert.deepEqual([error.code, error.cause.outcome, error.cause.attempts], ["BAD_CREDENTIALS", "not-sent", 3]);
    assert.deepEqual([provider.logins, sends], [2, 2]);
  });

  it("tries it once only for those, too, who find it renewed by others", async () => {
    await send();
    let sends = 0;
    provider.onSend = async () => {
      // The second hears late that the old token is bad, so that it finds the new one, of which the first hears later yet.
      const delay = [0, 60, 200, 0][sends++] ?? 0;
      await new Promise((done) => setTimeout(done, delay));
      return { status: 401, body: {} };
    };
    const errors = await Promise.all([failure(send()), failure(send())]);
    assert.deepEqual(outcomes(errors), ["BAD_CREDENTIALS not-sent"]);
    assert.deepEqual([provider.logins, sends], [2, 4]);
  });

  it("gives a send, its login and its repeat the time of one send", async () => {
    await send();
    provider.good.clear();
    let sends = 0;
    provider.onSend = async () => {
      sends += 1;
      await (sends === 1 ? sleep(1500) : new Promise(() => undefined));
      return undefined;
    };
    const began = performance.now();
    const { code, cause } = await failure(send(600_100_101, { budgetMs: 2000 }));
    assert.deepEqual([code, cause.outcome, sends], ["TIMEOUT", "unknown", 2]);
    assert.ok(performance.now() - began < 3500, "each had the time of a whole send");
  });

  it("does not wait longer for a login than a send may last, while the login goes on for others", async () => {
    let answer: () => void = () => assert.fail("there was no login");
    provider.onLogin = async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      return undefined;
    };
    const { code, cause } = await failure(send(600_100_100, { budgetMs: 100 }));
    assert.deepEqual([code, cause.outcome], ["TIMEOUT", "not-sent"]);
    const second = send(600_100_101);
    answer();
    await second;
    assert.deepEqual([provider.logins, provider.taken], [1, ["34600100101"]]);
  });

  it("logs in again with the next message after a refusal", async () => {
    provider.onLogin = () => ({ status: 401, body: {} });
    await failure(send());
    provider.onLogin = undefined;
    await send();
    assert.equal(provider.taken.length, 1);
  });

  it("makes a login again whose answer was lost, as it sends no message", async () => {
    let left = 1;
    provider.onLogin = () => (left-- > 0 ? "reset" : undefined);
    await send();
    assert.deepEqual([provider.logins, provider.taken.length], [2, 1]);
  });

  it("makes a login again after a fault of the server's", async () => {
    let left = 1;
    provider.onLogin = () => (left-- > 0 ? { status: 500, body: {} } : undefined);
    await send();
    assert.deepEqual([provider.logins, provider.taken.length], [2, 1]);
  });

  it("sends nothing after a login without a token, and says so", async () => {
    const answers: Answer[] = [
      { status: 200, body: "Welcome" },
      { status: 200, body: { data: {} } },
      { status: 200, body: { data: { token: null } } },
      { status: 200, body: [] },
    ];
    for (const answer of answers) {
      provider.onLogin = () => answer;
      const error = await failure(send());
      assert.deepEqual([error.code, error.cause.outcome], ["BAD_REPLY", "not-sent"], JSON.stringify(answer));
      assert.match(error.message, /nothing was sent/);
    }
    provider.onLogin = () => ({ status: 404, body: {} });
    const { code, cause } = await failure(send());
    assert.deepEqual([code, cause.outcome, cause.retryable], ["REJECTED", "not-sent", false]);
  });

  it("goes on for those who waited when whoever began the login is cancelled", async () => {
    const cancel = new AbortController();
    let began: () => void = () => undefined;
    const first = new Promise<void>((resolve) => (began = resolve));
    let left = 1;
    provider.onLogin = () => {
      if (left-- <= 0) return undefined;
      began();
      // The one who began waits a second for another try, and meanwhile the cancel comes.
      return { status: 429, headers: { "retry-after": "1" }, body: {} };
    };
    const cancelled = failure(send(600_000_001, { signal: cancel.signal }));
    const other = send(600_000_002);
    await first;
    setTimeout(() => cancel.abort(), 20);
    assert.equal((await cancelled).code, "CANCELLED");
    await other;
    assert.deepEqual([provider.logins, provider.taken], [2, ["34600000002"]]);
  });

  it("uses a token whole that holds its owner's e-mail, as a JWT may", async () => {
    const payload = Buffer.from(JSON.stringify({ sub: CREDENTIALS.email, jti: CREDENTIALS.password })).toString(
      "base64url",
    );
    provider.newToken = () => `e30.${payload}.c2lnbmF0dXJl`;
    await send();
    assert.equal(provider.taken.length, 1);
  });

  it("shows the token nowhere: not in an error, nor in a reply that repeats it", async () => {
    provider.newToken = () => "secret";
    provider.onSend = (token) => ({ status: 400, body: { error: { code: `for-${token}`, message: `Bad ${token}!` } } });
    const error = await failure(send());
    assert.ok(!JSON.stringify([error.message, error.cause]).includes("secret"), error.message);
    provider.onSend = (token) => ({ status: 200, body: { data: { id: 1, seen: `Bearer ${token}` } } });
    assert.deepEqual((await send()).raw, { data: { id: 1, seen: "Bearer [redacted]" } });
  });

  it("asks for the balance with a header and no parameter", async () => {
    const seen: string[] = [];
    provider.server.on("request", (request: IncomingMessage) => seen.push(`${request.method} ${request.url}`));
    provider.onSend = () => ({ status: 200, body: { data: { balance: 3, currency: "EUR" } } });
    const balance = await account.perform({}, checkBalance);
    assert.deepEqual([balance.balance, balance.currency], [3, "EUR"]);
    assert.deepEqual(seen, ["POST /v1/login", "GET /v1/balance"]);
  });
});
