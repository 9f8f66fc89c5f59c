import { strict as assert } from "node:assert";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { getEventListeners } from "node:events";
import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import type { MessagingError } from "../../src/error.ts";
import type { Failure } from "../../src/error.ts";
import { HttpClient } from "../../src/http.ts";
import type { HttpRequest } from "../../src/http-request.ts";
import { rawServer, reply } from "../support/raw-server.ts";
import type { Behaviour, RawServer } from "../support/raw-server.ts";
import { failure } from "../support/failure.ts";

const LIMITS = { timeoutMs: 5000 };
const OK: Behaviour = { onRequest: (socket) => void socket.write(reply(200, '{"id_sms":"1"}')) };

let clients: HttpClient[] = [];
let servers: RawServer[] = [];

function newClient(connections = 10): HttpClient {
  const client = new HttpClient({ connections });
  clients.push(client);
  return client;
}

async function newServer(behaviour: Behaviour): Promise<RawServer> {
  const server = await rawServer(behaviour);
  servers.push(server);
  return server;
}

function post(server: RawServer, more: Partial<HttpRequest> = {}): HttpRequest {
  return { operation: "send_sms", method: "POST", url: `${server.url}/send_sms`, ...more };
}

async function failureOf(sending: Promise<unknown>): Promise<Failure & { message: string }> {
  const { cause, message } = await failure(sending);
  return { ...cause, message };
}

/** Waits until something holds; a second is plenty for all that happens here. */
async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds() && waited < 1000; waited += 5) await delay(5);
  assert.ok(holds(), holds.toString());
}

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await Promise.all(servers.map((server) => server.close()));
  clients = [];
  servers = [];
});

describe("a request", () => {
  it("arrives as it was given, and its reply comes back", async () => {
    const server = await newServer({
      onRequest: (socket) => void socket.write(reply(201, "text", "X-One: 1", "x-two: a", "x-two: b")),
    });
    const request = post(server, {
      url: `${server.url}/a b/send?text=ñ+%26#part`,
      headers: { accept: "text/plain" },
      body: "ñ",
    });
    const received = await newClient().send(request, LIMITS);
    const { status, headers } = received;
    assert.deepEqual([status, received.text(), headers["x-one"], headers["x-two"]], [201, "text", "1", "a,b"]);
    const head = server.heads[0] ?? "";
    assert.match(head, /^POST \/a%20b\/send\?text=%C3%B1\+%26 HTTP\/1\.1\r\n/);
    assert.match(head, /\r\naccept: text\/plain\r\n/);
    assert.match(head, /\r\naccept-encoding: identity\r\n/);
    assert.match(head, /\r\ncontent-length: 2$/);
  });

  it("keeps to the number of connections and uses them again", async () => {
    const server = await newServer(OK);
    const client = newClient(3);
    await Promise.all(Array.from({ length: 30 }, () => client.send(post(server), LIMITS)));
    assert.deepEqual([server.heads.length, server.connections()], [30, 3]);
  });

  it("leaves no idle socket open for longer than a second or so, whatever the server offers", async () => {
    const server = await newServer({
      onRequest: (socket) => void socket.write(reply(200, "{}", "keep-alive: timeout=60")),
    });
    await newClient().send(post(server), LIMITS);
    assert.equal(server.open(), 1);
    await delay(1300);
    assert.equal(server.open(), 0);
  });

  it("can have a body that is opened when it is written", async () => {
    const bodies: Buffer[] = [];
    const server = await newServer({
      onConnect: (socket) => void socket.on("data", (chunk: Buffer) => bodies.push(chunk)),
      onRequest: (socket) => void socket.write(reply(200, "{}")),
    });
    let opened = 0;
    const open = () => {
      opened += 1;
      return Readable.from([Buffer.from("ab"), Buffer.from("cde")]);
    };
    const client = newClient();
    await client.send(post(server, { body: { length: 5, open } }), LIMITS);
    assert.match(Buffer.concat(bodies).toString(), /content-length: 5\r\n\r\nabcde$/);
    await failureOf(client.send(post(server, { body: { length: 5, open } }), { timeoutMs: 0 }));
    assert.equal(opened, 1);
  });

  it("is in doubt when its body breaks off", async () => {
    const server = await newServer(OK);
    const missing = Object.assign(new Error("no such file"), { code: "ENOENT" });
    const open = () => new Readable({ read: (): never => assert.fail("unused"), construct: (done) => done(missing) });
    const { code, outcome, message } = await failureOf(
      newClient().send(post(server, { body: { length: 5, open } }), LIMITS),
    );
    assert.deepEqual([code, outcome, server.heads.length], ["INVALID_MESSAGE", "unknown", 0]);
    assert.match(message, /file could not be read/);
  });

  it("is refused with clear words when its address or a header cannot be", async () => {
    const server = await newServer(OK);
    const client = newClient();
    for (const url of ["", "api.example.com/v1", "ftp://127.0.0.1/", "http://"]) {
      const { code, outcome, attempts, message } = await failureOf(client.send(post(server, { url }), LIMITS));
      assert.deepEqual([code, outcome, attempts], ["MISSING_ACCOUNT", "rejected", 0]);
      assert.match(message, /base URL/);
    }
    const refused: Record<string, string>[] = [
      { a: "b\r\nc" },
      { "bad name": "1" },
      { a: "✓" },
      { expect: "100-continue" },
    ];
    for (const headers of refused) {
      const { code, outcome, message } = await failureOf(client.send(post(server, { headers }), LIMITS));
      assert.deepEqual([code, outcome], ["BAD_CREDENTIALS", "rejected"]);
      assert.match(message, /header/);
    }
    assert.equal(server.connections(), 0);
  });
});

describe("a reply", () => {
  it("is not taken from an early hint", async () => {
    const hint = "HTTP/1.1 103 Early Hints\r\nlink: </style.css>\r\n\r\n";
    const server = await newServer({ onRequest: (socket) => void socket.write(hint + String(reply(200, "real"))) });
    const received = await newClient().send(post(server), LIMITS);
    assert.deepEqual([received.status, received.text(), received.headers.link], [200, "real", undefined]);
    const mute = await newServer({ onRequest: (socket) => void socket.end(hint) });
    const { code, httpStatus } = await failureOf(newClient().send(post(mute), LIMITS));
    assert.deepEqual([code, httpStatus], ["UNREACHABLE", undefined]);
  });

  const compressions: [string, string, (text: string) => Buffer][] = [
    ["gzip", "gzip", gzipSync],
    ["gzip under its old name", "X-GZIP", gzipSync],
    ["deflate", "deflate", deflateSync],
    ["deflate without its wrapper", "deflate", deflateRawSync],
    ["brotli", "br", brotliCompressSync],
    ["nothing at all", "identity", (text) => Buffer.from(text)],
  ];
  for (const [name, encoding, compress] of compressions) {
    it(`is understood although compressed without being asked, by ${name}`, async () => {
      const text = '{"text":"añ€"}'.padEnd(5000);
      const server = await newServer({
        onRequest: (socket) => void socket.write(reply(200, compress(text), `content-encoding: ${encoding}`)),
      });
      const received = await newClient().send(post(server), LIMITS);
      assert.equal(received.text(), text);
    });
  }

  it("may be as large as 5 MB and no byte larger", async () => {
    for (const [size, isTaken] of [
      [5 * 1024 * 1024, true],
      [5 * 1024 * 1024 + 1, false],
    ] as const) {
      const server = await newServer({
        onRequest: (socket) =>
          void socket.end(
            Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"), Buffer.alloc(size, "1")]),
          ),
      });
      const sending = newClient().send(post(server), LIMITS);
      if (isTaken) assert.equal((await sending).body.length, size);
      else assert.equal((await failureOf(sending)).code, "BAD_REPLY");
    }
  });

  it("of a refusal carries the provider's words, without what they repeat of our request", async () => {
    const server = await newServer({
      onRequest: (socket) =>
        void socket.write(reply(400, "E7|The text «Bomba 3 sin agua» to +56990324203 is blocked\n")),
    });
    const explain: NonNullable<HttpRequest["explain"]> = (refusal) => {
      const [providerCode = "", text = ""] = refusal.text().split("|");
      return { providerCode, text };
    };
    const body = new URLSearchParams({ sms_content: "Bomba 3 sin agua", dst_number: "56990324203" }).toString();
    const failure = await failureOf(newClient().send(post(server, { body, explain }), LIMITS));
    assert.deepEqual(
      [failure.code, failure.outcome, failure.httpStatus, failure.providerCode],
      ["REJECTED", "rejected", 400, "E7"],
    );
    assert.match(
      failure.message,
      /^send_sms was refused \(HTTP 400\): the provider says "The text «…» to … is blocked"\./,
    );
  });

  it("of a refusal keeps its verdict when the adapter trips over it", async () => {
    const server = await newServer({ onRequest: (socket) => void socket.write(reply(401, "not JSON")) });
    const explain = (refusal: { json(): unknown }) => ({ text: String(refusal.json()) });
    const { code, outcome } = await failureOf(newClient().send(post(server, { explain }), LIMITS));
    assert.deepEqual([code, outcome], ["BAD_CREDENTIALS", "rejected"]);
  });
});

describe("what was written to the wire", () => {
  it("is told by the same moment as undici's own channel for it", async () => {
    const written: string[] = [];
    const onWrite = (message: unknown) => void written.push((message as { request: { path: string } }).request.path);
    subscribe("undici:client:sendHeaders", onWrite);
    try {
      const server = await newServer({});
      const client = newClient(2);
      const failures = await Promise.all(
        ["/1", "/2", "/3", "/4"].map((path) =>
          failureOf(client.send(post(server, { url: server.url + path }), { timeoutMs: 200 })),
        ),
      );
      assert.deepEqual(written, ["/1", "/2"]);
      assert.deepEqual(
        failures.map(({ outcome }) => outcome),
        ["unknown", "unknown", "not-sent", "not-sent"],
      );
      assert.deepEqual(
        failures.map(({ code }) => code),
        ["TIMEOUT", "TIMEOUT", "TIMEOUT", "TIMEOUT"],
      );
      await delay(100);
      assert.equal(written.length, 2);
    } finally {
      unsubscribe("undici:client:sendHeaders", onWrite);
    }
  });

  it("never holds a request whose time ran out, or that was cancelled, while it waited", async () => {
    const answer: (() => void)[] = [];
    const server = await newServer({ onRequest: (socket) => void answer.push(() => socket.write(reply(200, "{}"))) });
    const client = newClient(1);
    const first = client.send(post(server, { url: `${server.url}/first` }), LIMITS);
    await until(() => answer.length === 1);
    const cancel = new AbortController();
    const late = failureOf(client.send(post(server, { url: `${server.url}/late` }), { timeoutMs: 50 }));
    const cancelled = failureOf(
      client.send(post(server, { url: `${server.url}/cancelled` }), { ...LIMITS, signal: cancel.signal }),
    );
    const last = client.send(post(server, { url: `${server.url}/last` }), LIMITS);
    await delay(60);
    cancel.abort();
    assert.deepEqual([(await late).code, (await late).outcome], ["TIMEOUT", "not-sent"]);
    assert.deepEqual([(await cancelled).code, (await cancelled).outcome], ["CANCELLED", "not-sent"]);
    answer[0]?.();
    await first;
    await until(() => answer.length === 2);
    answer[1]?.();
    await last;
    assert.deepEqual(
      server.heads.map((head) => head.split(" ")[1]),
      ["/first", "/last"],
    );
    assert.equal(server.connections(), 1);
  });

  it("never holds a request whose time ran out while the event loop stood still", async () => {
    // The server's turn comes just before the client learns of its connection, and both before the timer's.
    const standStill = () => {
      const end = performance.now() + 60;
      while (performance.now() < end);
    };
    const server = await newServer({ ...OK, onConnect: standStill });
    const failure = await failureOf(newClient().send(post(server), { timeoutMs: 30 }));
    assert.deepEqual([failure.code, failure.outcome], ["TIMEOUT", "not-sent"]);
    await delay(50);
    assert.equal(server.heads.length, 0);
  });

  it("makes a cancelled request unknown, and its connection is dropped", async () => {
    const server = await newServer({});
    const cancel = new AbortController();
    const sending = failureOf(newClient().send(post(server), { ...LIMITS, signal: cancel.signal }));
    await until(() => server.heads.length === 1);
    cancel.abort();
    assert.deepEqual([(await sending).code, (await sending).outcome], ["CANCELLED", "unknown"]);
    await until(() => server.open() === 0);
  });

  it("is nothing when the signal was aborted before", async () => {
    const server = await newServer(OK);
    const sending = failureOf(newClient().send(post(server), { ...LIMITS, signal: AbortSignal.abort() }));
    assert.deepEqual(
      [(await sending).code, (await sending).outcome, (await sending).attempts],
      ["CANCELLED", "not-sent", 0],
    );
    assert.equal(server.connections(), 0);
  });

  it("is never doubled when the server closes each connection just as it is used again", async () => {
    const server = await newServer({
      onRequest: (socket) => {
        socket.write(reply(200, "{}"));
        setImmediate(() => socket.end());
      },
    });
    const client = newClient(4);
    let taken = 0;
    const doubts: Failure[] = [];
    for (let round = 0; round < 50; round++) {
      const results = await Promise.allSettled(Array.from({ length: 4 }, () => client.send(post(server), LIMITS)));
      for (const result of results) {
        if (result.status === "fulfilled") taken += 1;
        else doubts.push((result.reason as MessagingError).cause);
      }
    }
    const unknown = doubts.filter(({ outcome }) => outcome === "unknown").length;
    assert.equal(taken + doubts.length, 200);
    assert.ok(taken > 100, `${taken} taken`);
    assert.ok(
      server.heads.length >= taken && server.heads.length <= taken + unknown,
      `${server.heads.length} received, ${taken} taken`,
    );
  });
});

describe("one signal for many requests", () => {
  it("raises no warning and is left without listeners", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on("warning", onWarning);
    const server = await newServer(OK);
    const client = newClient();
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 50 }, () => client.send(post(server), { ...LIMITS, signal })));
    await delay(10);
    process.off("warning", onWarning);
    assert.deepEqual([warnings, getEventListeners(signal, "abort")], [[], []]);
  });
});

describe("closing", () => {
  it("lets what is on its way finish, and refuses what comes later", async () => {
    const server = await newServer({
      onRequest: (socket) => void setTimeout(() => socket.write(reply(200, "{}")), 100),
    });
    const client = newClient();
    const sending = client.send(post(server), LIMITS);
    await until(() => server.heads.length === 1);
    const closed = client.close();
    const refused = await failureOf(client.send(post(server), LIMITS));
    assert.deepEqual([refused.code, refused.outcome, refused.attempts], ["CANCELLED", "not-sent", 0]);
    assert.equal((await sending).status, 200);
    await closed;
    await until(() => server.open() === 0);
    assert.equal(server.heads.length, 1);
  });

  it("ends what does not finish within its grace, each with its own outcome, and leaves nothing open", async () => {
    const server = await newServer({});
    const client = newClient(1);
    const written = failureOf(client.send(post(server), { timeoutMs: 60_000 }));
    const waiting = failureOf(client.send(post(server), { timeoutMs: 60_000 }));
    const handshake = failureOf(
      client.send(post(server, { url: server.url.replace("http:", "https:") }), { timeoutMs: 60_000 }),
    );
    await until(() => server.heads.length === 1 && server.connections() === 2);
    const start = performance.now();
    await client.close();
    assert.ok(performance.now() - start < 10_000);
    assert.deepEqual([(await written).code, (await written).outcome], ["CANCELLED", "unknown"]);
    assert.deepEqual([(await waiting).code, (await waiting).outcome], ["CANCELLED", "not-sent"]);
    assert.deepEqual([(await handshake).code, (await handshake).outcome], ["CANCELLED", "not-sent"]);
    await until(() => server.open() === 0);
    assert.equal(server.connections(), 2);
  });

  it("is quick when nothing is on its way, and may be asked for twice", async () => {
    const server = await newServer(OK);
    const client = newClient();
    await client.send(post(server), LIMITS);
    const start = performance.now();
    await Promise.all([client.close(), client.close()]);
    assert.ok(performance.now() - start < 2000);
    await until(() => server.open() === 0);
  });
});
