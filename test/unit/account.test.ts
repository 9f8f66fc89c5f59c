import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import {
  credentials,
  ok,
  open,
  post,
  refuse,
  silence,
  withAccount,
  type Answer,
} from "../support/account-at-server.ts";
import { failure } from "../support/failure.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };

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
