import { strict as assert } from "node:assert";
import { MessagingError, type Failure } from "../../src/error.ts";
import { RetryBudget, withRetries, type Retries } from "../../src/sending/retry.ts";

const refused: Partial<Failure> = {};
const never = new AbortController().signal;

/** A message whose first tries fail so, and what waiting there was between them. */
function attempts(failures: Partial<Failure>[], given: Partial<Retries> = {}) {
  const waits: number[] = [];
  let made = 0;
  const attempt = () => {
    const failure = failures[made++];
    if (!failure) return Promise.resolve("taken");
    return Promise.reject(new MessagingError(`try ${made}`, { code: "UNREACHABLE", outcome: "not-sent", ...failure }));
  };
  const outcome = withRetries(attempt, {
    budget: new RetryBudget(),
    leftMs: () => 30_000 - waits.reduce((sum, wait) => sum + wait, 0),
    signals: [never],
    random: () => 1,
    sleep: (ms) => Promise.resolve(waits.push(ms)),
    ...given,
  });
  return outcome.then(
    (value) => ({ value, waits, made }),
    (error: unknown) => ({ error: error as MessagingError, waits, made }),
  );
}

describe("trying again", () => {
  it("needs no second try where the first succeeds", async () => {
    assert.deepEqual(await attempts([]), { value: "taken", waits: [], made: 1 });
  });

  it("is for what was not sent, with full jitter from one second on", async () => {
    assert.deepEqual(await attempts([refused, refused]), { value: "taken", waits: [1000, 2000], made: 3 });
    assert.deepEqual((await attempts([refused, refused], { random: () => 0.25 })).waits, [250, 500]);
  });

  it("ends after three requests with the last error", async () => {
    const { error, made } = { error: undefined, ...(await attempts([refused, refused, refused, refused])) };
    assert.equal(error?.message, "try 3");
    assert.equal(made, 3);
  });

  const final: [string, Partial<Failure>][] = [
    ["may have been taken", { outcome: "unknown", retryable: true }],
    ["was refused", { outcome: "rejected", retryable: true }],
    ["cannot succeed later", { retryable: false }],
    ["waited in a full queue", { code: "QUEUE_FULL" }],
    ["was cancelled", { code: "CANCELLED" }],
  ];
  for (const [title, failure] of final) {
    it(`is never for what ${title}`, async () => assert.equal((await attempts([failure])).made, 1));
  }

  it("waits as long as the provider asks, and a little more", async () => {
    const busy = { code: "RATE_LIMITED", retryAfterMs: 5000 } as const;
    assert.deepEqual((await attempts([busy, refused])).waits, [5250, 2000]);
  });

  it("does not begin when the wait does not fit into the time that is left", async () => {
    const busy = { code: "RATE_LIMITED", retryAfterMs: 60_000 } as const;
    const { error, made } = { error: undefined, ...(await attempts([busy])) };
    assert.deepEqual([made, error?.code, error?.cause.retryAfterMs], [1, "RATE_LIMITED", 60_000]);
    assert.equal((await attempts([refused], { leftMs: () => 999 })).made, 1);
  });

  it("says before each wait that it waits", async () => {
    let waited = 0;
    await attempts([refused, refused], { onWait: () => (waited += 1) });
    assert.equal(waited, 2);
  });

  it("is ended by the signal, as cancelled and not sent", async () => {
    const stop = new AbortController();
    const asked = withRetries(
      () =>
        Promise.reject(new MessagingError("no", { code: "UNREACHABLE", outcome: "not-sent", retryAfterMs: 20_000 })),
      { budget: new RetryBudget(), leftMs: () => 30_000, signals: [stop.signal], random: () => 1 },
    );
    setTimeout(() => stop.abort(), 20);
    const started = performance.now();
    await assert.rejects(
      asked,
      (error: MessagingError) => error.code === "CANCELLED" && error.cause.outcome === "not-sent",
    );
    assert.ok(performance.now() - started < 10_000);
  });

  it("of something unforeseen is left alone", async () => {
    let made = 0;
    const broken = () => Promise.reject(new TypeError(`broken ${++made}`));
    const retries = { budget: new RetryBudget(), leftMs: () => 30_000, signals: [never] };
    await assert.rejects(withRetries(broken, retries), /broken 1/);
  });
});

describe("the retry budget", () => {
  it("lets a lone message be tried three times, also after a long outage", async () => {
    let now = 0;
    const budget = new RetryBudget(() => now);
    for (let message = 0; message < 100; message++)
      assert.ok((await attempts([refused, refused, refused], { budget })).made >= 1);
    assert.equal((await attempts([refused, refused, refused], { budget })).made, 1, "the reserve is used up");
    now = 60_000;
    assert.equal((await attempts([refused, refused, refused], { budget })).made, 3);
    assert.equal((await attempts([refused, refused, refused], { budget })).made, 1);
  });

  it("adds at most a tenth to the traffic of an outage", async () => {
    const budget = new RetryBudget(() => 0);
    let made = 0;
    for (let message = 0; message < 1000; message++)
      made += (await attempts([refused, refused, refused], { budget })).made;
    assert.ok(made > 1050 && made <= 1100, String(made));
  });

  it("does not save up more than a reserve in good times", async () => {
    const budget = new RetryBudget(() => 0);
    for (let message = 0; message < 1000; message++) await attempts([], { budget });
    let made = 0;
    for (let message = 0; message < 10; message++)
      made += (await attempts([refused, refused, refused], { budget })).made;
    assert.ok(made <= 16, String(made));
  });

  it("is not spent when the provider says when to come back, for then all of the account waits", async () => {
    const budget = new RetryBudget(() => 0);
    const busy = { code: "RATE_LIMITED", retryAfterMs: 10 } as const;
    for (let message = 0; message < 100; message++) assert.equal((await attempts([busy], { budget })).made, 2);
  });

  it("is spent when the provider says to come back at once, for then nothing waits", async () => {
    const budget = new RetryBudget(() => 0);
    const busy = { code: "RATE_LIMITED", retryAfterMs: 0 } as const;
    let made = 0;
    for (let message = 0; message < 100; message++) made += (await attempts([busy], { budget })).made;
    assert.ok(made <= 114, String(made));
  });
});
