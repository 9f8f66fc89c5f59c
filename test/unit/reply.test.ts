import { strict as assert } from "node:assert";
import { gzipSync } from "node:zlib";
import { MessagingError } from "../../src/error.ts";
import { decompress, isCompressed, MAX_REPLY_BYTES, ReceivedReply } from "../../src/reply.ts";

const ATTEMPT = { operation: "send_sms", asks: false, host: "api.example.com", written: true, timeoutMs: 1000 };

function received(body: string | Buffer, contentType = "application/json"): ReceivedReply {
  return new ReceivedReply(ATTEMPT, 200, { "content-type": contentType }, Buffer.from(body));
}

function complaint(body: string | Buffer, contentType?: string): string {
  try {
    received(body, contentType).json();
  } catch (error) {
    assert.ok(error instanceof MessagingError);
    const { code, outcome, retryable, attempts, httpStatus } = error.cause;
    assert.deepEqual([code, outcome, retryable, attempts, httpStatus], ["BAD_REPLY", "unknown", false, 1, 200]);
    return error.message;
  }
  return assert.fail("it should be no JSON");
}

describe("a reply's JSON", () => {
  it("is read whatever its content type and with a byte order mark", () => {
    assert.deepEqual(received('{"id_sms":"1"}', "text/html").json(), { id_sms: "1" });
    assert.deepEqual(received('\ufeff{"id_sms":"añ€"}').json(), { id_sms: "añ€" });
    assert.deepEqual(received(Buffer.from('\ufeff{"id_sms":"ñ"}', "utf16le")).json(), { id_sms: "ñ" });
    assert.equal(received(" 12 ").json(), 12);
  });

  it("that is none says what came instead", () => {
    assert.match(complaint(""), /gave an empty answer instead of JSON/);
    assert.match(complaint(" \r\n"), /gave an empty answer instead of JSON/);
    assert.match(
      complaint("\n<!DOCTYPE html><html>", "text/html"),
      /a web page instead of JSON: is the base URL right\? Look it up/,
    );
    assert.match(complaint('{"id_sms":"12'), /damaged or broke off/);
    assert.match(complaint('[{"id_sms":'), /damaged or broke off/);
    assert.match(complaint("OK: 1"), /something other than JSON/);
    assert.match(complaint(Buffer.from('{"a":1}', "utf16le")), /damaged or broke off/);
    for (const body of ["", "<p>secret", '{"secret', "secret"]) assert.doesNotMatch(complaint(body), /secret|<|{/);
  });

  it("cannot reach the prototype of anything, however the key is written", () => {
    for (const key of ["__proto__", "\\u005f_proto__", "__\\u0070roto__", "\\u005F\\u005Fproto\\u005F\\u005F"]) {
      const value = received(`{"a":{"${key}":{"polluted":true}},"b":[{"${key}":1}]}`).json() as object;
      const copy = Object.assign({}, value, (value as { a: object }).a) as Record<string, unknown>;
      assert.equal(copy.polluted, undefined, key);
      assert.equal(JSON.stringify(value), '{"a":{},"b":[{}]}');
    }
  });

  it("may be nested, but not without end", () => {
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
    assert.ok(received(nested(60)).json());
    assert.match(complaint(nested(70)), /nested too deep/);
    assert.match(complaint(nested(1_000_000)), /nested too deep/);
    assert.match(complaint(`{"__proto__":1,"a":${nested(100_000)}}`), /nested too deep|damaged/);
  });
});

describe("a reply's text", () => {
  it("is read in the charset that it names", () => {
    assert.equal(received(Buffer.from("Número", "latin1"), "text/plain; charset=ISO-8859-1").text(), "Número");
    assert.equal(received(Buffer.from("Número"), 'text/plain; Charset="UTF-8"').text(), "Número");
    assert.equal(received(Buffer.from("Número", "utf16le"), "text/plain;charset=utf-16le").text(), "Número");
  });

  it("is UTF-8 when it names none, or one that nobody knows", () => {
    assert.equal(received(Buffer.from("Número €"), "").text(), "Número €");
    assert.equal(received(Buffer.from("Número €"), "text/plain; charset=x-nonsense").text(), "Número €");
  });

  it("is taken for Latin-1 when it is no UTF-8", () => {
    assert.equal(received(Buffer.from("Número inválido", "latin1")).text(), "Número inválido");
    assert.equal(received(Buffer.from([0x61, 0xff, 0xfe])).text(), "aÿþ");
  });
});

describe("decompression", () => {
  it("is for bodies whose coding is not identity", () => {
    assert.deepEqual([undefined, "", "identity", " Identity , "].map(isCompressed), [false, false, false, false]);
    assert.deepEqual(["gzip", "identity, br", "lz77"].map(isCompressed), [true, true, true]);
  });

  const failing: [string, Buffer, string][] = [
    ["lz77", Buffer.from("x"), "REPLY_ENCODING"],
    ["gzip, br", gzipSync("x"), "REPLY_ENCODING"],
    ["constructor", gzipSync("x"), "REPLY_ENCODING"],
    ["gzip", Buffer.from("no gzip at all"), "REPLY_COMPRESSION"],
    ["gzip", gzipSync("breaks off").subarray(0, 15), "REPLY_COMPRESSION"],
    ["br", Buffer.from("no brotli at all"), "REPLY_COMPRESSION"],
    ["deflate", Buffer.from([0xff, 0xff, 0xff]), "REPLY_COMPRESSION"],
    ["gzip", gzipSync(Buffer.alloc(MAX_REPLY_BYTES + 1)), "REPLY_TOO_LARGE"],
  ];
  for (const [coding, body, code] of failing) {
    it(`of ${body.length} bytes of ${coding} fails as ${code}`, async () => {
      await assert.rejects(decompress(body, coding), { code });
    });
  }

  it("takes an empty body for what it is, and up to 5 MB", async () => {
    assert.equal((await decompress(Buffer.alloc(0), "gzip")).length, 0);
    assert.equal((await decompress(gzipSync(Buffer.alloc(MAX_REPLY_BYTES)), "gzip")).length, MAX_REPLY_BYTES);
  });
});
