import { strict as assert } from "node:assert";
import { follow, type FollowPlan } from "../../nodes/check-status/follow.ts";
import { MessagingError } from "../../src/error.ts";
import type { Status, StatusReport, StatusResult } from "../../src/result.ts";

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
  const lookup = { kind: "sms", id: "1" } as const;
  const nobody = () => () => undefined;
  const followed = { lookup, references: ["r"], recipients: [] };
  const whole = { followed, everyMs: 10, withinMs: 2000, stop: new AbortController().signal, listen: nobody, ...plan };
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
      messages: [status("sent"), { ...status(second), id: "2" }],
    });
    const { changes } = await followed([bulk("queued", false), bulk("queued", false), bulk("delivered", true)]);
    assert.equal(changes.length, 2);
  });

  it("ends at once at a failure that no waiting mends, as of an account that is switched off", async () => {
    const off = new MessagingError("Off.", { code: "NOT_SUPPORTED", outcome: "not-sent", retryable: false });
    await assert.rejects(followed([off], { withinMs: 60_000 }), { code: "NOT_SUPPORTED" });
  });

  it("waits longer after each question", async () => {
    const { asked } = await followed([...Array<StatusResult>(5).fill(status("sent")), status("delivered", true)], {
      everyMs: 100,
      withinMs: 10_000,
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
    const { asked } = await followed([status("queued")], { everyMs: 800, withinMs: 1000 });
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
    assert.ok(performance.now() - began < 10_000);
  });

  describe("that a webhook reports on", () => {
    const report = (word: Status, final = false, id = "1"): StatusReport => ({
      provider: "p",
      type: "status",
      id,
      status: word,
      final,
      providerStatus: word,
      matched: true,
      receivedAt: "2026-10-02T14:30:00.000Z",
      raw: { reported: word },
    });

    /** Hears these reports, one after the other. */
    function heard(...reports: StatusReport[]): Pick<FollowPlan, "listen"> {
      const listen: FollowPlan["listen"] = (hear) => {
        const timers = reports.map((one, index) => setTimeout(() => hear(one), 20 * (index + 1)));
        return () => timers.forEach(clearTimeout);
      };
      return { listen };
    }

    it("ends with the report that is final, without another question", async () => {
      const plan = { everyMs: 1000, ...heard(report("sent"), report("sent"), report("delivered", true)) };
      const { ending, changes, asked } = await followed([status("queued")], plan);
      assert.deepEqual(ending, { end: "final" });
      assert.deepEqual(changes, ["queued", "sent", "delivered"]);
      assert.equal(asked.length, 1);
    });

    it("asks no more but at the very end once there was a report", async () => {
      const plan = { everyMs: 300, withinMs: 1000, ...heard(report("sent")) };
      const { ending, asked } = await followed([status("queued")], plan);
      assert.equal(ending.end, "overdue");
      assert.equal(asked.length, 2);
      assert.ok((asked[1] ?? 0) - (asked[0] ?? 0) > 980);
    });

    it("does not go back, and does not mind reports on other messages", async () => {
      const plan = { everyMs: 100, withinMs: 180, ...heard(report("queued"), report("delivered", true, "2")) };
      const { ending, changes } = await followed([status("sent")], plan);
      assert.deepEqual(ending, { end: "overdue", last: status("sent") });
      assert.deepEqual(changes, ["sent"]);
    });

    it("does not go back to what an answer says that comes after a report", async () => {
      const plan = { everyMs: 100, withinMs: 180, ...heard(report("sent")) };
      const { ending, changes } = await followed([status("queued")], plan);
      assert.deepEqual([ending.end, changes], ["overdue", ["queued", "sent"]]);
      assert.equal((ending as { last: StatusResult }).last.status, "sent");
      const bulk = { ...status("queued"), id: "d", messages: [status("queued"), { ...status("queued"), id: "2" }] };
      const all = await followed([bulk], {
        everyMs: 100,
        withinMs: 180,
        ...heard(report("sent"), report("sent", false, "2")),
      });
      assert.deepEqual(all.changes, ["queued", "queued", "sent"]);
    });

    it("hears a report that names the message by its reference", async () => {
      const named = { ...report("delivered", true, "r"), reference: "r" };
      const single = await followed([status("queued")], { everyMs: 1000, ...heard(named) });
      assert.deepEqual([single.ending.end, single.changes], ["final", ["queued", "delivered"]]);
      const whole = { ...status("queued"), id: "d" };
      const messages = [
        { ...status("queued"), to: "+34600111222" },
        { ...status("queued"), id: "2", to: "+34600111223" },
      ];
      const plan = {
        everyMs: 1000,
        withinMs: 300,
        ...heard(named, { ...named, to: "600111223" }, { ...named, to: "600111222" }),
      };
      const bulk = await followed([{ ...whole, messages }], plan);
      assert.deepEqual([bulk.ending.end, bulk.changes], ["final", ["queued", "queued", "delivered"]]);
    });

    it("learns from a report what no question could tell yet", async () => {
      const plan = { everyMs: 1000, ...heard(report("delivered", true)) };
      const { ending, changes } = await followed([failure("UNREACHABLE", "not-sent")], plan);
      assert.deepEqual([ending.end, changes], ["final", ["delivered"]]);
    });

    it("learns of each message of a bulk", async () => {
      const bulk = { ...status("queued"), id: "d", messages: [status("queued"), { ...status("queued"), id: "2" }] };
      const plan = { everyMs: 1000, ...heard(report("delivered", true), report("undelivered", true, "2")) };
      const { ending, changes } = await followed([bulk], plan);
      assert.deepEqual([ending.end, changes], ["final", ["queued", "queued", "undelivered"]]);
    });
  });
});
