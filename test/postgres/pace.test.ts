import { strict as assert } from "node:assert";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { smsDrafts } from "../../src/message.ts";
import { accountSender } from "../../src/outbox/account-sender.ts";
import { Outbox } from "../../src/outbox/outbox.ts";
import { PostgresStore } from "../../src/outbox/postgres/postgres-store.ts";
import { routeSender } from "../../src/outbox/route-sender.ts";
import { connectus } from "../../src/providers/connectus/index.ts";
import { Account } from "../../src/sending/account.ts";
import { Route } from "../../src/sending/route.ts";
import { startPostgres, type PostgresServer } from "../outbox/postgres-server.ts";
import { until } from "../outbox/setting.ts";

/** What a provider saw of an account. */
interface Seen {
  now: number;
  most: number;
  requests: number;
}

/** As one process: accounts of its own, two routes through them in opposite orders, and an outbox. */
class Process {
  readonly outbox: Outbox;
  readonly #accounts: Account[];

  constructor(connectionString: string, url: string) {
    const [a, b] = (this.#accounts = ["A", "B"].map((id) => {
      const settings = { name: id, id, baseUrl: `${url}/${id}`, concurrency: 1 };
      return new Account(connectus, settings, { accountId: "a", apiKey: "k" });
    })) as [Account, Account];
    const route = (...accounts: Account[]) => {
      const settings = {
        name: "r",
        strategy: "failover",
        failoverOnRejected: false,
        turns: new Map<string, number>(),
      } as const;
      const members = accounts.map((account) => ({ account, prefixes: [] }));
      return routeSender(new Route(settings, members));
    };
    const senders = new Map([
      ["A", accountSender(a)],
      ["AB", route(a, b)],
      ["BA", route(b, a)],
    ]);
    this.outbox = new Outbox(new PostgresStore({ connectionString, maxMessages: 1000 }), {
      onUnknown: "hold",
      sender: async (target) => senders.get(target) ?? assert.fail(target),
      onTrouble: () => undefined,
    });
  }

  put(target: string, text: string) {
    const drafts = smsDrafts("+56990000077", text, "CL");
    const about = { node: "node", target, provider: "connectus", account: target, channel: "sms" } as const;
    return this.outbox.put({ ...about, drafts, total: 1, options: {}, properties: {} });
  }

  async close(): Promise<void> {
    await Promise.all([this.outbox.close(), ...this.#accounts.map((account) => account.close())]);
  }
}

describe("two outboxes on the same PostgreSQL that reach the same accounts by different ways", function () {
  this.timeout(90_000);
  let postgres: PostgresServer;
  let provider: Server;
  let processes: Process[];
  const seen = new Map<string, Seen>();
  const taken: string[] = [];

  before(async () => {
    postgres = await startPostgres();
    provider = createServer((request, response) => {
      const url = new URL(request.url ?? "", "http://provider");
      const account = url.pathname.split("/")[1] ?? "";
      const of = seen.get(account) ?? { now: 0, most: 0, requests: 0 };
      seen.set(account, of);
      of.now += 1;
      of.requests += 1;
      of.most = Math.max(of.most, of.now);
      const isRefused = of.requests % 3 === 0;
      void delay(30).then(() => {
        of.now -= 1;
        if (!isRefused) taken.push(url.searchParams.get("sms_content") ?? "");
        response.writeHead(isRefused ? 503 : 200, { "content-type": "application/json", "retry-after": "0" });
        response.end(JSON.stringify({ id_sms: String(taken.length) }));
      });
    });
    await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
    const { port } = provider.address() as AddressInfo;
    const connectionString = await postgres.database();
    processes = [1, 2].map(() => new Process(connectionString, `http://127.0.0.1:${port}`));
    await Promise.all(processes.map(({ outbox }) => outbox.open()));
  });
  after(async () => {
    await Promise.all(processes.map((one) => one.close()));
    provider.closeAllConnections();
    provider.close();
    await postgres.stop();
  });

  it("keep to the limits of each account together, and wait for each other without an end to it", async () => {
    const texts = Array.from({ length: 36 }, (_, index) => `message ${index}`);
    const targets = ["AB", "BA", "A"];
    const puts = texts.map(async (text, index) => processes[index % 2]?.put(targets[index % 3] ?? "", text));
    await Promise.all(puts);
    await until(() => taken.length >= texts.length, 60_000);
    assert.deepEqual([...new Set(taken)].sort(), [...texts].sort());
    assert.equal(taken.length, texts.length);
    assert.deepEqual([seen.get("A")?.most, seen.get("B")?.most], [1, 1]);
    assert.ok((seen.get("B")?.requests ?? 0) > 5, "nothing went on to the other account");
  });
});
