import { strict as assert } from "node:assert";
import { setImmediate as soon, setTimeout as sleep } from "node:timers/promises";
import { MessagingError } from "../../src/error.ts";
import { Pace, type Turn } from "../../src/sending/pace.ts";

/** Tasks that end when they are told to, in the order in which they began. */
class Tasks {
  readonly begun: string[] = [];
  readonly #ends: (() => void)[] = [];
  readonly #pace: Pace;

  constructor(pace: Pace) {
    this.#pace = pace;
  }

  add(name: string, turn?: Turn): Promise<string> {
    const task = () => {
      this.begun.push(name);
      return new Promise<string>((resolve) => this.#ends.push(() => resolve(name)));
    };
    return this.#pace.run(task, turn);
  }

  async endOne(): Promise<void> {
    this.#ends.shift()?.();
    await soon();
  }

  async endAll(): Promise<void> {
    while (this.#ends.length > 0) await this.endOne();
  }
}

async function refusal(promise: Promise<unknown>): Promise<MessagingError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof MessagingError, String(error));
  assert.deepEqual([error.cause.outcome, error.cause.attempts], ["not-sent", 0]);
  return error;
}

const nothing = () => Promise.resolve();

/** When each of many tasks begins, in milliseconds from the first. */
async function beginnings(pace: Pace, count: number): Promise<number[]> {
  const times: number[] = [];
  await Promise.all(
    Array.from({ length: count }, () => pace.run(() => Promise.resolve(times.push(performance.now())))),
  );
  return times.map((time) => time - (times[0] ?? 0));
}

describe("the pace", () => {
  it("lets only so many run at a time, and the others in their order", async () => {
    const tasks = new Tasks(new Pace({ concurrency: 2 }));
    const all = Promise.all(["a", "b", "c", "d"].map((name) => tasks.add(name)));
    await soon();
    assert.deepEqual(tasks.begun, ["a", "b"]);
    await tasks.endOne();
    assert.deepEqual(tasks.begun, ["a", "b", "c"]);
    await tasks.endAll();
    assert.deepEqual(await all, ["a", "b", "c", "d"]);
  });

  it("settles as the task does, and goes on after one that failed", async () => {
    const pace = new Pace({ concurrency: 1 });
    const failing = pace.run(() => Promise.reject(new Error("mine")));
    const next = pace.run(() => Promise.resolve(5));
    await assert.rejects(failing, /mine/);
    assert.equal(await next, 5);
  });

  it("lets what is urgent go before all that waits", async () => {
    const tasks = new Tasks(new Pace({ concurrency: 1 }));
    const all = [
      tasks.add("a"),
      tasks.add("b"),
      tasks.add("c", { priority: "high" }),
      tasks.add("d", { priority: "high" }),
    ];
    await soon();
    await tasks.endAll();
    await Promise.all(all);
    assert.deepEqual(tasks.begun, ["a", "c", "d", "b"]);
  });

  it("says when a task has to wait, and not otherwise", async () => {
    const tasks = new Tasks(new Pace({ concurrency: 1 }));
    const waited: string[] = [];
    const all = ["a", "b"].map((name) => tasks.add(name, { onWait: () => void waited.push(name) }));
    await soon();
    assert.deepEqual(waited, ["b"]);
    await tasks.endAll();
    await Promise.all(all);
  });

  it("takes a task out of the queue when its signal is aborted, and leaves one alone that runs", async () => {
    const tasks = new Tasks(new Pace({ concurrency: 1 }));
    const stop = new AbortController();
    const turn = { signal: stop.signal };
    const running = tasks.add("a", turn);
    const [b, c, d] = [tasks.add("b", turn), tasks.add("c"), tasks.add("d", turn)];
    stop.abort();
    for (const gone of [b, d]) assert.equal((await refusal(gone)).code, "CANCELLED");
    assert.equal((await refusal(tasks.add("e", turn))).code, "CANCELLED");
    await tasks.endAll();
    assert.deepEqual(await Promise.all([running, c]), ["a", "c"]);
    assert.deepEqual(tasks.begun, ["a", "c"]);
  });

  it("is not disturbed by the signal of a task that is long done", async () => {
    const tasks = new Tasks(new Pace({ concurrency: 1 }));
    const stop = new AbortController();
    const all = [tasks.add("a"), tasks.add("b", { signal: stop.signal })];
    await soon();
    await tasks.endAll();
    await Promise.all(all);
    stop.abort();
    all.push(tasks.add("c"), tasks.add("d"));
    await soon();
    await tasks.endAll();
    assert.deepEqual(await Promise.all(all), ["a", "b", "c", "d"]);
  });

  it("refuses what is too much to wait, but never an alarm because of the crowd", async () => {
    const tasks = new Tasks(new Pace({ concurrency: 1, maxWaiting: 1 }));
    const all = [tasks.add("a"), tasks.add("b")];
    const error = await refusal(tasks.add("c"));
    assert.equal(error.code, "QUEUE_FULL");
    assert.equal(error.cause.retryable, true);
    all.push(tasks.add("alarm", { priority: "high" }));
    assert.equal((await refusal(tasks.add("d", { priority: "high" }))).code, "QUEUE_FULL");
    await soon();
    await tasks.endAll();
    await Promise.all(all);
    assert.deepEqual(tasks.begun, ["a", "alarm", "b"]);
  });

  it("admits 20,000 waiting tasks, and lets any of them leave, without slowing down", async () => {
    const pace = new Pace({ concurrency: 1, maxWaiting: 20_000 });
    const stop = new AbortController();
    const started = performance.now();
    let done = 0;
    const count = () => Promise.resolve(void (done += 1));
    const all = Array.from({ length: 20_000 }, (_, index) =>
      pace.run(count, index % 2 === 0 ? {} : { signal: stop.signal }).catch(() => undefined),
    );
    stop.abort();
    await Promise.all(all);
    assert.equal(done, 10_000);
    assert.ok(performance.now() - started < 10_000);
  });

  it("begins no more than its rate within any second", async () => {
    const times = await beginnings(new Pace({ concurrency: 100, ratePerSecond: 20 }), 50);
    times.forEach((time, index) => {
      const within = times.filter((other) => other >= time && other < time + 1000).length;
      assert.ok(within <= 20, `${within} from task ${index} on`);
    });
    assert.ok((times.at(-1) ?? 0) < 2500);
  });

  it("does not count in its rate what had its turn and came to nothing", async () => {
    const pace = new Pace({ ratePerSecond: 1 / 60 });
    const nothing = async (forgo: () => void) => forgo();
    let late: () => void = () => undefined;
    await Promise.all([pace.run(nothing), pace.run(nothing), pace.run(async (forgo) => void (late = forgo))]);
    late();
    await pace.run(async () => undefined);
    // What it was for is over: it takes nothing from another.
    late();
    const stop = new AbortController();
    const waiting = refusal(pace.run(async () => undefined, { signal: stop.signal }));
    await soon();
    stop.abort();
    assert.equal((await waiting).code, "CANCELLED");
  });

  it("spreads a rate that is no whole number, also one below 1", async () => {
    const times = await beginnings(new Pace({ ratePerSecond: 2.5 }), 3);
    assert.ok(times[1] !== undefined && times[1] >= 400 && times[1] < 600, String(times));
    const slow = new Pace({ ratePerSecond: 0.5 });
    await slow.run(nothing);
    const second = slow.run(nothing);
    assert.equal(await Promise.race([second, sleep(300, "waits")]), "waits");
    await Promise.all([slow.close(), refusal(second)]);
  });

  it("counts a task's further requests as well", async () => {
    const pace = new Pace({ ratePerSecond: 2 });
    await pace.run(() => Promise.resolve(pace.countRequest()));
    const started = performance.now();
    await pace.run(nothing);
    assert.ok(performance.now() - started >= 990);
  });

  it("begins nothing while it is paused, not even an alarm, and a shorter pause does not end a longer one", async () => {
    const pace = new Pace();
    const started = performance.now();
    pace.pauseUntil(Date.now() + 200);
    pace.pauseUntil(Date.now() + 50);
    assert.ok(pace.pausedForMs > 150 && pace.pausedForMs <= 200);
    await pace.run(nothing, { priority: "high" });
    assert.ok(performance.now() - started >= 195);
    assert.equal(pace.pausedForMs, 0);
  });

  it("closed, refuses what waits and what comes, and waits for what runs", async () => {
    const pace = new Pace({ concurrency: 1, ratePerSecond: 0.001 });
    const tasks = new Tasks(pace);
    const running = tasks.add("a");
    const waiting = [tasks.add("b"), tasks.add("c", { priority: "high" })];
    let isClosed = false;
    const closing = pace.close().then(() => (isClosed = true));
    for (const gone of [...waiting, tasks.add("d")]) assert.equal((await refusal(gone)).code, "CANCELLED");
    assert.equal(isClosed, false);
    await tasks.endAll();
    await Promise.all([running, closing, pace.close()]);
    assert.deepEqual(tasks.begun, ["a"]);
  });

  it("leaves no timer behind when it is closed", async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const pace = new Pace({ ratePerSecond: 0.001 });
    await pace.run(nothing);
    // Without a pause in between, so that no other timer comes or goes.
    const before = timers();
    const waiting = pace.run(nothing);
    const during = timers();
    void pace.close();
    const after = timers();
    assert.deepEqual([during - before, after - before], [1, 0]);
    await refusal(waiting);
  });
});
