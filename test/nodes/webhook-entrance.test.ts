import { strict as assert } from "node:assert";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeAPI } from "node-red";
import { clearWay } from "../../nodes/webhook-in/clear-way.ts";
import { Entrance, type Hook } from "../../nodes/webhook-in/entrance.ts";
import type { App, Handler } from "../../nodes/webhook-in/layers.ts";
import { SecretSet } from "../../src/webhook/secret.ts";
import { call } from "../support/webhook.ts";

type ExpressApp = App &
  RequestListener & { use(path: string, app: App): unknown; get(path: string, handler: Handler): unknown };

const express = createRequire(createRequire(import.meta.url).resolve("node-red"))("express") as () => ExpressApp;

describe("the entrance of webhooks", () => {
  let root: ExpressApp;
  let nodes: ExpressApp;
  let entrance: Entrance;
  let server: Server;
  let url: string;
  /** Ends a deploy. */
  let settle: () => void;

  beforeEach(async () => {
    root = express();
    nodes = express();
    server = createServer(root).listen(0, "127.0.0.1");
    await new Promise((settle) => server.once("listening", settle));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    settle = () => undefined;
    entrance = new Entrance(nodes, (made) => (settle = made));
  });
  afterEach(() => new Promise((settle) => server.close(settle)));

  function hook(path: string, secret: string, text = "taken"): Hook {
    return { id: text, path, secrets: new SecretSet([secret]), take: (_request, response) => void response.end(text) };
  }
  const get = async (path: string) => {
    const { status, text } = await call(url + path, { method: "GET" });
    return `${status} ${text.split("\n", 1)[0]}`;
  };

  it("never lets a request that is on its way skip a step, such as authentication, when a webhook comes or goes", async () => {
    const steps: string[] = [];
    const step =
      (name: string): Handler =>
      (_request, _response, next) => {
        steps.push(name);
        setTimeout(next, 100);
      };
    root.use(step("slow"));
    root.use(step("authentication"));
    root.use("/", nodes);
    nodes.get("/page", (_request, response) => void response.end("page"));
    const own = hook("in", "secret");
    entrance.open(own);
    const asked = get("/page");
    await sleep(50);
    entrance.close(own);
    assert.equal(await asked, "200 page");
    assert.deepEqual(steps, ["slow", "authentication"]);

    const again = get("/page");
    await sleep(50);
    entrance.open(own);
    assert.equal(await again, "200 page");
    assert.deepEqual(steps.slice(2), ["slow", "authentication"]);
    entrance.close(own);
  });

  it("comes before a route that would take everything, but only with the right secret", async () => {
    root.use("/nodes/", nodes);
    nodes.get("/:a/:b", (_request, response) => void response.end("a route of its own"));
    entrance.open(hook("in", "secret"));
    assert.equal(await get("/nodes/in/secret"), "200 taken");
    assert.equal(await get("/nodes/in/wrong"), "200 a route of its own");
    assert.equal(await get("/nodes/other/secret"), "200 a route of its own");
    assert.equal(await get("/in/secret"), "404 <!DOCTYPE html>");
  });

  it("asks those to come again who call while a deploy makes its node anew, and nobody after that", async () => {
    root.use("/", nodes);
    const before = hook("in", "secret");
    entrance.open(before);
    entrance.close(before, { returns: true });
    assert.deepEqual([await get("/in/secret"), await get("/in/wrong")], ["503 restarting", "404 Not Found"]);
    const after = { ...hook("in", "secret", "again"), id: before.id };
    assert.ok(entrance.open(after));
    assert.equal(await get("/in/secret"), "200 again");
    settle();
    assert.equal(await get("/in/secret"), "200 again");
    entrance.close(after, { returns: true });
    settle();
    assert.equal(await get("/in/secret"), "404 <!DOCTYPE html>");
  });

  it("lets no other route answer a request with the right secret", async () => {
    root.use((request, response, next) =>
      /^\/flow\/|^\/nodes\/flow\//.test(request.url ?? "") ? void response.end("the editor's") : next(),
    );
    root.use("/nodes", nodes);
    const seen: (string | undefined)[] = [];
    const own = hook("flow", "secret");
    entrance.open({
      ...own,
      take(request, response) {
        seen.push(request.url);
        own.take(request, response);
      },
    });
    assert.equal(await get("/nodes/flow/secret?id=1"), "200 taken");
    assert.deepEqual(seen, ["/flow/secret?id=1"]);
    assert.equal(await get("/nodes/flow/wrong"), "200 the editor's");
    assert.equal(await get("/flow/secret"), "200 the editor's");
  });

  it("lets a guard that a module put before all of the editor's application have its say, and goes past its own folders", async () => {
    const editor = express();
    const around = express();
    // As Node-RED has them: its editor, its API, and the application that it gives to modules.
    for (const app of [express(), express(), editor]) around.use("/", app);
    root.use("/", around);
    root.use("/", nodes);
    const RED = { settings: {}, httpAdmin: editor } as unknown as NodeAPI;
    // It remembers what it saw last: a guard that comes later must be seen all the same.
    const isClear = clearWay(RED, nodes);
    entrance = new Entrance(nodes, () => undefined, isClear);
    entrance.open(hook("in", "secret"));
    const isFree = () => isClear(root, root._router?.stack[0]?.handle);
    editor.use("/dashboard", express());
    editor.get("/in", (_request, response) => void response.end("a page"));
    assert.equal(await get("/in/secret"), "200 taken");
    assert.equal(isFree(), true);
    editor.use((_request, response) => void Object.assign(response, { statusCode: 403 }).end("guard"));
    assert.equal(await get("/in/secret"), "403 guard");
    assert.equal(isFree(), false);
  });

  it("tells several webhooks apart by path and secret, and lets each go by itself", async () => {
    root.use("/", nodes);
    const first = hook("in", "first", "first");
    const second = hook("in", "second", "second");
    const deep = hook("in/deep", "first", "deep");
    assert.ok(entrance.open(first) && entrance.open(second) && entrance.open(deep));
    assert.equal(entrance.open(hook("in", "second")), false);
    assert.deepEqual(
      [await get("/in/first"), await get("/in/second"), await get("/in/deep/first"), await get("/in/deep")],
      ["200 first", "200 second", "200 deep", "404 Not Found"],
    );
    entrance.close(first);
    assert.deepEqual([await get("/in/first"), await get("/in/second")], ["404 Not Found", "200 second"]);
    entrance.close(second);
    entrance.close(deep);
    assert.equal(await get("/in/second"), "404 <!DOCTYPE html>");
  });
});
