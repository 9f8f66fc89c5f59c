import { strict as assert } from "node:assert";
import fc from "fast-check";
import { redactor, withoutEcho } from "../../src/redact.ts";

const KEY = "s3cr3t/kéy+with space&more";
const USER = "1234567";
const redact = redactor([USER, KEY]);

describe("redaction", () => {
  const basic = (user: string, password: string) => Buffer.from(`${user}:${password}`).toString("base64");
  const forms: [string, string][] = [
    ["as it is", KEY],
    ["URL-encoded", encodeURIComponent(KEY)],
    ["URL-encoded in lower case", encodeURIComponent(KEY).replace(/%../g, (code) => code.toLowerCase())],
    ["form-encoded", new URLSearchParams({ "": KEY }).toString().slice(1)],
    ["in base64", Buffer.from(KEY).toString("base64")],
    ["in base64 without padding", Buffer.from(KEY).toString("base64").replace(/=+$/, "")],
    ["in URL-safe base64", Buffer.from(KEY).toString("base64url")],
    ["in Basic auth with the user", basic(USER, KEY)],
    ["in Basic auth with another user", basic("somebody", KEY)],
    ["in Basic auth with a short user", basic("me", KEY)],
    ["as the user of Basic auth", basic(KEY, "x")],
    ["in base64 of something longer", Buffer.from(`{"key":"${KEY}"}`).toString("base64")],
  ];
  for (const [name, form] of forms) {
    it(`takes out a secret ${name}`, () => {
      assert.equal(redact(`before ${form} after`), "before [redacted] after");
      assert.equal(redact(`"${form}","${form}"`), '"[redacted]","[redacted]"');
      assert.equal(redact(`key=${form}&n=1`), "key=[redacted]&n=1");
    });
  }

  it("takes out a secret that is escaped in JSON text", () => {
    const quoted = 'a"quote\\and\nline';
    assert.equal(redactor([quoted])(JSON.stringify({ key: quoted })), '{"key":"[redacted]"}');
  });

  it("goes through plain JSON, keys included, and copies only what it changes", () => {
    const clean = { list: [1, null, "text"] };
    const value = { clean, dirty: [{ [USER]: KEY }], text: `key=${KEY}`, n: 5, none: null };
    const redacted = redact(value);
    assert.deepEqual(redacted, {
      clean,
      dirty: [{ "[redacted]": "[redacted]" }],
      text: "key=[redacted]",
      n: 5,
      none: null,
    });
    assert.equal(redacted.clean, clean);
    assert.equal(redact(clean), clean);
    assert.equal(value.text, `key=${KEY}`);
  });

  it("comes to an end in a circle, and leaves what is no plain JSON alone", () => {
    const circle: Record<string, unknown> = { key: KEY };
    circle.self = circle;
    assert.equal(redact(circle).key, "[redacted]");
    const date = new Date();
    const body = Buffer.from(KEY);
    assert.deepEqual([redact(date), redact(body), redact(undefined)], [date, body, undefined]);
  });

  it("cannot be used to reach a prototype", () => {
    const value = JSON.parse(`{"__proto__":{"polluted":"${USER}"},"a":"${USER}"}`) as object;
    const redacted = redact(value) as { polluted?: unknown };
    assert.equal(redacted.polluted, undefined);
    assert.equal(Object.getPrototypeOf(redacted), Object.prototype);
  });

  it("leaves secrets of fewer than 4 characters alone, but not the Basic auth that they are part of", () => {
    const short = redactor(["me", "abcd"]);
    assert.equal(short("me abcd"), "me [redacted]");
    assert.equal(short(`Basic ${basic("me", "abcd")}`), "Basic [redacted]");
    assert.equal(redactor(["", "abc"])("abc"), "abc");
  });

  it("takes the longer of two secrets that begin alike", () => {
    assert.equal(redactor(["abcd", "abcdefgh"])("abcdefgh"), "[redacted]");
  });

  it("finds any secret in any of its forms", () => {
    const secret = fc.string({ minLength: 8, maxLength: 40 });
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (key, before, after) => {
        const coded = Buffer.from(before + key + after).toString("base64");
        const clean = redactor([key])({ plain: before + key + after, coded, url: encodeURIComponent(key) });
        assert.ok(!clean.plain.includes(key));
        assert.ok(!Buffer.from(clean.coded, "base64").toString().includes(key));
        assert.ok(!clean.url.includes(encodeURIComponent(key)));
      }),
    );
  });

  it("is fast where nothing is to be found", () => {
    const value = {
      messages: Array.from({ length: 1000 }, (_, id) => ({
        id_sms: id.toString(16).padStart(32, "0"),
        to: "+56990324203",
      })),
    };
    redact(value);
    const start = performance.now();
    assert.equal(redact(value), value);
    assert.ok(performance.now() - start < 1000);
    const long = "x".repeat(1_000_000);
    const before = performance.now();
    assert.equal(redact(long), long);
    assert.ok(performance.now() - before < 5000);
  });
});

describe("the provider's words", () => {
  const url = "https://api.example.com/send_sms?sms_content=Bomba+3+sin+agua&dst_number=56990324203";
  const headers = { authorization: "Basic bWU6YWJjZGVmZ2g=" };

  it("lose what they repeat of the request's values, and nothing else", () => {
    const cases: [string, string][] = [
      ["the sms_content is too long", "the sms_content is too long"],
      ["Text «Bomba 3 sin agua» is blocked", "Text «…» is blocked"],
      ["Text Bomba%203%20sin%20agua or Bomba+3+sin+agua", "Text … or …"],
      ["no user for Basic bWU6YWJjZGVmZ2g=", "no user for …"],
      ["number 56990324203!", "number …!"],
      ["", ""],
    ];
    for (const [words, expected] of cases) assert.equal(withoutEcho(words, { url, headers }), expected);
  });

  it("lose what a flow asked about in the path of the address, while names of calls stay", () => {
    const asked = "https://api.example.com/push/multimedia/Bomba%203%20%C3%B1";
    assert.equal(
      withoutEcho("GET /push/multimedia/Bomba%203%20%C3%B1 failed", { url: asked }),
      "GET /push/multimedia/… failed",
    );
    assert.equal(withoutEcho("no multimedia Bomba 3 ñ", { url: asked }), "no multimedia …");
    const number = "https://api.example.com/check_status/56990324203/100%";
    assert.equal(withoutEcho("check_status: 990324203 is no id", { url: number }), "check_status: … is no id");
  });

  it("lose what stands in a form, in JSON, and in JSON inside a form", () => {
    const list = JSON.stringify([{ dst_number: 56990324203, sms_content: "Bomba 3 sin agua" }]);
    const base = "https://api.example.com/";
    for (const body of [new URLSearchParams({ messages: list }).toString(), list, Buffer.from(list)]) {
      assert.equal(withoutEcho("bad dst_number: Bomba 3 sin agua", { url: base, body }), "bad dst_number: …");
    }
    const stream = { length: 1, open: () => assert.fail("must stay closed") };
    assert.equal(withoutEcho("nothing known", { url: "no URL", body: stream }), "nothing known");
  });

  it("are looked at for 400 characters, so that a long request costs little", () => {
    const body = JSON.stringify(
      Array.from({ length: 5000 }, (_, id) => ({ text: `${id} ${"lorem ipsum ".repeat(15)}` })),
    );
    const start = performance.now();
    assert.equal(withoutEcho("z".repeat(9999), { url: "http://127.0.0.1/", body }).length, 400);
    assert.ok(performance.now() - start < 5000);
  });
});
