import { strict as assert } from "node:assert";
import { HttpClient } from "../../src/http.ts";
import type { HttpRequest, Limits } from "../../src/http-request.ts";
import type { Account } from "../../src/sending/account.ts";
import { sharedStop } from "../../src/sending/signals.ts";
import { bulk, numbers, single, takes, withServer, type Answer } from "../support/delivering.ts";
import { promisesKept, Traces } from "../support/kept.ts";
import { rawServer, reply, type Behaviour, type RawServer } from "../support/raw-server.ts";

const TIMES = 40;

const ended = (work: Promise<object>) =>
  work.then(
    (result) => result,
    (thrown: unknown) => thrown as object,
  );

describe("of a request that has ended, nothing is kept", () => {
  let server: RawServer;
  let client: HttpClient;

  async function start(behaviour: Behaviour): Promise<void> {
    server = await rawServer(behaviour);
    client = new HttpClient({ connections: 4 });
  }

  afterEach(async () => {
    await client.close();
    await server.close();
  });

  /** Sends requests a few at a time, with whatever end. */
  async function send(traces: Traces, limits: Limits = { timeoutMs: 10_000 }): Promise<void> {
    for (let index = 0; index < TIMES; index += 4) {
      await Promise.all(
        [0, 1, 2, 3].map(async (place) => {
          const body = `number=${index + place}`;
          const request: HttpRequest = { operation: "send", method: "POST", url: `${server.url}/send`, body };
          const sending = client.send(traces.of("request", request), traces.of("limits", { ...limits }));
          traces.of("end", await ended(traces.of("promise", sending)));
        }),
      );
    }
  }

  it("after a reply", async () => {
    await start({ onRequest: (socket) => void socket.write(reply(200, '{"id":"1"}')) });
    const traces = new Traces();
    await send(traces);
    assert.deepEqual([traces.size, await traces.kept()], [4 * TIMES, {}]);
  });

  it("after a refusal", async () => {
    await start({ onRequest: (socket) => void socket.write(reply(503, "busy")) });
    const traces = new Traces();
    await send(traces);
    assert.deepEqual(await traces.kept(), {});
  });

  it("after a connection that broke", async () => {
    await start({ onRequest: (socket) => void socket.destroy() });
    const traces = new Traces();
    await send(traces);
    assert.deepEqual(await traces.kept(), {});
  });

  it("after its time was over", async () => {
    await start({});
    const traces = new Traces();
    await send(traces, { timeoutMs: 20 });
    assert.deepEqual(await traces.kept(), {});
  });

  it("however long the signal lives that could have ended it", async () => {
    await start({ onRequest: (socket) => void socket.write(reply(200, "{}")) });
    const traces = new Traces();
    const { signal } = sharedStop();
    await send(traces, { timeoutMs: 10_000, signal });
    assert.deepEqual(await traces.kept(), {});
    assert.equal(signal.aborted, false);
  });

  it("and no promise of its way", async () => {
    await start({ onRequest: (socket) => void socket.write(reply(200, "{}")) });
    await send(new Traces());
    const kept = await promisesKept(() => send(new Traces()));
    assert.ok(kept < TIMES / 4, `${kept} promises of ${TIMES} requests`);
  });
});

describe("of a send that has ended, its account keeps nothing", () => {
  const ends: [how: string, answer: Answer][] = [
    ["when all were taken", takes],
    ["when it failed", (response) => void response.writeHead(400).end("{}")],
    ["when nobody knows its end", (response) => void response.destroy()],
  ];
  const { signal } = sharedStop();

  async function deliver(account: Account, traces: Traces): Promise<void> {
    for (let index = 0; index < TIMES; index++) {
      const onState = traces.of("onState", () => undefined);
      const call = traces.of("call", { signal, stop: signal, onState });
      const list = traces.of("list", numbers(3));
      traces.of("end of a bulk", await ended(bulk(account, list, call)));
      traces.of("end of a single send", await ended(single(account, list[0])));
    }
  }

  async function perform(account: Account, traces: Traces): Promise<void> {
    for (let index = 0; index < TIMES; index++) {
      const work = account.perform({ signal }, async (session) => {
        traces.of("session", session);
        const request = { operation: "send", method: "POST", url: `${session.baseUrl}/send`, body: "[]" } as const;
        return traces.of("reply", await session.request(traces.of("request", request)));
      });
      traces.of("end", await ended(work));
    }
  }

  for (const [how, answer] of ends) {
    it(`${how}, by deliver and by perform`, async () => {
      await withServer(answer, async ({ account, chunks }) => {
        const traces = new Traces();
        await deliver(account, traces);
        await perform(account, traces);
        chunks.length = 0;
        assert.ok(traces.size > 5 * TIMES);
        assert.deepEqual(await traces.kept(), {});
      });
    }).timeout(60_000);
  }

  it("not even a promise", async () => {
    await withServer(takes, async ({ account }) => {
      await deliver(account, new Traces());
      const kept = await promisesKept(() => deliver(account, new Traces()));
      assert.ok(kept < TIMES / 4, `${kept} promises of ${TIMES} sends`);
    });
  });
});
