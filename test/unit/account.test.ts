import { strict as assert } from "node:assert";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { MessagingError } from "../../src/error.ts";
import type { Session } from "../../src/provider.ts";
import { Account, type AccountSettings } from "../../src/sending/account.ts";
import { bareProvider } from "../support/bare-provider.ts";

const KEY = "key-0123456789/+=";
const credentials = { accountId: "id-42", apiKey: KEY };

const provider = bareProvider({
  sandbox: () =>
    Promise.resolve({
      credentials: { accountId: "sandbox", apiKey: "sandbox" },
      answer: ({ path }) => ({ status: 200, body: { path } }),
    }),
});

type Answer = (response: ServerResponse, request: IncomingMessage, index: number) => void;

/** A provider's server that answers as it is told, and what it was asked. */
class Server {
  readonly requests: IncomingMessage[] = [];
  readonly #server = createServer((request, response) => {
    this.#answer(response, request, this.requests.push(request) - 1);
  });
  readonly #answer: Answer;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const ok: Answer = (response) => void response.end("{}");
const FORM = { "content-type": "application/x-www-form-urlencoded" };

const silence: Answer = () => undefined;

function refuse(status: number, headers: Record<string, string> = {}): Answer {
  return (response) => void response.writeHead(status, headers).end("{}");
}

/** An account at a server that answers so, closed after the test. */
async function withAccount(
  answer: Answer,
  test: (account: Account, server: Server) => Promise<void>,
  settings: Partial<AccountSettings> = {},
): Promise<void> {
  const server = new Server(answer);
  const baseUrl = await server.listen();
  const account = new Account(provider, { name: "Mine", baseUrl, ...settings }, credentials);
  try {
    await test(account, server);
  } finally {
    await account.close();
    await server.close();
  }
}

function post(session: Session, more: Partial<Parameters<Session["request"]>[0]> = {}) {
  return session.request({ operation: "send", method: "POST", url: `${session.baseUrl}/send`, body: "x=1", ...more });
}

async function failure(promise: Promise<unknown>): Promise<MessagingError> {
  const error: unknown = await promise.then(
    () => assert.fail("it succeeded"),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof MessagingError, String(error));
  return error;
}

const open = (settings: Partial<AccountSettings>, secrets: Record<string, string> = credentials) =>
  new Account(provider, { name: "Mine", ...settings }, secrets);

describe("a session", () => {
  it("knows the account and reaches the provider, without a slash too many", async () => {
    await withAccount(ok, async (account, server) => {
      const session = await account.open();
      assert.deepEqual(session.credentials, credentials);
      assert.equal(session.country, "CL");
      assert.equal((await post(session)).status, 200);
      assert.equal(server.requests[0]?.url, "/v1/send");
      assert.equal((await account.open()).memory, session.memory);
    });
    const slashes = open({ baseUrl: "https://example.com/v1//" });
    assert.equal((await slashes.open()).baseUrl, "https://example.com/v1");
  });

  it("tries again what was not sent, and tells how often", async () => {
    const busy = refuse(429, { "retry-after": "0" });
    await withAccount(busy, async (account, server) => {
      const error = await failure(post(await account.open()));
      const { code, cause } = error;
      assert.deepEqual([code, cause.attempts, cause.provider, cause.account], ["RATE_LIMITED", 3, "testing", "Mine"]);
      assert.equal(server.requests.length, 3);
    });
  });

  it("never sends twice what may have been taken", async () => {
    await withAccount(refuse(500), async (account, server) => {
      const { cause } = await failure(post(await account.open()));
      assert.deepEqual([cause.outcome, cause.attempts, server.requests.length], ["unknown", 1, 1]);
    });
  });

  it("counts all requests of its work in the error", async () => {
    const second: Answer = (response, request, index) => (index === 0 ? ok : refuse(500))(response, request, index);
    await withAccount(second, async (account) => {
      const session = await account.open();
      await post(session);
      assert.equal((await failure(post(session))).cause.attempts, 2);
    });
  });

  it("pauses the whole account when the provider says when to come back", async () => {
    const first: Answer = (response, request, index) =>
      (index === 0 ? refuse(429, { "retry-after": "1" }) : ok)(response, request, index);
    await withAccount(first, async (account, server) => {
      const started = performance.now();
      const one = post(await account.open());
      while (server.requests.length === 0) await sleep(5);
      await sleep(50);
      const states: string[] = [];
      await post(await account.open({ onState: (state) => states.push(state), priority: "high" }));
      assert.ok(performance.now() - started >= 990);
      await one;
      assert.deepEqual(states, ["waiting", "sending"]);
    });
  });

  it("fails at once when the provider asks for a pause longer than its time", async () => {
    await withAccount(refuse(429, { "retry-after": "40" }), async (account, server) => {
      const started = performance.now();
      const asked = await failure(post(await account.open()));
      assert.deepEqual([asked.code, asked.cause.retryAfterMs, asked.cause.attempts], ["RATE_LIMITED", 40_000, 1]);
      const next = await failure(post(await account.open()));
      assert.deepEqual([next.code, next.cause.outcome, next.cause.attempts], ["RATE_LIMITED", "not-sent", 0]);
      assert.match(next.message, /40 s more/);
      assert.ok(performance.now() - started < 1000);
      assert.equal(server.requests.length, 1);
    });
  });

  it("fails all that waits at once when the pause is longer than its time", async () => {
    const busy = refuse(429, { "retry-after": "86400" });
    const slow: Answer = (...exchange) => void setTimeout(() => busy(...exchange), 100);
    await withAccount(
      slow,
      async (account, server) => {
        const session = await account.open();
        const started = performance.now();
        const errors = await Promise.all(Array.from({ length: 20 }, () => failure(post(session))));
        assert.ok(performance.now() - started < 10_0000);
        assert.equal(server.requests.length, 1);
        for (const { code, cause } of [...errors, await failure(post(session))]) {
          assert.deepEqual([code, cause.outcome, cause.retryable], ["RATE_LIMITED", "not-sent", true]);
          assert.ok((cause.retryAfterMs ?? 0) > 3_500_000, String(cause.retryAfterMs));
        }
        for (const { message } of errors) assert.match(message, /come back in 24 hours\.$/);
        assert.match(errors[5]?.message ?? "", /^Not sent, since the provider asked for a pause\./);
      },
      { concurrency: 1 },
    );
  });

  it("keeps in line what has the time to wait for a pause", async () => {
    await withAccount(
      (response, request, index) =>
        void setTimeout(() => (index === 0 ? refuse(429, { "retry-after": "1" }) : ok)(response, request, index), 50),
      async (account, server) => {
        const session = await account.open();
        await Promise.all(Array.from({ length: 3 }, () => post(session)));
        assert.equal(server.requests.length, 4);
      },
      { concurrency: 1 },
    );
  });

  it("is as fast as the account allows", async () => {
    await withAccount(
      ok,
      async (account) => {
        const started = performance.now();
        await Promise.all(Array.from({ length: 5 }, async () => post(await account.open())));
        assert.ok(performance.now() - started >= 1990);
      },
      { ratePerSecond: "2" },
    );
  });

  it("has one time budget for all of its work that may send, and waiting for a turn is not in it", async () => {
    const slow: Answer = (response, request, index) =>
      void (index < 2 && setTimeout(() => ok(response, request, index), 900));
    await withAccount(
      slow,
      async (account) => {
        const call = { budgetMs: 1200 };
        const session = await account.open(call);
        const [first, second] = [post(await account.open(call)), post(session)];
        await Promise.all([first, second]);
        const started = performance.now();
        const error = await failure(post(session));
        assert.equal(error.code, "TIMEOUT");
        assert.ok(performance.now() - started < 1100, "what the first request took is gone");
      },
      { concurrency: 1 },
    );
  });

  it("gives each question its own time", async () => {
    const slow: Answer = (response, request, index) => void setTimeout(() => ok(response, request, index), 300);
    await withAccount(slow, async (account) => {
      const session = await account.open({ budgetMs: 400 });
      for (let count = 0; count < 3; count++)
        await session.request({ operation: "ask", method: "GET", url: session.baseUrl });
    });
  });

  it("does not wait for a provider that says nothing longer than its time", async () => {
    await withAccount(silence, async (account) => {
      const started = performance.now();
      const { code, cause } = await failure(post(await account.open({ budgetMs: 200 })));
      assert.deepEqual([code, cause.outcome], ["TIMEOUT", "unknown"]);
      assert.ok(performance.now() - started < 10_000);
    });
  });

  it("is cancelled while it waits, and left to finish when it is on its way", async () => {
    const slow: Answer = (response, request, index) => void setTimeout(() => ok(response, request, index), 200);
    await withAccount(
      slow,
      async (account, server) => {
        const stop = new AbortController();
        const call = { signal: stop.signal };
        const running = post(await account.open(call));
        const waiting = failure(post(await account.open(call)));
        while (server.requests.length === 0) await sleep(5);
        stop.abort();
        const { code, cause } = await waiting;
        assert.deepEqual([code, cause.outcome, cause.attempts], ["CANCELLED", "not-sent", 0]);
        assert.equal((await running).status, 200);
        assert.equal(server.requests.length, 1);
      },
      { concurrency: 1 },
    );
  });

  it("lets a login go before all that waits", async () => {
    const slow: Answer = (response, request, index) => void setTimeout(() => ok(response, request, index), 50);
    await withAccount(
      slow,
      async (account, server) => {
        const session = await account.open();
        const operations = [
          post(session),
          post(session),
          post(session, { url: `${session.baseUrl}/login`, urgent: true }),
        ];
        await Promise.all(operations);
        assert.deepEqual(
          server.requests.map(({ url }) => url),
          ["/v1/send", "/v1/login", "/v1/send"],
        );
      },
      { concurrency: 1 },
    );
  });
});

describe("an account's secrets", () => {
  const echo: Answer = (response, { headers }) => {
    const { authorization } = headers;
    const body = { key: KEY, encoded: encodeURIComponent(KEY), authorization, nested: [{ [KEY]: 1 }], id: "id-4242" };
    response.writeHead(200, { "x-echo": KEY }).end(JSON.stringify(body));
  };
  const basic = { authorization: `Basic ${Buffer.from(`id-42:${KEY}`).toString("base64")}` };

  it("do not come back in a reply, in whatever form the server repeats them", async () => {
    await withAccount(echo, async (account) => {
      const reply = await post(await account.open(), { headers: basic });
      const seen = JSON.stringify([reply.json(), reply.text(), reply.headers]);
      for (const secret of [KEY, encodeURIComponent(KEY), basic.authorization]) assert.ok(!seen.includes(secret), seen);
      assert.equal((reply.json() as { id: string }).id, "id-4242", "a short one may be part of an id by chance");
    });
  });

  it("are in no error, neither in its words nor in the provider's code or the stack", async () => {
    await withAccount(refuse(400), async (account) => {
      const explain = () => ({ text: `Bad key ${KEY} of id-42`, providerCode: KEY });
      const error = await failure(post(await account.open(), { explain }));
      const seen = [error.message, error.stack, JSON.stringify(error.cause)].join();
      assert.ok(!seen.includes(KEY) && !seen.includes("id-42"), seen);
      assert.match(error.message, /Bad key/);
      const own = await failure(account.perform({}, () => Promise.reject(new Error(`broken by ${KEY}`))));
      assert.ok(!own.message.includes(KEY));
      assert.deepEqual([own.cause.provider, own.cause.account], ["testing", "Mine"]);
    });
  });

  it("that came later are hidden as well, but not from the login that brings them again", async () => {
    const token = "token-abcdef";
    const answer: Answer = (response, { headers }) => void response.end(JSON.stringify({ token, echo: headers }));
    await withAccount(answer, async (account) => {
      const session = await account.open();
      session.conceal(token);
      const reply = await post(session, { lateHeaders: () => ({ authorization: `Bearer ${token}` }) });
      assert.ok(!reply.text().includes(token));
      assert.equal(((await post(session)).json() as { token: string }).token, token);
      const error = await failure(account.perform({}, () => Promise.reject(new Error(`broken by ${token}`))));
      assert.ok(!error.message.includes(token));
    });
  });
});

describe("an account's mode", () => {
  it("off lets nothing leave", async () => {
    await withAccount(
      ok,
      async (account, server) => {
        const { code, cause, message } = await failure(post(await account.open()));
        assert.deepEqual([code, cause.outcome, cause.attempts], ["NOT_SUPPORTED", "not-sent", 0]);
        assert.match(message, /mode is "off"/);
        assert.equal(server.requests.length, 0);
      },
      { mode: "off" },
    );
  });

  it("sandbox goes to the provider's stand-in with the stand-in's credentials, and frees it at the end", async () => {
    const account = open({ mode: "sandbox", baseUrl: "https://nowhere.invalid" }, {});
    const session = await account.open();
    assert.equal(session.credentials.apiKey, "sandbox");
    const authorization = `Basic ${Buffer.from("sandbox:sandbox").toString("base64")}`;
    assert.deepEqual((await post(session, { headers: { ...FORM, authorization } })).json(), { path: "send" });
    await account.close();
    await assert.rejects(fetch(session.baseUrl));
  });
});

describe("closing an account", () => {
  it("cancels what waits, lets finish what is on its way, and refuses what comes", async () => {
    const slow: Answer = (response, request, index) => void setTimeout(() => ok(response, request, index), 300);
    await withAccount(
      slow,
      async (account, server) => {
        const session = await account.open();
        const [running, waiting] = [post(session), failure(post(session))];
        while (server.requests.length === 0) await sleep(5);
        const closing = account.close();
        const outcomes = [await waiting, await failure(account.open()), await failure(post(session))];
        for (const { code, cause } of outcomes) assert.deepEqual([code, cause.outcome], ["CANCELLED", "not-sent"]);
        assert.equal((await running).status, 200);
        await closing;
      },
      { concurrency: 1 },
    );
  });

  it("does not wait for another try", async () => {
    await withAccount(refuse(429, { "retry-after": "20" }), async (account, server) => {
      const asked = failure(post(await account.open()));
      while (server.requests.length === 0) await sleep(5);
      await sleep(50);
      const started = performance.now();
      await account.close();
      assert.deepEqual([(await asked).code, (await asked).cause.outcome], ["CANCELLED", "not-sent"]);
      assert.ok(performance.now() - started < 500);
    });
  });

  it("takes 5 s at most with a provider that says nothing, and then the outcome is unknown", async () => {
    await withAccount(silence, async (account, server) => {
      const asked = failure(post(await account.open()));
      while (server.requests.length === 0) await sleep(5);
      const started = performance.now();
      await Promise.all([account.close(), account.close()]);
      assert.ok(performance.now() - started < 10_000);
      assert.equal((await asked).cause.outcome, "unknown");
    });
  });
});
