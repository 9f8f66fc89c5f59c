import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { PostgresStore } from "../../src/outbox/postgres/postgres-store.ts";
import { newJob, newRow, ready } from "./postgres-samples.ts";
import { assertSilent } from "./postgres-refusal.ts";
import { startPostgres, type PostgresServer } from "./postgres-server.ts";
import { startWire, type Wire } from "./postgres-cut.ts";
import { failure } from "../support/failure.ts";

const FREE = { concurrency: 100, ratePerSecond: 0 };

describe("an outbox on PostgreSQL in trouble", function () {
  this.timeout(60_000);
  let server: PostgresServer;
  let connectionString: string;
  let wire: Wire;
  let store: PostgresStore;
  let troubles: Error[];

  before(async () => (server = await startPostgres()));
  after(() => server.stop());
  beforeEach(async () => {
    connectionString = await server.database();
    wire = await startWire(server.port);
    const throughWire = connectionString.replace(`:${server.port}/`, `:${wire.port}/`);
    store = new PostgresStore({ connectionString: throughWire, maxMessages: 1000 });
    troubles = [];
    await store.open({ onError: (error) => troubles.push(error) });
  });
  afterEach(async () => {
    await store.close();
    await wire.close();
  });

  it("survives a restart of the server under way, with all that was stored", async () => {
    const before = await store.put(newJob(), [newRow()]);
    const restart = server.restart(1500);
    const during = await store.put(newJob(), [newRow()]);
    await restart;
    const after = await store.put(newJob(), [newRow()]);
    const ids = (await store.list({ limit: 10, offset: 0 })).map(({ job }) => job.id);
    assert.deepEqual(ids, [after.job, during.job, before.job]);
  });

  it("keeps what is on its way during a short outage: nobody takes it for lost", async () => {
    await store.put(newJob(), [newRow()]);
    const [row] = await ready(store);
    assert.equal(await store.claim({ rows: [row?.id ?? ""], claim: "c", at: Date.now() }, FREE), "claimed");
    await server.restart(12_000);
    const other = new PostgresStore({ connectionString, maxMessages: 1000 });
    await other.open();
    try {
      await sleep(5000);
      assert.deepEqual(await other.orphans(10), []);
      assert.deepEqual(await store.move([{ row: row?.id ?? "", from: "sending", to: "accepted" }], Date.now()), [true]);
    } finally {
      await other.close();
    }
    assert.ok(troubles.length > 0);
    for (const error of troubles) assertSilent(error);
  });

  it("gives what one has in hand that is cut off to another, which finds it within 20 s", async () => {
    await store.put(newJob(), [newRow()]);
    const [row] = await ready(store);
    await store.claim({ rows: [row?.id ?? ""], claim: "c", at: Date.now() }, FREE);
    const half = await store.put(newJob({ total: 2, dedupeKey: "k" }), [newRow()], true);
    await store.put(newJob({ node: "told" }), [{ to: "x", outcome: { status: "rejected" } }]);
    assert.equal((await store.due(["told"], 10)).length, 1);
    const other = new PostgresStore({ connectionString, maxMessages: 1000 });
    await other.open();
    try {
      await wire.close();
      let orphans = await other.orphans(10);
      for (const end = Date.now() + 20_000; orphans.length === 0 && Date.now() < end; await sleep(200)) {
        orphans = await other.orphans(10);
      }
      assert.deepEqual(
        orphans.map(({ claim }) => claim),
        ["c"],
      );
      assert.equal(await other.job(half.job), undefined);
      assert.equal((await other.put(newJob({ dedupeKey: "k" }), [newRow()])).duplicateOf, undefined);
      assert.equal((await other.due(["told"], 10)).length, 1);
    } finally {
      await other.close();
    }
  });

  for (const when of ["before", "after"] as const) {
    it(`stores a message once when the connection breaks just ${when} its commit`, async () => {
      wire.cutAtCommit(when);
      const { job } = await store.put(newJob(), [newRow()]);
      assert.equal(wire.cuts(), 1);
      const listed = await store.list({ limit: 10, offset: 0 });
      assert.deepEqual(
        listed.map((one) => one.job.id),
        [job],
      );
      const [row] = await ready(store);
      wire.cutAtCommit(when);
      assert.equal(await store.claim({ rows: [row?.id ?? ""], claim: "c", at: Date.now() }, FREE), "claimed");
      assert.equal(wire.cuts(), 2);
      assert.equal((await store.row(row?.id ?? ""))?.row.attempts, 1);
    });
  }

  it("refuses after some seconds without the server, and tells nothing of the connection string", async () => {
    await wire.close();
    const error = await failure(store.put(newJob(), [newRow()]));
    assert.equal(error.code, "UNREACHABLE");
    assert.equal(error.cause.outcome, "not-sent");
    assertSilent(error, String(wire.port));
  });
});
