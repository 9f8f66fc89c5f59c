import { strict as assert } from "node:assert";
import { MessagingError } from "../../src/error.ts";
import { Claiming } from "../../src/outbox/claiming.ts";
import { PostgresStore } from "../../src/outbox/postgres/postgres-store.ts";
import { Turns } from "../../src/outbox/turns.ts";
import { Pace } from "../../src/sending/pace.ts";
import { newJob, newRow, ready } from "../outbox/postgres-samples.ts";
import { startPostgres, type PostgresServer } from "../outbox/postgres-server.ts";

const LIMITS = { concurrency: 1, ratePerSecond: 0 };

/** What one process has of its accounts: a place for one request at each. */
class Process {
  readonly store: PostgresStore;
  readonly #paces = new Map<string, Pace>();

  constructor(connectionString: string) {
    this.store = new PostgresStore({ connectionString, maxMessages: 1000 });
  }

  /** Of one message of this target; to be called for each account that it goes through, one after the other. */
  async message(target: string) {
    await this.store.put(newJob({ target }), [newRow()]);
    const [row] = await ready(this.store, target);
    const claiming = new Claiming(this.store, () => ({ rows: [row?.id ?? ""], at: Date.now() }));
    const turns = new Turns(this.store, claiming, new AbortController().signal);
    /** Resolves when the request has begun, with what resolves when it has ended: it lasts until the signal. */
    return (account: string, lasts: Promise<void> = Promise.resolve()) => {
      const pace = this.#paces.get(account) ?? new Pace(LIMITS);
      this.#paces.set(account, pace);
      const begun = Promise.withResolvers<void>();
      const ended = pace.run(async () => {
        const end = await turns.take({ id: account, limits: LIMITS });
        begun.resolve();
        await lasts;
        end();
      });
      ended.catch(begun.reject);
      return { begun: begun.promise, ended };
    };
  }
}

describe("requests that go on from one account to another in two processes on the same PostgreSQL", function () {
  this.timeout(30_000);
  let server: PostgresServer;
  let one: Process;
  let other: Process;

  before(async () => (server = await startPostgres()));
  after(() => server.stop());
  beforeEach(async () => {
    const connectionString = await server.database();
    [one, other] = [new Process(connectionString), new Process(connectionString)];
    await Promise.all([one, other].map(({ store }) => store.open()));
  });
  afterEach(() => Promise.all([one, other].map(({ store }) => store.close())));

  it("do not count for the account that they left while they wait here for their place at the next", async () => {
    const [fromA, fromB] = [await one.message("1"), await other.message("2")];
    const [toB, toA] = [await one.message("3"), await other.message("4")];
    const release = Promise.withResolvers<void>();
    const first = [fromA("A", release.promise), fromB("B", release.promise)];
    await Promise.all(first.map(({ begun }) => begun));
    await toB("C").ended;
    await toA("D").ended;
    // Each has its place here, and waits for the one that the other process has now.
    const waiting = [toB("B"), toA("A")];
    release.resolve();
    await Promise.all(first.map(({ ended }) => ended));
    const goingOn = [fromA("B"), fromB("A")];
    await Promise.all([...waiting, ...goingOn].map(({ ended }) => ended));
  });

  it("give their place back after a while where the account stays busy elsewhere", async () => {
    const release = Promise.withResolvers<void>();
    const long = (await other.message("1"))("B", release.promise);
    await long.begun;
    const message = await one.message("2");
    await message("A").ended;
    const thrown = await message("B").ended.catch((error: unknown) => error);
    assert.ok(thrown instanceof MessagingError);
    assert.deepEqual([thrown.code, thrown.cause.outcome], ["CANCELLED", "not-sent"]);
    release.resolve();
    await long.ended;
  });
});
