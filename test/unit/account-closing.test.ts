import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { ok, post, refuse, silence, withAccount, type Answer } from "../support/account-at-server.ts";
import { failure } from "../support/failure.ts";

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
