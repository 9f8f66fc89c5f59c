import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { invalid, MessagingError } from "../../src/error.ts";
import type { CheckManyOperation, StatusReply } from "../../src/provider.ts";
import { Account } from "../../src/sending/account.ts";
import { sharedCheck } from "../../src/sending/shared-check.ts";
import { bareProvider } from "../support/bare-provider.ts";

type Answers = (ids: readonly string[]) => Promise<(StatusReply | MessagingError)[]>;

const reply = (id: string): StatusReply => ({
  channel: "sms",
  single: true,
  messages: [{ id, status: "sent", final: false, providerStatus: "SENT" }],
  raw: { id },
});

const replies: Answers = (ids) => Promise.resolve(ids.map(reply));

/** An account at a provider that is asked for at most three at a time, and what it was asked for. */
function watched(answers: Answers = replies) {
  const asked: string[] = [];
  const checkMany: CheckManyOperation = {
    maxIds: 3,
    takes: (id) => /^\d+$/.test(id),
    check: (_session, ids, kind) => {
      asked.push(`${kind} ${ids.join(",")}`);
      return answers(ids);
    },
  };
  const account = new Account(bareProvider({ operations: { checkMany } }), { name: "A" }, {});
  const ask = (id: string, ms = 20, signal = new AbortController().signal, kind: "sms" | "push" = "sms") =>
    sharedCheck(account, { kind, id })?.({ ms, signal }) ?? assert.fail("it must be able to");
  return { account, asked, ask };
}

describe("asking for several messages at a time", () => {
  it("asks once for all that are asked for at about the same time, and gives each its own answer", async () => {
    const { asked, ask } = watched();
    const answers = await Promise.all([ask("1", 60), ask("2", 20), ask("2", 1000)]);
    assert.deepEqual(asked, ["sms 1,2"]);
    assert.deepEqual(
      answers.map(({ raw }) => raw),
      [{ id: "1" }, { id: "2" }, { id: "2" }],
    );
  });

  it("waits no longer than the least patient of them", async () => {
    const { ask } = watched();
    const began = performance.now();
    await Promise.all([ask("1", 60_000), sleep(20).then(() => ask("2", 20))]);
    assert.ok(performance.now() - began < 10_000);
  });

  it("asks at once when as many wait as one question takes, and for the others by themselves", async () => {
    const { asked, ask } = watched();
    const first = [ask("1", 60_000), ask("2", 60_000), ask("3", 60_000)];
    const last = ask("4", 50);
    await Promise.all(first);
    assert.deepEqual(asked, ["sms 1,2,3"]);
    await last;
    assert.deepEqual(asked, ["sms 1,2,3", "sms 4"]);
  });

  it("keeps the kinds and the accounts apart", async () => {
    const [one, other] = [watched(), watched()];
    await Promise.all([one.ask("1"), one.ask("1", 20, undefined, "push"), other.ask("1")]);
    assert.deepEqual([one.asked.sort(), other.asked], [["push 1", "sms 1"], ["sms 1"]]);
  });

  it("does not ask for a message that nobody follows any more", async () => {
    const { asked, ask } = watched();
    const stop = new AbortController();
    const gone = ask("1", 30, stop.signal);
    const other = ask("2", 30);
    stop.abort();
    await assert.rejects(gone, { code: "CANCELLED" });
    await other;
    await assert.rejects(ask("3", 30, stop.signal), { code: "CANCELLED" });
    assert.deepEqual(asked, ["sms 2"]);
  });

  it("gives up at once even while the answer is awaited, and leaves the others their answer", async () => {
    const { ask } = watched(async (ids) => {
      await sleep(100);
      return replies(ids);
    });
    const stop = new AbortController();
    const gone = ask("1", 0, stop.signal);
    const other = ask("2", 0);
    await sleep(30);
    stop.abort();
    await assert.rejects(gone, { code: "CANCELLED" });
    assert.deepEqual((await other).raw, { id: "2" });
  });

  it("gives a message that is not known its own error, which names the account", async () => {
    const { ask } = watched((ids) => Promise.resolve(ids.map((id) => (id === "1" ? invalid("Unknown.") : reply(id)))));
    const [unknown, known] = await Promise.allSettled([ask("1"), ask("2")]);
    assert.equal(known.status, "fulfilled");
    assert.equal(unknown.status, "rejected");
    const { cause } = unknown.reason as MessagingError;
    assert.deepEqual([cause.provider, cause.account], ["testing", "A"]);
  });

  it("asks for each alone where one of them makes the provider refuse all", async () => {
    const bad = () => new MessagingError("BAD_ID", { code: "REJECTED", outcome: "rejected" });
    const { asked, ask } = watched((ids) => (ids.includes("1") ? Promise.reject(bad()) : replies(ids)));
    const settled = await Promise.allSettled([ask("1"), ask("2"), ask("3")]);
    assert.deepEqual(
      settled.map(({ status }) => status),
      ["rejected", "fulfilled", "fulfilled"],
    );
    assert.deepEqual(asked, ["sms 1,2,3", "sms 1", "sms 2", "sms 3"]);
  });

  it("hands a failure of the whole to each of them, and asks no more often for it", async () => {
    const down = new MessagingError("Down.", { code: "BAD_CREDENTIALS", outcome: "rejected" });
    const { asked, ask } = watched(() => Promise.reject(down));
    const settled = await Promise.allSettled([ask("1"), ask("2")]);
    assert.ok(settled.every((one) => one.status === "rejected" && (one.reason as MessagingError).code === down.code));
    assert.equal(asked.length, 1);
  });

  it("leaves alone what cannot be asked for together", () => {
    const { account } = watched();
    assert.equal(sharedCheck(account, { kind: "sms", id: "a-reference" }), undefined);
    assert.equal(sharedCheck(account, { kind: "sms", ids: ["1", "2"] }), undefined);
    assert.equal(sharedCheck(account, { kind: "auto", search: { reference: "r" } }), undefined);
    const alone = { ...account.provider, operations: {} };
    assert.equal(sharedCheck(new Account(alone, { name: "B" }, {}), { kind: "sms", id: "1" }), undefined);
  });
});
