import { strict as assert } from "node:assert";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { desksOfEachTest, refuses, takes, type Desk } from "../support/desk.ts";
import { member, NUMBER, numbers, routeOf, sendBy } from "../support/route-of-desks.ts";
import { failure } from "../support/failure.ts";

describe("a route with an account in trouble", () => {
  const silent: Server[] = [];
  const sockets: Socket[] = [];
  const open = desksOfEachTest();

  afterEach(() => {
    for (const server of silent.splice(0)) server.close();
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  /** An account whose server accepts connections, but never answers the TLS handshake. */
  async function openSilent(name: string, more: Parameters<typeof open>[1] = {}): Promise<Desk> {
    const server = createTcpServer((socket) => void sockets.push(socket));
    silent.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return open(name, { baseUrl: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, ...more });
  }

  it("gives up waiting for a connection soon where there is another account", async () => {
    const [main, reserve] = [await openSilent("Main"), await open("Reserve")];
    const started = performance.now();
    const { account } = await sendBy(routeOf([member(main), member(reserve)]), NUMBER, { budgetMs: 6000 });
    assert.equal(account, "Reserve");
    assert.ok(performance.now() - started < 5900, `${performance.now() - started} ms`);
  });

  it("gives all accounts together the time of one", async () => {
    const [main, reserve] = [await openSilent("Main"), await open("Reserve")];
    reserve.answer = () => undefined;
    const started = performance.now();
    const by = routeOf([member(main), member(reserve)]);
    assert.equal((await failure(sendBy(by, NUMBER, { budgetMs: 2000 }))).cause.outcome, "unknown");
    assert.ok(performance.now() - started < 3900, `${performance.now() - started} ms`);
  });

  it("lets those who wait for a turn go elsewhere as soon as an account is known to fail", async () => {
    const [main, reserve] = [await openSilent("Main", { concurrency: 2 }), await open("Reserve")];
    const by = routeOf([member(main), member(reserve)]);
    const started = performance.now();
    const results = await Promise.all(numbers(40).map((number) => sendBy(by, number, { budgetMs: 1000 })));
    assert.ok(results.every(({ account }) => account === "Reserve"));
    assert.ok(performance.now() - started < 12_000, `${performance.now() - started} ms`);
  });

  it("brings those who lost their turn back when no other account takes them", async () => {
    const [main, reserve] = [await open("Main", { concurrency: 1 }), await open("Reserve")];
    let asked = 0;
    main.answer = (response, messages) => (asked++ < 10 ? refuses(401) : takes)(response, messages);
    reserve.answer = refuses(402);
    const by = routeOf([member(main), member(reserve)]);
    const results = await Promise.allSettled(numbers(15).map((number) => sendBy(by, number)));
    const taken = results.filter((result) => result.status === "fulfilled" && result.value.account === "Main");
    assert.equal(taken.length, 5);
  });

  it("waits for the answer to what was written, although there is another account", async () => {
    const main = await open("Main");
    const reserve = await open("Reserve");
    main.answer = (response, messages) => void setTimeout(() => takes(response, messages), 600);
    assert.equal((await sendBy(routeOf([member(main), member(reserve)]), NUMBER, { budgetMs: 800 })).account, "Main");
    assert.equal(reserve.requests.length, 0);
  });

  it("lets what waits for a turn go elsewhere when its account dies: 100 at once, none lost or doubled", async () => {
    const main = await open("Main", { concurrency: 5 });
    const reserve = await open("Reserve");
    const by = routeOf([member(main), member(reserve)]);
    let answered = 0;
    main.answer = (response, messages) => {
      if (answered++ === 20) main.shut();
      else takes(response, messages);
    };
    const all = numbers(100);
    const results = await Promise.allSettled(all.map((number) => sendBy(by, number)));
    const taken = [...main.requests, ...reserve.requests].flat();
    assert.deepEqual([...new Set(taken)].sort(), [...taken].sort(), "nobody is sent to twice");
    const doubtful = results.filter(({ status }) => status === "rejected").length;
    assert.ok(doubtful <= 5, `${doubtful} in doubt, of 5 on their way`);
    const accepted = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.account] : []));
    assert.equal(accepted.length + doubtful, 100);
    assert.ok(accepted.filter((account) => account === "Reserve").length >= 70);
    assert.deepEqual(by.skipped, ["Main"]);
  });
});
