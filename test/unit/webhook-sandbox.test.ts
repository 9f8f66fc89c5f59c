import { strict as assert } from "node:assert";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { encodeForm } from "../../src/form.ts";
import { conectaline } from "../../src/providers/conectaline/index.ts";
import { conectalineStandIn } from "../../src/providers/conectaline/stand-in.ts";
import { connectus } from "../../src/providers/connectus/index.ts";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { smshosting } from "../../src/providers/smshosting/index.ts";
import { smshostingStandIn } from "../../src/providers/smshosting/stand-in.ts";
import { callWebhook } from "../../src/sandbox/call-webhook.ts";
import { createDesk } from "../../src/sandbox/desk.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import type { StandInCallback } from "../../src/sandbox/stand-in.ts";
import { registerWebhook, webhooksOf } from "../../src/sandbox/webhooks.ts";

interface Call {
  method: string;
  url: string;
  type: string;
  body: string;
}

/** A webhook on loopback. */
class Listener {
  readonly calls: Call[] = [];
  /** Statuses of the next answers; 200 beyond them. */
  answers: number[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async open(): Promise<Listener> {
    const server = createServer().listen(0, "127.0.0.1");
    const listener = new Listener(server);
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const { method = "", url = "", headers } = request;
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = Buffer.concat(chunks).toString();
        listener.calls.push({ method, url, type: headers["content-type"] ?? "", body });
        response.writeHead(listener.answers.shift() ?? 200).end();
      });
    });
    await new Promise((settle) => server.once("listening", settle));
    return listener;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`;
  }

  bodies(): unknown[] {
    return this.calls.map(({ body }) => JSON.parse(body) as unknown);
  }

  async until(count: number): Promise<void> {
    const deadline = performance.now() + 5000;
    while (this.calls.length < count) {
      if (performance.now() > deadline) throw new Error(`only ${this.calls.length} of ${count} calls`);
      await sleep(10);
    }
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((settle) => this.#server.close(() => settle()));
  }
}

describe("the sandbox's own callbacks", () => {
  let sandbox: Sandbox;
  let listener: Listener;
  let now: number;

  beforeEach(async () => {
    now = 1_000_000;
    listener = await Listener.open();
    sandbox = await startSandbox(connectusStandIn(), { now: () => now, webhooks: () => [{ url: listener.url }] });
  });
  afterEach(async () => {
    await sandbox.close();
    await listener.close();
  });

  async function send(to: string, text: string): Promise<string> {
    const { accountId, apiKey } = sandbox.credentials;
    const reply = await fetch(`${sandbox.url}/send_sms`, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(`${accountId}:${apiKey}`).toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: encodeForm({ dst_number: to, sms_content: text }),
    });
    return ((await reply.json()) as { id_sms: string }).id_sms;
  }

  it("report each state of a message once, in order, to its end", async () => {
    const id_sms = await send("56990324203", "x");
    for (const [count, step] of [1, 1000, 1000, 2000].entries()) {
      await listener.until(count + (count === 0 ? 1 : 0));
      now += step;
      await sleep(250);
    }
    now += 3_600_000;
    await sleep(250);
    const states = ["PROGRAMADO", "EN_COLA", "ENVIADO_A_CARRIER", "ENTREGADO"];
    assert.deepEqual(
      listener.bodies(),
      states.map((status) => ({ id_sms, status })),
    );
    const [first] = listener.calls;
    assert.deepEqual([first?.method, first?.url, first?.type], ["POST", "/hook", "application/json"]);
  });

  it("bring what a person writes, and keep it", async () => {
    assert.equal(await sandbox.reply({ from: "+56990324203", text: "Sí" }), 1);
    const [body] = listener.bodies() as Record<string, string>[];
    const { id_sms, ...written } = body ?? {};
    assert.match(id_sms ?? "", /^[0-9a-f]{32}$/);
    assert.deepEqual(written, {
      dst_number: "56442330001",
      src_number: "56990324203",
      src_provider: "Sandbox",
      sms_content: "Sí",
    });
    assert.deepEqual(
      sandbox.replies().map(({ from, text }) => [from, text]),
      [["+56990324203", "Sí"]],
    );
  });

  it("let the phone that ends in 0011 answer a question, and nothing else", async () => {
    await send("56990320011", "The tank is full.");
    await send("56990320011", "Open the valve?");
    await listener.until(2);
    now += 4000;
    await listener.until(4);
    now += 2000;
    await listener.until(5);
    await sleep(250);
    assert.equal(listener.calls.length, 5);
    assert.equal((listener.bodies()[4] as { sms_content: string }).sms_content, "OK");
  });

  it("are repeated when they were not taken, and given up after three times", async () => {
    listener.answers = [503, 500];
    assert.equal(await sandbox.reply({ from: "+56990324203", text: "x" }), 1);
    assert.equal(listener.calls.length, 3);
    listener.answers = [404, 404, 404, 404];
    assert.equal(await sandbox.reply({ from: "+56990324203", text: "x" }), 0);
    assert.equal(listener.calls.length, 6);
  }).timeout(10_000);

  it("come in each shape that providers use", async () => {
    const fields = { id: "1", text: "a&b ü" };
    const never = new AbortController().signal;
    for (const shape of ["json", "form", "query"] as const) {
      assert.equal(await callWebhook(listener.url, { shape, fields }, never), 200);
    }
    const encoded = "id=1&text=a%26b%20%C3%BC";
    assert.deepEqual(
      listener.calls.map(({ method, url, type, body }) => [method, url, type, body]),
      [
        ["POST", "/hook", "application/json", JSON.stringify(fields)],
        ["POST", "/hook", "application/x-www-form-urlencoded", encoded],
        ["GET", `/hook?${encoded}`, "", ""],
      ],
    );
  });

  it("go to the webhooks that have registered for the provider", () => {
    const at = (url: string | undefined) => ({ url: () => url, refused: () => undefined });
    const ends = [
      registerWebhook("p", at("of p")),
      registerWebhook("q", at("of q")),
      registerWebhook(undefined, at("of any")),
      registerWebhook("p", at(undefined)),
    ];
    assert.deepEqual(
      webhooksOf("p").map(({ url }) => url),
      ["of p", "of any"],
    );
    for (const end of ends) end();
    assert.deepEqual(webhooksOf("p"), []);
  });
});

describe("each provider's callbacks in the sandbox", () => {
  const desk = createDesk(() => 0);
  const message = {
    id: "7",
    channel: "sms",
    to: "+393471230000",
    text: "x",
    receivedAt: 0,
    deliveryId: "r-1",
  } as const;
  const makers = { connectus: connectusStandIn, smshosting: smshostingStandIn, conectaline: conectalineStandIn };

  for (const provider of [connectus, smshosting, conectaline]) {
    const { callbacks } = makers[provider.name as keyof typeof makers]();
    const read = (callback: StandInCallback) => provider.operations.readWebhook?.(provider, callback.fields);

    for (const [ending, status] of Object.entries({ "4203": "delivered", "0002": "undelivered", "0003": "sent" })) {
      it(`of ${provider.label} are read back: a message to …${ending} ends as ${status}`, async () => {
        const last = callbacks?.report({ ...message, to: `+3934712${ending}` }, 60_000);
        const event = await read(last?.callback ?? assert.fail());
        assert.ok(event?.type === "status");
        assert.deepEqual([event.status, event.final, last?.final], [status, status !== "sent", status !== "sent"]);
        assert.ok([event.id, event.reference].some((name) => name === "7" || name === "r-1"));
      });
    }

    it(`of ${provider.label} bring a person's message`, async () => {
      const reply = desk.receive({ from: "+393471234567", text: "Sí, ¿y tú?" });
      const event = await read(callbacks?.inbound(reply) ?? assert.fail());
      assert.ok(event?.type === "inbound");
      assert.deepEqual([event.from, event.text], ["+393471234567", "Sí, ¿y tú?"]);
    });
  }

  it("of SMSHosting go where a send wants its reports, and nowhere else", async () => {
    const [wanted, other] = [await Listener.open(), await Listener.open()];
    let now = 1_000_000;
    const sandbox = await startSandbox(smshostingStandIn(), { now: () => now, webhooks: () => [{ url: other.url }] });
    try {
      const { authKey, authSecret } = sandbox.credentials;
      const sent = await fetch(`${sandbox.url}/sms/send`, {
        method: "POST",
        headers: {
          authorization: `Basic ${Buffer.from(`${authKey}:${authSecret}`).toString("base64")}`,
          "content-type": "application/x-www-form-urlencoded",
        },
        body: encodeForm({ to: "393471234203", text: "Ciao", transactionId: "r-7", statusCallback: wanted.url }),
      });
      assert.equal(sent.status, 200);
      now += 60_000;
      await wanted.until(1);
      await sleep(250);
      const last = new URLSearchParams(wanted.calls.at(-1)?.body);
      assert.deepEqual([last.get("transactionId"), last.get("status")], ["r-7", "DELIVERED"]);
      assert.equal(other.calls.length, 0);
    } finally {
      await sandbox.close();
      await Promise.all([wanted.close(), other.close()]);
    }
  });

  it("come beside the search for received SMS at SMSHosting, which finds what people wrote", async () => {
    const sandbox = await startSandbox(smshostingStandIn());
    await sandbox.reply({ from: "+393471234567", text: "Ciao" });
    const { authKey, authSecret } = sandbox.credentials;
    const authorization = `Basic ${Buffer.from(`${authKey}:${authSecret}`).toString("base64")}`;
    const reply = await fetch(`${sandbox.url}/sms/received/search?from=393471234567`, { headers: { authorization } });
    const { smsList } = (await reply.json()) as { smsList: { from: string; text: string }[] };
    await sandbox.close();
    assert.deepEqual(
      smsList.map(({ from, text }) => [from, text]),
      [["393471234567", "Ciao"]],
    );
  });
});
