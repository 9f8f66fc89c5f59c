import { strict as assert } from "node:assert";
import { follow, type FollowPlan } from "../../nodes/check-status/follow.ts";
import { MessagingError } from "../../src/error.ts";
import type { Status, StatusResult } from "../../src/result.ts";

function status(word: Status, final = false): StatusResult {
  return { provider: "p", channel: "sms", id: "1", status: word, final, providerStatus: word, raw: null };
}

function failure(
  code: "UNREACHABLE" | "RATE_LIMITED" | "REJECTED" | "TIMEOUT",
  outcome: MessagingError["cause"]["outcome"],
) {
  return new MessagingError("It failed.", { code, outcome });
}

/** Follows a script of answers, the last of which repeats. */
async function followed(script: (StatusResult | Error)[], plan: Partial<FollowPlan> = {}) {
  const changes: string[] = [];
  const asked: number[] = [];
  const ask = () => {
    asked.push(performance.now());
    const answer = script[Math.min(asked.length, script.length) - 1];
    return answer instanceof Error || !answer
      ? Promise.reject(answer ?? new Error("no script"))
      : Promise.resolve(answer);
  };
  const whole = { everyMs: 10, withinMs: 2000, stop: new AbortController().signal, ...plan };
  const ending = follow(ask, whole, (change) => changes.push(change.status));
  return { ending: await ending, changes, asked };
}

describe("following a message", () => {
  it("reports each change once and ends when the status is final", async () => {
    const { ending, changes } = await followed([
      status("queued"),
      status("queued"),
      status("sent"),
      status("sent"),
      status("delivered", true),
    ]);
    assert.deepEqual(ending, { end: "final" });
    assert.deepEqual(changes, ["queued", "sent", "delivered"]);
  });

  it("sees a change in one message of a bulk", async () => {
    const bulk = (second: Status, final: boolean) => ({
      ...status("sent", final),
      messages: [status("sent"), status(second)],
    });
    const { changes } = await followed([bulk("queued", false), bulk("queued", false), bulk("delivered", true)]);
    assert.equal(changes.length, 2);
  });

  it("waits longer after each question", async () => {
    const { asked } = await followed([...Array<StatusResult>(5).fill(status("sent")), status("delivered", true)], {
      everyMs: 20,
    });
    const waits = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
    assert.ok((waits.at(-1) ?? 0) > 3 * (waits[0] ?? 0), `the waits were ${waits.map(Math.round).join(", ")} ms`);
  });

  it("hands back the last status known at the end of its time", async () => {
    const { ending, changes } = await followed([status("queued"), status("sent")], { withinMs: 100 });
    assert.deepEqual(ending, { end: "overdue", last: status("sent") });
    assert.deepEqual(changes, ["queued", "sent"]);
  });

  it("asks a last time when its time is over, however long the waits have become", async () => {
    const { asked } = await followed([status("queued")], { everyMs: 80, withinMs: 100 });
    assert.equal(asked.length, 3);
  });

  it("goes on after failures that may pass", async () => {
    const { ending, changes } = await followed([
      failure("UNREACHABLE", "not-sent"),
      status("sent"),
      failure("TIMEOUT", "unknown"),
      failure("RATE_LIMITED", "not-sent"),
      status("delivered", true),
    ]);
    assert.deepEqual(ending, { end: "final" });
    assert.deepEqual(changes, ["sent", "delivered"]);
  });

  it("waits as long as the provider asks for", async () => {
    const busy = failure("RATE_LIMITED", "not-sent").with({ retryAfterMs: 150 });
    const { asked } = await followed([busy, status("delivered", true)]);
    assert.ok((asked[1] ?? 0) - (asked[0] ?? 0) >= 145);
  });

  it("ends with the refusal when the provider refuses", async () => {
    await assert.rejects(followed([status("queued"), failure("REJECTED", "rejected")]), { code: "REJECTED" });
  });

  it("ends with the last failure when no question was ever answered", async () => {
    await assert.rejects(followed([failure("UNREACHABLE", "not-sent")], { withinMs: 50 }), { code: "UNREACHABLE" });
  });

  it("ends at once and in silence when it is stopped", async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const began = performance.now();
    const { ending } = await followed([status("queued")], { everyMs: 60_000, withinMs: 120_000, stop: stop.signal });
    assert.deepEqual(ending, { end: "stopped" });
    assert.ok(performance.now() - began < 1000);
  });
});
