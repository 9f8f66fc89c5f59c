import { strict as assert } from "node:assert";
import { connect } from "node:net";
import { request as httpRequest } from "node:http";
import { startSandbox } from "../../src/sandbox/index.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import type { StandIn } from "../../src/sandbox/stand-in.ts";

/** A provider that keeps `text` and tells what it got. */
const echo: StandIn = {
  credentials: { key: "obviously-fake" },
  answer({ method, path, query, body, contentType }, desk) {
    if (path === "broken") throw new Error("a fault in the stand-in");
    if (path === "picture")
      return { status: 200, body: Buffer.from([1, 2, 3]), headers: { "content-type": "image/png" } };
    const id = desk.newId();
    desk.keep({
      id,
      channel: "sms",
      to: "+56900000000",
      text: String(body.text ?? query.get("text")),
      receivedAt: desk.now(),
    });
    return { status: 200, body: { id, method, path, query: Object.fromEntries(query), body, contentType } };
  },
};

const FORM = "application/x-www-form-urlencoded";

describe("the sandbox server", () => {
  let sandbox: Sandbox;

  beforeEach(async () => {
    sandbox = await startSandbox(echo);
  });

  afterEach(() => sandbox.close());

  const post = (path: string, body: string | Uint8Array<ArrayBuffer>, type: string) =>
    fetch(`${sandbox.url}/${path}`, { method: "POST", body, headers: { "content-type": type } });

  it("listens on loopback only and gives the stand-in's credentials", () => {
    assert.match(sandbox.url, /^http:\/\/127\.0\.0\.1:\d+\/api$/);
    assert.deepEqual(sandbox.credentials, { key: "obviously-fake" });
  });

  it("reads parameters from query, form and JSON alike", async () => {
    const text = "ñ & + % # 🚨";
    const form = new URLSearchParams({ text }).toString();
    const answers = [
      await fetch(`${sandbox.url}/send?${form}`),
      await post("send", form, `${FORM}; charset=utf-8`),
      await post("send", JSON.stringify({ text, n: 1 }), "application/json"),
    ];
    const [query, asForm, json] = (await Promise.all(answers.map((answer) => answer.json()))) as Record<
      string,
      unknown
    >[];
    assert.deepEqual(query?.query, { text });
    assert.deepEqual(asForm?.body, { text });
    assert.deepEqual(json?.body, { text, n: 1 });
    assert.deepEqual(
      sandbox.messages().map((message) => message.text),
      [text, text, text],
    );
  });

  it("remembers of a request where it went and how it ended, and nothing of its content", async () => {
    await fetch(`${sandbox.url}/send?text=secret`);
    assert.deepEqual(sandbox.requests(), [
      { method: "GET", path: "send", contentType: "", status: 200, targetBytes: "/api/send?text=secret".length },
    ]);
  });

  it("remembers the newest 1,000 requests", async () => {
    for (let index = 0; index < 1002; index++) await fetch(`${sandbox.url}/${index}`);
    assert.deepEqual([sandbox.requests().length, sandbox.requests()[0]?.path], [1000, "2"]);
  });

  it("takes a port that it is given, and says when that is taken", async () => {
    const port = Number(new URL(sandbox.url).port);
    await assert.rejects(startSandbox(echo, { port }), { code: "EADDRINUSE" });
  });

  it("serves pictures and other bytes as they are", async () => {
    const answer = await fetch(`${sandbox.url}/picture`);
    assert.equal(answer.headers.get("content-type"), "image/png");
    assert.deepEqual([...new Uint8Array(await answer.arrayBuffer())], [1, 2, 3]);
  });

  it("answers 414 to a target over 8 KB, 413 to a body over 5 MB, and 404 outside its API", async () => {
    const long = await fetch(`${sandbox.url}/send?text=${"x".repeat(8200)}`);
    const large = await post("send", "x".repeat(5 * 1024 * 1024 + 1), FORM);
    const elsewhere = await fetch(new URL("/elsewhere", sandbox.url));
    assert.deepEqual([long.status, large.status, elsewhere.status], [414, 413, 404]);
    assert.match(String(((await large.json()) as { error: string }).error), /5242880 bytes/);
    assert.equal(sandbox.messages().length, 0);
  });

  it("refuses bodies that it cannot read, with the provider's own kind of error if it has one", async () => {
    const statuses = [
      await post("send", "{", "application/json"),
      await post("send", "[1]", "application/json"),
      await post("send", new Uint8Array([0x74, 0xff]), FORM),
      await post("send", "x", "text/plain"),
    ].map(({ status }) => status);
    assert.deepEqual(statuses, [400, 400, 400, 415]);

    const own = await startSandbox({ ...echo, errorBody: (status, text) => ({ errorCode: status, errorMsg: text }) });
    const answer = await fetch(`${own.url}/send?${"x".repeat(9000)}`).finally(() => own.close());
    assert.equal(((await answer.json()) as { errorCode: number }).errorCode, 414);
  });

  it("stays up when its stand-in fails", async () => {
    const broken = await fetch(`${sandbox.url}/broken`);
    const next = await fetch(`${sandbox.url}/send?text=x`);
    assert.deepEqual([broken.status, next.status], [500, 200]);
  });

  it("stays up when it gets garbage", async () => {
    const port = Number(new URL(sandbox.url).port);
    const garbage = [
      "\0\x01\xff\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      `GET /api/a HTTP/1.1\r\nx: ${"y".repeat(70_000)}\r\n\r\n`,
      "",
    ];
    for (const bytes of garbage) {
      await new Promise<void>((resolve) => {
        const socket = connect(port, "127.0.0.1", () => socket.end(bytes));
        socket.on("error", () => undefined).on("close", () => resolve());
        socket.resume();
      });
    }
    const cut = httpRequest(`${sandbox.url}/send`, { method: "POST", headers: { "content-length": 100 } });
    cut.on("error", () => undefined).write("half");
    await new Promise((resolve) => setTimeout(resolve, 20));
    cut.destroy();
    for (const path of ["%E0%A4%A", "send?%ff=%zz", "__proto__", "constructor"]) {
      assert.equal((await fetch(`${sandbox.url}/${path}`)).status, 200);
    }
  });

  describe("told to misbehave", () => {
    const outcome = async () => {
      try {
        const answer = await fetch(`${sandbox.url}/send?text=x`, { signal: AbortSignal.timeout(1500) });
        return { status: answer.status, text: await answer.text(), retryAfter: answer.headers.get("retry-after") };
      } catch (error) {
        return (error as Error).name;
      }
    };

    it("does what it is told, for as often as it is told, and then behaves", async () => {
      sandbox.misbehave({ kind: "status", status: 429, retryAfter: 7 }, { times: 2 });
      sandbox.misbehave({ kind: "status", status: 400, body: { error: "no" } });
      assert.deepEqual(await outcome(), {
        status: 429,
        text: '{"error":"the sandbox was told to misbehave"}',
        retryAfter: "7",
      });
      assert.equal(((await outcome()) as { status: number }).status, 429);
      assert.deepEqual(await outcome(), { status: 400, text: '{"error":"no"}', retryAfter: null });
      assert.equal(((await outcome()) as { status: number }).status, 200);
    });

    it("strikes one path only if told so", async () => {
      sandbox.misbehave({ kind: "status", status: 503 }, { path: "other" });
      assert.equal(((await outcome()) as { status: number }).status, 200);
      assert.equal((await fetch(`${sandbox.url}/other`)).status, 503);
    });

    it("stops when told to behave", async () => {
      sandbox.misbehave({ kind: "status", status: 500 }, { times: Infinity });
      await outcome();
      sandbox.behave();
      assert.equal(((await outcome()) as { status: number }).status, 200);
    });

    it("spoils its answer, having taken the message", async () => {
      for (const kind of ["empty", "no-id", "truncated"] as const) sandbox.misbehave({ kind });
      const [empty, bare, cut] = [await outcome(), await outcome(), await outcome()] as {
        status: number;
        text: string;
      }[];
      assert.deepEqual([empty?.status, empty?.text], [200, ""]);
      assert.deepEqual([bare?.status, bare?.text], [200, "{}"]);
      assert.equal(cut?.status, 200);
      assert.match(cut.text, /^\{"id":"[^}]*$/);
      assert.equal(sandbox.messages().length, 3);
    });

    it("resets, hangs or is slow, having taken the message or not", async () => {
      const taken = async (fault: Parameters<Sandbox["misbehave"]>[0]) => {
        const before = sandbox.messages().length;
        sandbox.misbehave(fault);
        const what = await outcome();
        return [typeof what === "string" ? what : what.status, sandbox.messages().length - before];
      };
      assert.deepEqual(await taken({ kind: "reset-before-read" }), ["TypeError", 0]);
      assert.deepEqual(await taken({ kind: "reset-after-read" }), ["TypeError", 1]);
      assert.deepEqual(await taken({ kind: "hang" }), ["TimeoutError", 1]);
      assert.deepEqual(await taken({ kind: "slow", ms: 30 }), [200, 1]);
      assert.deepEqual(await taken({ kind: "html" }), [200, 0]);
    });

    it("closes at once although it hangs", async () => {
      sandbox.misbehave({ kind: "hang" });
      sandbox.misbehave({ kind: "slow", ms: 60_000 });
      const waiting = [0, 1].map(() => fetch(`${sandbox.url}/send?text=x`).catch(() => "ended"));
      while (sandbox.messages().length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
      const started = Date.now();
      await sandbox.close();
      assert.deepEqual(await Promise.all(waiting), ["ended", "ended"]);
      assert.ok(Date.now() - started < 10_000);
      sandbox = await startSandbox(echo);
    });
  });
});
