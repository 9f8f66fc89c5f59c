import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { repeat } from "../../nodes/receive-sms/repeat.ts";
import { MessagingError } from "../../src/error.ts";

const failure = (code: "UNREACHABLE" | "TIMEOUT" | "CANCELLED", retryAfterMs?: number) =>
  new MessagingError("It failed.", { code, outcome: "not-sent", ...(retryAfterMs !== undefined && { retryAfterMs }) });

/** Repeats a script of answers (undefined = a good one), until it is at its end. */
async function repeated(script: (Error | undefined)[], everyMs = 10) {
  const stop = new AbortController();
  const asked: number[] = [];
  const told: string[] = [];
  const ask = () => {
    const answer = script[asked.length];
    asked.push(performance.now());
    if (asked.length === script.length) setTimeout(() => stop.abort(), 5);
    return answer ? Promise.reject(answer) : Promise.resolve();
  };
  await repeat(ask, {
    stop: stop.signal,
    everyMs: () => everyMs,
    onFailure: ({ code }) => told.push(code),
    onRecovery: () => told.push("recovered"),
  });
  const waits = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
  return { waits, told };
}

describe("repeating a question", () => {
  it("goes on at the same pace while all is well, and says nothing", async () => {
    const { waits, told } = await repeated([undefined, undefined, undefined]);
    assert.ok(waits.every((wait) => wait >= 9 && wait < 200));
    assert.deepEqual(told, []);
  });

  it("waits ever longer after failures, and tells only of a change", async () => {
    const down = failure("UNREACHABLE");
    const { waits, told } = await repeated([down, down, down, failure("TIMEOUT"), undefined, undefined, down]);
    assert.deepEqual(told, ["UNREACHABLE", "TIMEOUT", "recovered", "UNREACHABLE"]);
    for (const [index, least] of [19, 39, 79, 159, 9].entries()) {
      assert.ok((waits[index] ?? 0) >= least, `wait ${index + 1} was ${waits[index]} ms`);
    }
    assert.ok((waits[4] ?? 0) < 100);
  });

  it("leaves a busy provider alone for as long as it asks", async () => {
    const { waits } = await repeated([failure("UNREACHABLE", 150), undefined]);
    assert.ok((waits[0] ?? 0) >= 149);
  });

  it("takes an account that is being deployed anew for no trouble", async () => {
    const { told } = await repeated([undefined, failure("CANCELLED"), undefined]);
    assert.deepEqual(told, []);
  });

  it("never asks twice at a time", async () => {
    const stop = new AbortController();
    let running = 0;
    let most = 0;
    const ask = async () => {
      most = Math.max(most, ++running);
      await sleep(20);
      running -= 1;
    };
    setTimeout(() => stop.abort(), 150);
    const nothing = () => undefined;
    await repeat(ask, { stop: stop.signal, everyMs: () => 1, onFailure: nothing, onRecovery: nothing });
    assert.equal(most, 1);
  });

  it("ends at once when it is stopped, whatever it waits for, and tells of nothing after that", async () => {
    const told: string[] = [];
    const plan = (stop: AbortController, everyMs: number) => ({
      stop: stop.signal,
      everyMs: () => everyMs,
      onFailure: ({ code }: MessagingError) => told.push(code),
      onRecovery: () => told.push("recovered"),
    });
    const began = performance.now();
    const waiting = new AbortController();
    setTimeout(() => waiting.abort(), 20);
    await repeat(() => Promise.resolve(), plan(waiting, 60_000));
    const asking = new AbortController();
    const ask = async () => {
      await sleep(60_000, undefined, { signal: asking.signal });
    };
    setTimeout(() => asking.abort(), 20);
    await repeat(ask, plan(asking, 10));
    assert.ok(performance.now() - began < 10_000);
    assert.deepEqual(told, []);
  });
});
