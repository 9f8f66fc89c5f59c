import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { PostgresStore } from "../../src/outbox/postgres/postgres-store.ts";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { OutboxProcess } from "./postgres-process.ts";
import { startPostgres, type PostgresServer } from "./postgres-server.ts";

const texts = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix} ${index}`);

/** When each request came, epoch milliseconds. */
async function startTimedSandbox(): Promise<{ sandbox: Sandbox; came: number[] }> {
  const came: number[] = [];
  const standIn = connectusStandIn();
  const sandbox = await startSandbox({
    ...standIn,
    answer: (request, desk) => {
      if (request.path === "send_sms") came.push(performance.now());
      return standIn.answer(request, desk);
    },
  });
  return { sandbox, came };
}

async function until(isSo: () => boolean | Promise<boolean>, withinMs: number): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await isSo())) {
    assert.ok(Date.now() < end, `not so within ${withinMs} ms`);
    await sleep(50);
  }
}

/** Most that came within any so long a time. */
function most(came: readonly number[], windowMs: number): number {
  return Math.max(...came.map((from) => came.filter((at) => at >= from && at < from + windowMs).length));
}

describe("processes that share an outbox on PostgreSQL", function () {
  this.timeout(90_000);
  let server: PostgresServer;
  let sandbox: Sandbox;
  let came: number[];
  let connectionString: string;
  const running: OutboxProcess[] = [];

  const start = async (limits: { concurrency?: number; ratePerSecond?: number } = {}) => {
    const { url: baseUrl, credentials } = sandbox;
    const limited = { concurrency: 10, ratePerSecond: 0, ...limits };
    const started = await OutboxProcess.start({ connectionString, baseUrl, credentials, ...limited });
    running.push(started);
    return started;
  };
  const settled = () => running.flatMap((one) => one.settled);

  before(async () => (server = await startPostgres()));
  after(() => server.stop());
  beforeEach(async () => {
    connectionString = await server.database();
    ({ sandbox, came } = await startTimedSandbox());
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.close()));
    await sandbox.close();
  });

  it("lose and double nothing when one is killed while it sends; what it had on its way is uncertain soon", async () => {
    sandbox.misbehave({ kind: "slow", ms: 400 }, { times: Infinity });
    const [first, second] = [await start({ concurrency: 4 }), await start({ concurrency: 4 })];
    const all = [...texts("first", 30), ...texts("second", 30)];
    await Promise.all(all.map((text) => (text.startsWith("first") ? first : second).put(text)));
    await until(() => came.length >= 8, 20_000);
    await first.kill();
    const killed = Date.now();
    const store = new PostgresStore({ connectionString, maxMessages: 1 });
    await store.open();
    try {
      await until(async () => (await store.counts()).uncertain > 0, 25_000);
      const foundMs = Date.now() - killed;
      assert.ok(foundMs < 22_000, `${foundMs} ms`);
      await until(async () => {
        const { queued, sending } = await store.counts();
        return queued + sending === 0;
      }, 40_000);
      const counts = await store.counts();
      assert.equal(counts.accepted + counts.uncertain, all.length);
      assert.ok(counts.uncertain <= 4, `${counts.uncertain} uncertain`);
    } finally {
      await store.close();
    }
    const taken = sandbox.messages().map(({ text }) => text);
    assert.deepEqual([...new Set(taken)].sort(), taken.slice().sort(), "none is taken twice");
    await until(() => new Set(settled().map((one) => one.settled)).size === all.length, 10_000);
    assert.deepEqual([...new Set(settled().map((one) => one.settled))].sort(), all.slice().sort());
  });

  it("hold an account's concurrency together", async () => {
    sandbox.misbehave({ kind: "slow", ms: 300 }, { times: Infinity });
    const [first, second] = [await start({ concurrency: 3 }), await start({ concurrency: 3 })];
    await Promise.all(texts("c", 24).map((text, index) => (index % 2 ? first : second).put(text)));
    await until(() => settled().length === 24, 30_000);
    // Each is answered 300 ms after it came; a little less, as a request has left before it comes.
    assert.equal(most(came, 280), 3);
    assert.equal(came.length, 24);
  });

  it("hold an account's rate together", async () => {
    const [first, second] = [await start({ ratePerSecond: 10 }), await start({ ratePerSecond: 10 })];
    await Promise.all(texts("r", 40).map((text, index) => (index % 2 ? first : second).put(text)));
    await until(() => settled().length === 40, 30_000);
    // Counted where they begin; on their way some may catch up. Each for itself would send 20 in a second.
    assert.ok(most(came, 900) < 15, `${most(came, 900)} within 900 ms`);
    assert.ok(Math.max(...came) - Math.min(...came) > 2700);
    assert.equal(came.length, 40);
  });

  it("share dedupe keys: a second message with the same key is not sent, and gets the first one's result", async () => {
    const [first, second] = [await start(), await start()];
    const puts = await Promise.all([first.put("one", "key"), second.put("other", "key")]);
    assert.deepEqual(puts.map(({ duplicate }) => duplicate).sort(), [false, true]);
    assert.equal((await second.put("late", "key")).duplicate, true);
    await until(() => settled().length === 3, 20_000);
    assert.deepEqual(
      settled().map(({ statuses }) => statuses),
      [["accepted"], ["accepted"], ["accepted"]],
    );
    assert.equal(settled().filter(({ duplicate }) => duplicate).length, 2);
    assert.equal(came.length, 1);
  });

  it("go on after the server was restarted, with each message sent once", async () => {
    sandbox.misbehave({ kind: "slow", ms: 200 }, { times: Infinity });
    const [first, second] = [await start({ concurrency: 3 }), await start({ concurrency: 3 })];
    await Promise.all(texts("s", 60).map((text, index) => (index % 2 ? first : second).put(text)));
    await until(() => came.length >= 10, 20_000);
    await server.restart(1000);
    await until(() => new Set(settled().map((one) => one.settled)).size === 60, 60_000);
    const taken = sandbox.messages().map(({ text }) => text);
    assert.equal(new Set(taken).size, taken.length);
    for (const { output, troubles } of running) {
      assert.doesNotMatch(`${output} ${troubles.join(" ")}`, /canary|owner|127\.0\.0\.1/);
    }
  });

  it("say once that the server is away and once that it is back, and say the next time again", async () => {
    await start();
    await start();
    for (const outage of [1, 2]) {
      const isTold = async () => {
        await until(() => running.every(({ troubles }) => troubles.length === outage), 20_000);
      };
      const away = server.restart(9000);
      await isTold();
      await away;
      await until(() => running.every(({ recoveries }) => recoveries === outage), 20_000);
      const text = `after outage ${outage}`;
      await running[0]?.put(text);
      await until(() => settled().some((one) => one.settled === text), 20_000);
    }
    for (const { troubles } of running) {
      assert.equal(troubles.length, 2);
      for (const trouble of troubles) assert.match(trouble, /PostgreSQL cannot be reached .* tried again all the time/);
    }
  });
});
