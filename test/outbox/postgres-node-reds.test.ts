import { strict as assert } from "node:assert";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { complaints, NodeReds } from "../support/node-reds.ts";
import { hand } from "../support/outbox-process.ts";
import { startPostgres, type PostgresServer } from "./postgres-server.ts";
import { until } from "./setting.ts";

const WAIT_MS = 60_000;

describe("two Node-REDs whose PostgreSQL goes away", function () {
  this.timeout(180_000);
  let server: PostgresServer;
  let sandbox: Sandbox;
  let nodeReds: NodeReds;

  beforeEach(async () => {
    server = await startPostgres();
    sandbox = await startSandbox(connectusStandIn());
  });
  afterEach(async () => {
    await nodeReds.stop();
    await sandbox.close();
    await server.stop();
  });

  const start = async () => {
    nodeReds = await NodeReds.start(sandbox, { connectionString: await server.database() });
  };
  const say = async (text: string) => {
    const given = await Promise.all(
      nodeReds.both.map((one, index) => hand(one, { to: "990324203", text, job: index })),
    );
    return given;
  };
  const taken = (text: string) => sandbox.messages().filter((message) => message.text === text).length;

  it("stay up, warn once, go on by themselves, and warn again the next time", async () => {
    await start();
    for (const outage of [1, 2]) {
      sandbox.misbehave({ kind: "slow", ms: 1500 }, { times: 2 });
      assert.deepEqual(await say(`before ${outage}`), [true, true]);
      const away = server.restart(10_000);
      await until(() => nodeReds.both.every((one) => complaints(one).length === outage), WAIT_MS);
      assert.deepEqual(await say(`during ${outage}`), [false, false]);
      await away;
      await until(async () => (await say(`after ${outage}`)).every(Boolean), WAIT_MS);
      await until(() => taken(`after ${outage}`) >= 2, WAIT_MS);
      const recovered = new RegExp(`(store works again[^]*){${outage}}`);
      await Promise.all(nodeReds.both.map((one) => one.shows(recovered, WAIT_MS)));
    }
    for (const line of nodeReds.both.flatMap(complaints)) assert.match(line, /PostgreSQL cannot be reached/);
    assert.deepEqual(
      [1, 2].map((outage) => [taken(`before ${outage}`), taken(`during ${outage}`)]),
      [
        [2, 0],
        [2, 0],
      ],
    );
  });

  it("say so when it is away as they start, and open the outbox when it comes", async () => {
    const connectionString = await server.database();
    await server.stopForNow();
    nodeReds = await NodeReds.start(sandbox, { connectionString });
    assert.deepEqual(await say("too early"), [false, false]);
    await server.startAgain();
    await until(async () => (await say("in time")).every(Boolean), WAIT_MS);
    for (const one of nodeReds.both) assert.equal(complaints(one).length, 1, complaints(one).join("\n"));
  });

  it("close in time with requests on their way, and also while it is away", async () => {
    await start();
    sandbox.misbehave({ kind: "hang" }, { times: 2 });
    await say("hangs");
    await until(() => taken("hangs") === 2, WAIT_MS);
    await server.stopForNow();
    await Promise.all(nodeReds.both.map((one) => one.end()));
    for (const { output } of nodeReds.both) assert.doesNotMatch(output, /timed out/i);
    await server.startAgain();
  });
});
