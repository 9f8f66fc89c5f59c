import { strict as assert } from "node:assert";
import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareUserDir } from "../../demo/user-dir.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";
import { call, get, postForm, postJson, SECRET, stall, WEBHOOK_PATH, type Answer } from "../support/webhook.ts";

/** A webhook whose reports and messages Node-RED writes to its console, and an http-in that is its neighbour. */
const FLOW = [
  { id: "tab", type: "tab", label: "Test" },
  {
    id: "webhook",
    z: "tab",
    x: 1,
    y: 1,
    type: "webhook-in",
    provider: "connectus",
    path: WEBHOOK_PATH,
    wires: [["said"], []],
  },
  ...["said"].map((id) => ({
    id,
    z: "tab",
    x: 1,
    y: 1,
    type: "debug",
    active: true,
    console: true,
    complete: "payload.id",
    targetType: "msg",
    wires: [],
  })),
  {
    id: "in",
    z: "tab",
    x: 1,
    y: 1,
    type: "http in",
    url: `/${WEBHOOK_PATH}/neighbour`,
    method: "post",
    wires: [["echo"]],
  },
  { id: "asleep", z: "tab", x: 1, y: 1, d: true, type: "webhook-in", path: "asleep", maxBodyKB: "64", wires: [[], []] },
  { id: "echo", z: "tab", x: 1, y: 1, type: "http response", statusCode: "200", wires: [] },
];

const JSON_TYPE = { "content-type": "application/json" };

describe("a webhook in a whole Node-RED", function () {
  this.timeout(60_000);
  let red: NodeRedProcess;

  /** `settings` is JavaScript that may change `module.exports`; `module` is that of a node besides ours. */
  async function start(settings = "", module = ""): Promise<void> {
    red = await NodeRedProcess.start({
      flows: FLOW,
      prepare: async (userDir) => {
        await prepareUserDir(userDir, join(userDir, "flows.json"));
        await writeFile(
          join(userDir, "flows_cred.json"),
          JSON.stringify({ webhook: { secret: SECRET }, asleep: { secret: "of the disabled one" } }),
        );
        await appendFile(join(userDir, "settings.js"), settings);
        await mkdir(join(userDir, "nodes"));
        await writeFile(join(userDir, "nodes", "other.js"), `module.exports = (RED) => {${module}};`);
        await writeFile(join(userDir, "nodes", "other.html"), "");
      },
    });
  }

  afterEach(() => red.stop());

  const address = (secret = SECRET, root = "") => `${red.url}${root}${WEBHOOK_PATH}/${secret}`;
  const report = (id: string, url = address(), headers: Record<string, string> = {}): Promise<Answer> =>
    postJson(url, { id_sms: id, status: "ENTREGADO" }, headers);

  async function taken(id: string, url?: string, headers?: Record<string, string>): Promise<void> {
    assert.equal((await report(id, url, headers)).status, 200);
    await red.shows(new RegExp(`\\b${id}\\b`));
  }

  it("holds its limits though the editor's API parses every body first, and leaves its neighbours alone", async () => {
    await start();
    await taken("as-json");
    assert.equal((await postForm(address(), { id_sms: "as-form", status: "ENTREGADO" })).status, 200);
    assert.equal((await get(address(), { id_sms: "as-query", status: "ENTREGADO" })).status, 200);
    await red.shows(/as-form/);
    await red.shows(/as-query/);
    assert.equal((await postJson(address(), { id_sms: "1", status: "x".repeat(70_000) })).status, 413);
    assert.equal((await postJson(address(), '{"id_sms":"1","status":"SENT","__proto__":{}}')).status, 400);
    assert.equal((await postJson(address(), "{")).status, 400);
    assert.equal(
      (await call(address(), { headers: { ...JSON_TYPE, "content-encoding": "gzip" }, body: "x" })).status,
      415,
    );

    const { socket, ended } = stall(address("wrong"), { ...JSON_TYPE, "content-length": "1000000" });
    const first = await new Promise<string>((settle) =>
      socket.once("data", (chunk: Buffer) => settle(chunk.toString())),
    );
    assert.match(first, /^HTTP\/1\.1 404 /);
    socket.destroy();
    await ended;

    const echo = await postJson(`${red.url}${WEBHOOK_PATH}/neighbour`, { hello: "neighbour" });
    assert.deepEqual([echo.status, JSON.parse(echo.text)], [200, { hello: "neighbour" }]);
    assert.equal((await fetch(red.url)).status, 200);
    assert.ok(!red.output.includes(SECRET));
  });

  it("lets authentication and middleware have their say before it reads anything", async () => {
    await start(`
      module.exports.httpNodeRoot = "/nodes";
      module.exports.httpNodeAuth = (request, response, next) =>
        request.headers.authorization === "let me in" ? next() : response.sendStatus(401);
      module.exports.httpNodeMiddleware = [(request, response, next) => {
        if (request.body !== undefined || request.readableEnded) return next(new Error("the body was read"));
        if (request.headers["x-fault"] === "throw") throw new Error("a fault");
        if (request.headers["x-fault"] === "reject") return Promise.reject(new Error("a fault"));
        if (request.headers["x-fault"] === "status") return next(Object.assign(new Error("no"), { status: 403 }));
        if (request.headers["x-fault"] === "answer") return response.status(402).end();
        setTimeout(next, 10);
      }];
    `);
    const url = address(SECRET, "nodes/");
    const auth = { authorization: "let me in" };
    assert.equal((await report("1", url)).status, 401);
    assert.equal((await report("1", address("wrong", "nodes/"))).status, 401);
    assert.equal((await report("1", address("wrong", "nodes/"), auth)).status, 404);
    assert.equal((await report("1", address(), auth)).status, 404);
    const faults = { throw: 500, reject: 500, status: 403, answer: 402 };
    for (const [fault, status] of Object.entries(faults)) {
      assert.equal((await report("1", url, { ...auth, "x-fault": fault })).status, status, fault);
    }
    await taken("let-in", url, auth);
    assert.ok(!red.output.includes(SECRET));
  });

  it("goes no shorter way where somebody else's middleware comes first", async () => {
    await start(`
      module.exports.httpAdminMiddleware = (request, response, next) =>
        request.headers["x-guest"] === undefined ? next() : response.status(403).end();
    `);
    await taken("known");
    assert.equal((await report("guest", address(), { "x-guest": "1" })).status, 403);
  });

  it("goes the shorter way in a Node-RED that has only what is its own, whose Express would sign the answer", async () => {
    await start(`module.exports.httpServerOptions = { "x-powered-by": true };`);
    const signature = async (url: string) => (await fetch(url, { method: "POST" })).headers.get("x-powered-by");
    assert.equal(await signature(`${red.url}${WEBHOOK_PATH}/neighbour`), "Express");
    assert.equal(await signature(address()), null);
  });

  for (const ask of ["use(", 'all("*", ']) {
    it(`goes no shorter way where a node of another package asks first, with RED.httpAdmin.${ask}…)`, async () => {
      const guard = `(request, response, next) =>
        request.headers["x-guest"] === undefined ? next() : response.status(403).end()`;
      await start("", `RED.httpAdmin.${ask}${guard});`);
      await taken("known");
      assert.equal((await report("guest", address(), { "x-guest": "1" })).status, 403);
    });
  }

  it("tells when it was called last to who may read, and its secret only to who may write", async () => {
    await start(`
      module.exports.adminAuth = {
        type: "credentials",
        users: [],
        tokens: async (token) => ({ username: token, permissions: token === "writer" ? "*" : "read" }),
      };
    `);
    const ask = async (token: string, below = "") => {
      const headers: Record<string, string> = token === "" ? {} : { authorization: `Bearer ${token}` };
      const reply = await fetch(`${red.url}messaging/webhook-in/${below}`, { headers });
      return { status: reply.status, text: await reply.text() };
    };
    assert.deepEqual(JSON.parse((await ask("reader", "webhook")).text), { listening: true, lastCallbackAt: null });
    await taken("one");
    const { lastCallbackAt } = JSON.parse((await ask("reader", "webhook")).text) as { lastCallbackAt: string };
    assert.ok(Date.now() - Date.parse(lastCallbackAt) < 10_000);
    assert.equal((await ask("", "webhook")).status, 401);
    assert.equal((await ask("", "webhook/secret")).status, 401);
    const refused = await ask("reader", "webhook/secret");
    assert.equal(refused.status, 401);
    assert.deepEqual(await ask("reader", "nobody"), { status: 200, text: "{}" });
    assert.deepEqual(JSON.parse((await ask("writer", "webhook/secret")).text), { secret: SECRET });
    // One that does not run has a secret too, which a new one must not replace unseen.
    assert.deepEqual(JSON.parse((await ask("writer", "asleep/secret")).text), { secret: "of the disabled one" });
    assert.equal((await ask("reader", "asleep/secret")).status, 401);

    const readable = ["flows", "credentials/webhook-in/webhook", "nodes", "settings"];
    for (const path of readable) {
      const reply = await fetch(red.url + path, {
        headers: { authorization: "Bearer reader", accept: "application/json" },
      });
      assert.ok(!(await reply.text()).includes(SECRET), path);
    }
    assert.ok(!refused.text.includes(SECRET) && !red.output.includes(SECRET));
  });
});
