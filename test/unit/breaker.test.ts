import { strict as assert } from "node:assert";
import { MessagingError, type ErrorCode, type Outcome } from "../../src/error.ts";
import { accountFailed, Breaker, breakerOf } from "../../src/sending/breaker.ts";

/** A breaker with a clock of its own. */
function breaker(): { it: Breaker; wait: (ms: number) => void; calls: (...failed: (boolean | undefined)[]) => void } {
  let now = 0;
  const it = new Breaker(() => now);
  return {
    it,
    wait: (ms) => void (now += ms),
    calls: (...failed) => {
      for (const one of failed) it.begin()(one);
    },
  };
}

const failures = (count: number) => Array<boolean>(count).fill(true);
const successes = (count: number) => Array<boolean>(count).fill(false);

describe("a breaker", () => {
  it("stays closed with fewer than ten calls, however they end", () => {
    const { it: one, calls } = breaker();
    calls(...failures(9));
    assert.deepEqual([one.isOpen, one.skippedForMs, one.opening.aborted], [false, 0, false]);
  });

  it("opens when half of the last ten failed, and not with four", () => {
    const { it: one, calls } = breaker();
    calls(...successes(30), ...failures(4));
    assert.equal(one.isOpen, false);
    calls(true);
    assert.deepEqual([one.isOpen, one.skippedForMs], [true, 30_000]);
  });

  it("takes no count of calls that tell nothing", () => {
    const { it: one, calls } = breaker();
    calls(...failures(4), ...Array<undefined>(20).fill(undefined));
    assert.equal(one.isOpen, false);
  });

  it("tells those who wait that it opens", () => {
    const { it: one, calls } = breaker();
    const { opening } = one;
    calls(...failures(10));
    assert.equal(opening.aborted, true);
  });

  it("lets a probe through every 30 s, and closes when one ends well", () => {
    const { it: one, calls, wait } = breaker();
    calls(...failures(10));
    wait(29_999);
    assert.equal(one.skippedForMs, 1);
    wait(1);
    assert.equal(one.skippedForMs, 0);
    one.probe();
    assert.equal(one.skippedForMs, 30_000, "the next one waits");
    calls(true);
    assert.deepEqual([one.isOpen, one.skippedForMs], [true, 30_000]);
    wait(30_000);
    calls(false);
    assert.deepEqual([one.isOpen, one.skippedForMs, one.opening.aborted], [false, 0, false]);
    calls(...failures(9));
    assert.equal(one.isOpen, false, "it begins anew");
  });

  it("is not closed by what began before it opened, nor counts it after it has closed", () => {
    const { it: one, calls } = breaker();
    const early = Array.from({ length: 10 }, () => one.begin());
    calls(...failures(10));
    early[0]?.(false);
    assert.equal(one.isOpen, true);
    calls(false);
    for (const end of early.slice(1)) end(true);
    calls(true);
    assert.equal(one.isOpen, false);
  });

  it("belongs to an account, and a new account has a new one", () => {
    const [one, other] = [{}, {}];
    assert.equal(breakerOf(one), breakerOf(one));
    assert.notEqual(breakerOf(one), breakerOf(other));
  });
});

describe("the failure of a call", () => {
  const failed = (code: ErrorCode, outcome: Outcome, attempts: number) =>
    accountFailed(new MessagingError("x", { code, outcome, attempts }));

  for (const code of ["UNREACHABLE", "TIMEOUT", "BAD_REPLY", "PROVIDER_ERROR", "RATE_LIMITED"] as const) {
    it(`with ${code} counts against the account`, () => {
      assert.equal(failed(code, "not-sent", 1), true);
      assert.equal(failed(code, "unknown", 1), true);
    });
  }

  for (const code of ["BAD_CREDENTIALS", "NO_CREDIT", "MISSING_ACCOUNT"] as const) {
    it(`with ${code} counts against the account`, () => assert.equal(failed(code, "rejected", 1), true));
  }

  for (const code of ["INVALID_NUMBER", "INVALID_MESSAGE", "REJECTED", "NOT_SUPPORTED"] as const) {
    it(`with ${code} shows that the account works, if it was asked`, () => {
      assert.equal(failed(code, "rejected", 1), false);
      assert.equal(failed(code, "rejected", 0), undefined);
    });
  }

  it("that comes of us alone tells nothing of the account", () => {
    assert.equal(failed("CANCELLED", "not-sent", 1), undefined);
    assert.equal(failed("QUEUE_FULL", "not-sent", 0), undefined);
  });
});
