import { strict as assert } from "node:assert";
import { MessagingError } from "../../src/error.ts";
import { failure } from "../support/failure.ts";
import { errorOf, resultOf } from "./settled.ts";
import { Setting, until, type SettingOptions } from "./setting.ts";

describe("the outbox", () => {
  let setting: Setting;
  const begin = async (options: SettingOptions = {}) => (setting = await Setting.make(options));
  afterEach(() => setting.end());

  describe("when all goes well", () => {
    it("hands over the result of a direct send, with the message's own properties", async () => {
      await begin();
      const own = {
        topic: "ä",
        _msgid: "1",
        at: new Date(5),
        data: Buffer.from([0, 255]),
        odd: { $date: 5 },
        none: null,
      };
      const { duplicate } = await setting.put({ properties: { ...own, res: { socket: {} }, call: () => 1 } });
      const settled = await setting.result();
      assert.equal(duplicate, false);
      assert.deepEqual(settled.properties, own);
      const { raw, id, ...result } = resultOf(settled);
      assert.deepEqual(result, {
        provider: "connectus",
        channel: "sms",
        account: "test",
        accepted: 1,
        rejected: 0,
        failed: 0,
        messages: [{ to: "+56990000077", id, status: "accepted", parts: 1 }],
      });
      assert.deepEqual(raw, { id_sms: id });
      assert.equal(setting.sandbox.messages().length, 1);
      assert.equal((await setting.outbox.counts()).accepted, 1);
    });

    it("sends a bulk in requests of at most 100, and keeps its order with bad recipients in it", async () => {
      await begin();
      const numbers = Array.from({ length: 250 }, (_, index) => `+5699100${String(1000 + index).slice(1)}0`);
      numbers[120] = "nonsense";
      await setting.put({ to: numbers });
      const result = resultOf(await setting.result());
      assert.deepEqual(
        result.messages.map(({ to }) => to),
        numbers,
      );
      assert.deepEqual([result.accepted, result.rejected, result.failed], [249, 1, 0]);
      assert.equal(result.messages[120]?.status, "rejected");
      assert.equal(result.deliveries?.length, 3);
      assert.equal((result.raw as unknown[]).length, 3);
      assert.equal(setting.sandbox.requests().length, 3);
    });

    it("rejects at once what has no good recipient, and stores nothing of it", async () => {
      await begin();
      assert.equal((await failure(setting.put({ to: "nonsense" }))).code, "INVALID_NUMBER");
      assert.equal((await setting.outbox.messages({})).length, 0);
      await setting.put({ to: ["nonsense", "more nonsense"] });
      assert.equal(resultOf(await setting.result()).rejected, 2);
    });

    it("lets an alarm go before all that waits", async () => {
      await begin({ account: { concurrency: 1, ratePerSecond: 20 } });
      for (let count = 0; count < 30; count++) await setting.put({ text: `usual ${count}` });
      await setting.put({ text: "alarm", priority: "high" });
      await until(() => setting.sandbox.messages().some(({ text }) => text === "alarm"));
      assert.ok(setting.sandbox.messages().length < 29, `${setting.sandbox.messages().length} went before it`);
    });

    it("holds no message in the state of sending that only waits for its turn", async () => {
      await begin({ account: { concurrency: 10, ratePerSecond: 2 } });
      for (let count = 0; count < 12; count++) await setting.put({ text: `text ${count}` });
      await until(() => setting.sandbox.messages().length >= 2);
      for (let look = 0; look < 20; look++) {
        const { sending, queued } = await setting.outbox.counts();
        assert.ok(sending <= 2, `${sending} are being sent`);
        assert.ok(queued > 0);
      }
    });

    it("sends nothing where the account is switched off, and says so", async () => {
      await begin({ account: { mode: "off" } });
      await setting.put();
      const result = resultOf(await setting.result());
      assert.deepEqual([result.off, result.accepted, result.messages], [true, 0, []]);
      assert.equal((await setting.outbox.counts()).cancelled, 1);
      assert.equal(setting.sandbox.requests().length, 0);
    });

    it("lists messages as the panel shows them", async () => {
      await begin();
      await setting.put({ text: "hello" });
      await setting.result();
      const [message, another] = await setting.outbox.messages({ state: "accepted" });
      const { id: _, createdAt, updatedAt, ...shown } = message ?? assert.fail();
      assert.deepEqual(shown, {
        state: "accepted",
        channel: "sms",
        to: "+56990000077",
        text: "hello",
        target: "account",
        provider: "connectus",
        account: "test",
        attempts: 1,
        possibleDuplicate: false,
      });
      assert.ok(Date.parse(createdAt) <= Date.parse(updatedAt));
      assert.equal(another, undefined);
    });
  });

  describe("when a message certainly was not sent", () => {
    it("tries again until it goes through", async () => {
      await begin();
      setting.sandbox.misbehave({ kind: "status", status: 429, retryAfter: 1 }, { times: 2 });
      const begun = performance.now();
      await setting.put();
      const result = resultOf(await setting.result());
      assert.equal(result.accepted, 1);
      assert.ok(performance.now() - begun > 1900);
      assert.equal(setting.sandbox.messages().length, 1);
      assert.equal((await setting.outbox.messages({}))[0]?.attempts, 3);
    });

    it("ends as expired, with the last reason, when its time is over", async () => {
      await begin({ account: { baseUrl: "http://127.0.0.1:9" }, expireAfterMs: 300 });
      await setting.put();
      const error = errorOf(await setting.result());
      assert.equal(error.code, "EXPIRED");
      assert.match(error.message, /expired in the outbox.*The last try: send_sms was not sent/);
      const { outcome, provider, account } = error.cause;
      assert.deepEqual({ outcome, provider, account }, { outcome: "not-sent", provider: "connectus", account: "test" });
      assert.equal((await setting.outbox.counts()).expired, 1);
      assert.equal(error.cause.attempts, (await setting.outbox.messages({}))[0]?.attempts);
    });

    it("waits until its expiry where the provider asks for a longer pause", async () => {
      await begin({ expireAfterMs: 1500 });
      setting.sandbox.misbehave({ kind: "status", status: 429, retryAfter: 3600 });
      const begun = Date.now();
      await setting.put();
      const error = errorOf(await setting.result());
      assert.equal(error.code, "EXPIRED");
      assert.ok(Date.now() - begun >= 1500);
    });

    it("does not call unsent what expires after requests that may have been taken, and counts them all", async () => {
      await begin({ onUnknown: "resend", expireAfterMs: 4000 });
      setting.sandbox.misbehave({ kind: "reset-after-read" }, { times: 100 });
      await setting.put();
      const { message, code, cause } = errorOf(await setting.result());
      assert.deepEqual([code, cause.outcome, cause.possibleDuplicate], ["EXPIRED", "unknown", true]);
      assert.doesNotMatch(message, /not sent/i);
      assert.equal(cause.attempts, (await setting.outbox.messages({}))[0]?.attempts);
      assert.ok(cause.attempts > 1);
    });

    it("waits for an account that is not there, and goes on when it comes", async () => {
      let isThere = false;
      await begin({
        sender: (sender) => {
          if (isThere) return sender;
          throw new MessagingError("The account was deleted.", { code: "MISSING_ACCOUNT", outcome: "not-sent" });
        },
      });
      await setting.put();
      await until(async () => (await setting.outbox.counts()).queued === 1);
      isThere = true;
      setting.outbox.wake();
      assert.equal(resultOf(await setting.result()).accepted, 1);
    });

    it("goes through the account that is there after a deploy", async () => {
      await begin();
      await setting.put();
      await setting.result();
      const old = setting.account;
      await old.close();
      await setting.put({ text: "another" });
      await until(async () => (await setting.outbox.counts()).queued === 1);
      setting.account = setting.newAccount();
      setting.outbox.wake();
      assert.equal(resultOf(await setting.result(2)).accepted, 1);
    });

    it("hands over a refusal as an error, and does not try again", async () => {
      await begin();
      setting.sandbox.misbehave({ kind: "status", status: 401 }, { times: Infinity });
      await setting.put();
      const error = errorOf(await setting.result());
      assert.equal(error.code, "BAD_CREDENTIALS");
      assert.deepEqual([error.cause.outcome, error.cause.httpStatus, error.cause.account], ["rejected", 401, "test"]);
      assert.equal(setting.sandbox.requests().length, 1);
      assert.equal((await setting.outbox.messages({ state: "failed" }))[0]?.error?.code, "BAD_CREDENTIALS");
    });

    it("says of a wrong key that what is tried is lost, and how to hold the rest", async () => {
      await begin();
      setting.sandbox.misbehave({ kind: "status", status: 401 }, { times: Infinity });
      for (let count = 0; count < 60; count++) await setting.put({ text: `text ${count}` });
      await until(() => setting.troubles.length > 0);
      const [{ message } = { message: "" }] = setting.troubles;
      assert.match(message, /failed for good.*one of them is tried every 30 s.*disable the account and deploy/);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { failed, queued } = await setting.outbox.counts();
      assert.ok(failed <= 30, `${failed} have failed`);
      assert.equal(failed + queued, 60);
    });

    it("keeps the rest back when an account is in trouble, and says so once", async () => {
      await begin();
      setting.sandbox.misbehave({ kind: "status", status: 500 }, { times: Infinity });
      for (let count = 0; count < 100; count++) await setting.put({ text: `text ${count}` });
      await until(() => setting.troubles.length > 0);
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { uncertain, queued } = await setting.outbox.counts();
      assert.ok(uncertain <= 30, `${uncertain} are in doubt`);
      assert.ok(queued >= 70);
      assert.equal(setting.troubles.length, 1);
      assert.match(
        setting.troubles[0]?.message ?? "",
        /in trouble: what was tried is in doubt\. The other messages wait/,
      );
      setting.sandbox.behave();
      setting.outbox.wake();
      await until(async () => (await setting.outbox.counts()).queued === 0);
    });
  });

  it("refuses more than it may hold, and says what to do", async () => {
    await begin({ account: { baseUrl: "http://127.0.0.1:9" }, store: { maxMessages: 2 } });
    await setting.put();
    await setting.put();
    const error = await failure(setting.put());
    assert.deepEqual([error.code, error.cause.outcome], ["QUEUE_FULL", "not-sent"]);
    assert.match(error.message, /2 messages are waiting/);
  });
});
