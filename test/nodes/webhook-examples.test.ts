import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { prepareUserDir } from "../../demo/user-dir.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";

const folder = resolve(import.meta.dirname, "..", "..", "examples");

interface ExampleNode {
  id: string;
  type: string;
  name?: string;
}

describe("the example flows that hear back", function () {
  this.timeout(60_000);
  let red: NodeRedProcess;
  let flow: ExampleNode[];

  /** Imports an example as it is, but for some properties of the nodes of some types. */
  async function run(file: string, changes: Record<string, object> = {}, settings = ""): Promise<void> {
    const nodes = JSON.parse(readFileSync(join(folder, file), "utf8")) as ExampleNode[];
    flow = nodes.map((node) => ({ ...node, ...changes[node.type] }));
    red = await NodeRedProcess.start({
      flows: flow,
      prepare: async (userDir) => {
        await prepareUserDir(userDir, join(userDir, "flows.json"));
        await appendFile(join(userDir, "settings.js"), settings);
      },
    });
  }

  afterEach(() => red.stop());

  async function press(name: string): Promise<void> {
    const node = flow.find((one) => one.type === "inject" && one.name === name) ?? assert.fail(name);
    assert.equal((await fetch(`${red.url}inject/${node.id}`, { method: "POST" })).status, 200);
  }

  it("make the round trip: question out, report in with its context, answer in, thanks out", async () => {
    await run("round-trip.json");
    await press("Ask");
    await red.shows(/\[debug:sent\]\s+[0-9a-f]{32}/);
    await red.shows(/\[debug:delivery report\]\s+delivered \(pump 7\)/);
    await red.shows(/\[debug:a person wrote\]\s+OK/);
    await red.shows(/\[debug:answered\]\s+\+56990320011/);
    assert.ok(!/\[(warn|error)\] \[/.test(red.output), "no node has warned");
  });

  it("make it past a login for HTTP nodes, which nobody else passes without", async () => {
    await run(
      "round-trip.json",
      {},
      `module.exports.httpNodeAuth = (request, response, next) => response.sendStatus(401);`,
    );
    await press("Ask");
    await red.shows(/\[debug:delivery report\]\s+delivered \(pump 7\)/);
    const forged = await fetch(`${red.url}messaging/webhook/x`, { headers: { "x-messaging-sandbox": "x" } });
    assert.equal(forged.status, 401);
  });

  it("tell which middleware refuses what the sandbox calls", async () => {
    await run(
      "round-trip.json",
      {},
      `module.exports.httpNodeMiddleware = (request, response) => response.sendStatus(403);`,
    );
    await press("Ask");
    await red.shows(/The sandbox's callbacks do not arrive: they were answered with 403\. httpNodeMiddleware/);
  });

  it("ask, and take an answer in time or ask the next", async () => {
    await run("ask-and-answer.json", { trigger: { duration: "8" } });
    await press("Ask one who answers");
    await red.shows(/\[debug:goes there\]\s+\+56990320011/);
    await press("Ask one who does not");
    await red.shows(/\[debug:no answer in time\]\s+\+56990324203/);
    assert.ok(!/no answer in time\]\s+\+56990320011/.test(red.output));
  });

  it("escalate at once where the push is refused, as for a number that has no app", async () => {
    await run("escalate-on-silence.json", {
      inject: {
        props: [
          { p: "to", v: "+56990320009", vt: "str" },
          { p: "mail", v: "night-shift@example.com", vt: "str" },
          { p: "alarm", v: "Tank 3 is above its limit.", vt: "str" },
        ],
      },
    });
    await press("Somebody looks");
    await red.shows(/\[debug:delivered\]\s+sms/);
  });

  it("escalate from push to SMS to e-mail where nothing is delivered in time, and not where it is", async () => {
    await run("escalate-on-silence.json", { "check-status": { withinSeconds: "4" } });
    await press("Somebody looks");
    await red.shows(/\[debug:delivered\]\s+push/);
    await press("Nobody looks");
    await red.shows(/\[debug:went as e-mail\]\s+[0-9a-f]{32}/);
    assert.equal(red.output.match(/went as e-mail/g)?.length, 1);
  });
});
