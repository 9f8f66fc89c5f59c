import { strict as assert } from "node:assert";
import { storm } from "../support/outbox-storm.ts";
import { startPostgres, type PostgresServer } from "./postgres-server.ts";

/** The long one is `bench/outbox-storm-postgres.ts`. */
const SMALL = { messages: 200, lifeMs: 1000, faulty: 0.1, companions: 1, ratePerSecond: 15 } as const;

describe("two Node-REDs with one outbox on PostgreSQL, in a storm that kills one of them", function () {
  this.timeout(300_000);
  let server: PostgresServer;
  before(async () => (server = await startPostgres()));
  after(() => server.stop());

  const shared = async () => ({
    ...SMALL,
    outbox: { store: "postgres" },
    outboxCredentials: { connectionString: await server.database() },
  });

  it("lose nothing and send nothing twice, with as much in doubt as there was reason for", async () => {
    const result = await storm({ ...(await shared()), provider: "connectus", onUnknown: "hold" });
    const { acknowledged, lost, unreported, doubled, uncertain, bound, kills } = result;
    assert.ok(acknowledged >= SMALL.messages && kills >= 1);
    assert.deepEqual({ lost, unreported, doubled }, { lost: [], unreported: [], doubled: [] });
    assert.ok(uncertain <= bound, `${uncertain} are in doubt, ${bound} had reason to be`);
  });

  it("leave nothing in doubt where it may be sent again, and mark what may have arrived twice", async () => {
    const result = await storm({ ...(await shared()), provider: "connectus", onUnknown: "resend" });
    const { lost, unreported, unmarked, uncertain } = result;
    assert.deepEqual(
      { lost, unreported, unmarked, uncertain },
      { lost: [], unreported: [], unmarked: [], uncertain: 0 },
    );
  });

  it("settle all doubt by asking the provider, where it can be asked", async () => {
    const result = await storm({ ...(await shared()), provider: "smshosting", onUnknown: "check" });
    const { lost, unreported, doubled, uncertain } = result;
    assert.deepEqual({ lost, unreported, doubled, uncertain }, { lost: [], unreported: [], doubled: [], uncertain: 0 });
  });
});
