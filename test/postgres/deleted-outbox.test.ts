import { strict as assert } from "node:assert";
import { account, CREDENTIALS, flowOf } from "../support/flows.ts";
import { freePort } from "../support/node-red-process.ts";
import { LEVEL, RunningFlow } from "../support/node-red.ts";
import { startPostgres, type PostgresServer } from "../outbox/postgres-server.ts";

describe("an outbox on PostgreSQL that is deleted", function () {
  this.timeout(60_000);
  let server: PostgresServer;
  let flow: RunningFlow;
  before(async () => (server = await startPostgres()));
  after(() => server.stop());
  afterEach(() => flow.stop());

  it("says how many messages it leaves in its database, and nothing when it is only deployed anew", async () => {
    const credentials = { ...CREDENTIALS, outbox: { connectionString: await server.database() } };
    const nowhere = `http://127.0.0.1:${await freePort()}/api`;
    const outbox = { id: "outbox", type: "messaging-outbox", name: "Outbox", store: "postgres" };
    const nodes = [...flowOf({ type: "send-sms", outbox: "outbox" }), account(nowhere), outbox];
    flow = await RunningFlow.start(nodes, credentials);
    for (let index = 0; index < 3; index++) flow.send("node", { to: "990324203", payload: `Message ${index}` });
    await flow.eventually(() => flow.outcomes("node").length === 3, "done of each");
    const warnings = () => flow.log.filter(({ level, msg }) => level === LEVEL.WARN && /was deleted/.test(String(msg)));
    await flow.deploy("full", flow.flow, credentials);
    assert.equal(warnings().length, 0);
    flow.send("node", { to: "990324203", payload: "Message 3" });
    await flow.eventually(() => flow.outcomes("node").length === 4, "done of the last");
    const left = flow.flow.filter(({ id }) => id !== "outbox");
    await flow.deploy("full", left, CREDENTIALS);
    assert.equal(warnings().length, 1);
    const [, waiting, underWay] = /while (\d+) message.* and (\d+) are/.exec(String(warnings()[0]?.msg)) ?? [];
    assert.equal(Number(waiting) + Number(underWay), 4);
  });
});
