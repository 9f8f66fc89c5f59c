import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import type { SendResult } from "../../src/result.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { PASSWORD, startPostgres, type PostgresServer } from "../outbox/postgres-server.ts";
import { until } from "../outbox/setting.ts";
import { hand } from "../support/outbox-process.ts";
import { complaints, NodeReds } from "../support/node-reds.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";

const WAIT_MS = 30_000;

/** Where an outbox shows itself. */
const REPLIES = [
  "flows",
  "credentials/messaging-outbox/outbox",
  "messaging/outbox/outbox",
  "messaging/outbox/outbox/messages",
];

describe("two Node-REDs that share an outbox on PostgreSQL", function () {
  this.timeout(60_000);
  let server: PostgresServer;
  let connectionString: string;
  let sandbox: Sandbox;
  let nodeReds: NodeReds;

  before(async () => {
    server = await startPostgres();
    connectionString = await server.database();
    sandbox = await startSandbox(connectusStandIn());
    nodeReds = await NodeReds.start(sandbox, { connectionString });
  });
  after(async () => {
    await nodeReds.stop();
    await sandbox.close();
    await server.stop();
  });

  const untilEmitted = async (jobs: readonly unknown[]) => {
    const isOurs = ({ job }: { job?: unknown }) => jobs.includes(job);
    await until(async () => (await nodeReds.emitted()).flat().filter(isOurs).length >= jobs.length, WAIT_MS);
    const [first, second] = await nodeReds.emitted();
    return [first.filter(isOurs), second.filter(isOurs)] as const;
  };

  it("send once what both were given with the same key, and give each its result", async () => {
    const alarm = { to: "990324203", text: "Pump 3", dedupeKey: "pump-3" };
    const given = nodeReds.both.map((one, index) => hand(one, { ...alarm, job: `event ${index}` }));
    assert.deepEqual(await Promise.all(given), [true, true]);
    const [[first], [second]] = await untilEmitted(["event 0", "event 1"]);
    assert.deepEqual([first?.job, second?.job], ["event 0", "event 1"]);
    const results = [first, second].map((one) => one?.payload as SendResult & { duplicate?: true });
    assert.deepEqual(
      results.map(({ accepted, messages }) => [accepted, messages[0]?.status]),
      [
        [1, "accepted"],
        [1, "accepted"],
      ],
    );
    assert.deepEqual(results.map(({ duplicate = false }) => duplicate).sort(), [false, true]);
    assert.equal(sandbox.messages().filter(({ text }) => text === "Pump 3").length, 1);
  });

  it("give each result to the one that took the message, whichever sent it", async () => {
    const jobs = Array.from({ length: 40 }, (_, index) => `job ${index}`);
    const given = jobs.map((job, index) => {
      const [first, second] = nodeReds.both;
      return hand(index % 2 ? second : first, { to: "990324203", text: job, job });
    });
    assert.ok((await Promise.all(given)).every(Boolean));
    const [first, second] = await untilEmitted(jobs);
    const numbers = (some: readonly { job?: unknown }[]) => some.map(({ job }) => jobs.indexOf(String(job)) % 2);
    assert.deepEqual(numbers(first), Array<number>(20).fill(0));
    assert.deepEqual(numbers(second), Array<number>(20).fill(1));
    assert.equal(sandbox.messages().filter(({ text }) => text.startsWith("job ")).length, jobs.length);
  });

  it("list the same messages, and what is decided in one comes out of the one that took the message", async () => {
    const [first, second] = nodeReds.both;
    sandbox.misbehave({ kind: "reset-after-read" });
    await hand(first, { to: "990324203", text: "In doubt", job: "doubt" });
    await untilEmitted(["doubt"]);
    const admin = `${second.url}messaging/outbox/outbox`;
    const listed = (await (await fetch(`${admin}/messages?state=uncertain`)).json()) as { messages: { id: string }[] };
    assert.equal(listed.messages.length, 1);
    const body = JSON.stringify({ action: "accept" });
    const headers = { "content-type": "application/json" };
    const decided = await fetch(`${admin}/messages/${listed.messages[0]?.id}`, { method: "POST", headers, body });
    assert.equal(decided.status, 200);
    const [ofFirst] = await untilEmitted(["doubt", "doubt"]);
    assert.equal((ofFirst[1]?.payload as { revised?: true }).revised, true);
  });

  it("tell nobody the connection string", async () => {
    const flows = JSON.parse(await readFile(join(nodeReds.both[0].userDir, "flows.json"), "utf8")) as { id: string }[];
    const wrong = connectionString.replace(encodeURIComponent(PASSWORD), "other-canary");
    const credentials = { outbox: { connectionString: wrong } };
    const locked = await NodeRedProcess.start({ flows, credentials });
    try {
      await locked.shows(/refused the user or the password/);
      assert.equal(await hand(locked, { to: "990324203", text: "x" }), false);
      for (const { url, output } of [locked, ...nodeReds.both]) {
        const replies = await Promise.all(REPLIES.map(async (path) => (await fetch(`${url}${path}`)).text()));
        for (const text of [output, ...replies]) {
          assert.doesNotMatch(text, /canary|owner|postgres:\/\//);
          assert.ok(!text.includes(new URL(connectionString).host), "it tells the host");
        }
      }
      assert.equal(complaints(locked).length, 1);
    } finally {
      await locked.stop();
    }
  });

  it("can be tried with the example flow", async function () {
    this.timeout(150_000);
    const example = await readFile(join(import.meta.dirname, "../../examples/outbox-postgres.json"), "utf8");
    const flows = (JSON.parse(example) as { id: string; type: string; name?: string }[]).map((node) =>
      node.type === "debug" ? { ...node, console: true } : node,
    );
    const idOf = (type: string, name?: string) =>
      flows.find((node) => node.type === type && (name === undefined || node.name === name))?.id ?? "";
    const credentials = { [idOf("messaging-outbox")]: { connectionString: await server.database() } };
    const one = await NodeRedProcess.start({ flows, credentials });
    try {
      const press = (name: string) => fetch(`${one.url}inject/${idOf("inject", name)}`, { method: "POST" });
      await press("The same alarm");
      await one.shows(/result\][^]*SMS to \+56990324203: accepted\s/, WAIT_MS);
      await press("The same alarm");
      await one.shows(/SMS to \+56990324203: accepted, not sent again/, WAIT_MS);
      await press("A hundred SMS");
      await one.shows(/SMS to \+56990300100: accepted/, WAIT_MS);
      assert.doesNotMatch(one.output, /\[(warn|error)\] \[/);
    } finally {
      await one.stop();
    }
  });

  it("have had nothing to complain of", () => {
    assert.deepEqual(nodeReds.both.flatMap(complaints), []);
  });
});
