import { strict as assert } from "node:assert";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { RunningFlow, type FlowNode } from "../support/node-red.ts";
import { Front, get, SECRET, webhookFlow, WEBHOOK_CREDENTIALS } from "../support/webhook.ts";

const TAKEN = {
  transactionId: "r-1",
  smsInserted: 1,
  smsNotInserted: 0,
  sms: [{ id: 7, to: "393471234567", status: "INSERTED" }],
};

/** A provider that takes every SMS and repeats what it was told, or refuses it with these words. */
class Provider {
  readonly requests: URLSearchParams[] = [];
  refuses = false;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const asked = new URLSearchParams(body);
        this.requests.push(asked);
        const callback = asked.get("statusCallback");
        const refusal = { errorCode: 400, errorMsg: `BAD_CALLBACK: ${callback} is none` };
        response.writeHead(this.refuses ? 400 : 200, { "content-type": "application/json" });
        response.end(JSON.stringify(this.refuses ? refusal : { ...TAKEN, callback }));
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((settle) => this.#server.listen(0, "127.0.0.1", settle));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((settle) => this.#server.close(() => settle()));
  }
}

describe("the public address of a webhook", () => {
  let provider: Provider;
  let flow: RunningFlow;

  async function start(more: Record<string, unknown>, ...nodes: FlowNode[]): Promise<void> {
    provider = new Provider();
    const account = { id: "italy", type: "smshosting-account", name: "Italy", baseUrl: await provider.start() };
    const send = {
      id: "send",
      type: "send-sms",
      z: "tab",
      provider: "smshosting",
      smshosting: "italy",
      errorOutput: true,
      outputs: 2,
      wires: [["sent"], ["failed"]],
    };
    const helpers = ["sent", "failed"].map((id) => ({ id, type: "helper", z: "tab", wires: [] }));
    const webhook = webhookFlow({ provider: "smshosting", smshosting: "italy", ...more });
    flow = await RunningFlow.start([...webhook, account, send, ...helpers, ...nodes], {
      ...WEBHOOK_CREDENTIALS,
      italy: { authKey: "key-of-italy", authSecret: "secret-of-italy" },
    });
  }

  afterEach(async () => {
    await flow.stop();
    await provider.stop();
  });

  const message = () => ({ to: "393471234567", payload: "x" });

  it("goes to a provider with each SMS, and its secret nowhere else", async () => {
    await start({ publicUrl: "https://example.com/red/" });
    flow.send("send", message());
    const sent = JSON.stringify((await flow.first("sent")).payload);
    const url = `https://example.com/red/messaging/webhook/${SECRET}`;
    assert.equal(provider.requests[0]?.get("statusCallback"), url);
    assert.match(sent, /https:\/\/example\.com\/red\/messaging\/webhook\/\[redacted\]/);
    assert.ok(!sent.includes(SECRET));

    provider.refuses = true;
    flow.send("send", message());
    const { error } = (await flow.first("failed")) as { error?: { message: string; code: string } };
    assert.equal(error?.code, "INVALID_MESSAGE");
    assert.ok(!JSON.stringify([error, flow.log]).includes(SECRET));
    assert.ok(!JSON.stringify(flow.log).includes("example.com"));
  });

  it("is not told where there is none", async () => {
    await start({});
    flow.send("send", message());
    await flow.first("sent");
    assert.equal(provider.requests[0]?.has("statusCallback"), false);
  });

  it("is no longer told when the webhook is gone", async () => {
    await start({ publicUrl: "https://example.com" });
    await flow.deploy(
      "nodes",
      flow.flow.filter(({ id }) => id !== "webhook"),
    );
    flow.send("send", message());
    await flow.first("sent");
    assert.equal(provider.requests[0]?.has("statusCallback"), false);
  });

  it("is left out with a warning where it is no URL", async () => {
    await start({ publicUrl: "example.com?x" });
    assert.match(flow.warnings().join(), /The public address of this webhook is no URL such as https:\/\/example\.com/);
    flow.send("send", message());
    await flow.first("sent");
    assert.equal(provider.requests[0]?.has("statusCallback"), false);
  });
});

describe("the path of a webhook", () => {
  let flow: RunningFlow;
  let front: Front;

  async function start(path: string): Promise<void> {
    flow = await RunningFlow.start(webhookFlow({ path }), WEBHOOK_CREDENTIALS);
    front = await Front.open(flow);
  }

  afterEach(async () => {
    await front.close();
    await flow.stop();
  });

  for (const path of ["a b/c", "mensajería", "a?b", "a#b", "100%"]) {
    it(`may be ${path}, as the form writes it`, async () => {
      await start(path);
      const encoded = path.split("/").map(encodeURIComponent).join("/");
      assert.equal((await get(front.address(SECRET, encoded), { id_sms: "1", status: "ENTREGADO" })).status, 200);
      await flow.until("reports");
    });
  }

  it("has no part that clients resolve by themselves", async () => {
    await start("../x");
    assert.match(flow.warnings().join(), /does not listen: its path has a part "\." or "\.\."/);
  });
});
