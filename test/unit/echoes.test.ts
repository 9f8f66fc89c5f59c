import { strict as assert } from "node:assert";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { basicAuth, encodeForm, FORM_TYPE, given } from "../../src/form.ts";
import { redactor, withoutEcho } from "../../src/redact.ts";
import { decompress, isCompressed, ReceivedReply } from "../../src/reply.ts";
import { tidyWords } from "../../src/words.ts";

const ATTEMPT = { operation: "send_sms", asks: false, host: "the host", written: true, timeoutMs: 1000 };

describe("an echo of a short value", () => {
  const url =
    "https://api.example.com/send_sms?" +
    new URLSearchParams({ code: "739104", pin: "73", name: "Ñandú", to: "+56990324203" }).toString();
  const heard = (words: string) => withoutEcho(words, { url });

  it("is left out where it stands as a word of its own, in any writing", () => {
    assert.equal(heard("code 739104 is old"), "code … is old");
    assert.equal(heard("739104"), "…");
    assert.equal(heard("(739104)."), "(…).");
    assert.equal(heard("for Ñandú and %C3%91and%C3%BA"), "for … and …");
    assert.equal(heard("name=Ñandú;code=739104"), "name=…;code=…");
  });

  it("is left where it is a part of another word, or too short to mean anything", () => {
    for (const words of ["order 1739104", "order 7391045", "x739104", "739104_x", "Ñandúes", "pin 73"]) {
      assert.equal(heard(words), words);
    }
  });

  it("of a number is left out with and without its country and separators, and no other number is", () => {
    for (const written of [
      "+56990324203",
      "56990324203",
      "90324203",
      "+56 9 9032 4203",
      "(56) 990-324-203",
      "0056990324203",
    ]) {
      assert.equal(heard(`no ${written} here`), "no … here", written);
    }
    assert.equal(heard("error 10324203 of 2031-05-06"), "error 10324203 of 2031-05-06");
    assert.equal(
      withoutEcho("order 12345678 for 99", { url: "https://api.example.com/?id=x12345678&no=+5699032420312345" }),
      "order 12345678 for 99",
    );
  });

  it("is looked for with two numbers in the request, too", () => {
    const two = "https://api.example.com/?a=%2B56990324203&b=%2B393471234567";
    assert.equal(withoutEcho("990324203, 347 123 4567", { url: two }), "…, …");
  });

  it("is found in what the request's JSON and forms hold, numbers among it, and headers", () => {
    const base = "https://api.example.com/";
    assert.equal(withoutEcho("no 7391046", { url: base, body: '  [{"code":7391046}]' }), "no …");
    assert.equal(withoutEcho("no 7391046", { url: base, body: '{"a":[null,true,{"b":"7391046"}]}' }), "no …");
    assert.equal(
      withoutEcho("no [7391046", { url: base, body: new URLSearchParams({ a: "[7391046" }).toString() }),
      "no …",
    );
    assert.equal(withoutEcho("no Alarm-9", { url: base, headers: { "x-name": "Alarm-9" } }), "no …");
    assert.equal(
      withoutEcho("names of null stay, true ones", { url: base, body: '{"a":[null,true]}' }),
      "names of null stay, true ones",
    );
    assert.equal(withoutEcho("a b", { url: base }), "a b");
  });

  it("of a long value is left out in parts of ten characters, to the last one", () => {
    const long = { url: "https://api.example.com/?text=abcdefghijklmnopqrstuvwxyz" };
    assert.equal(withoutEcho("abcdefghij", long), "…");
    assert.equal(withoutEcho("<abcdefghi>", long), "<abcdefghi>");
    assert.equal(withoutEcho("say klmnopqrstuvw!", long), "say …!");
    assert.equal(withoutEcho("qrstuvwxyz", long), "…");
    assert.equal(withoutEcho("pqrstuvwxyzA", long), "…A");
    assert.equal(withoutEcho(`${"z".repeat(395)}qrstuvwxyz`, long), `${"z".repeat(395)}qrstu`);
  });
});

describe("a secret in what is plain data", () => {
  const redact = redactor(["s3cret-word"]);

  it("is taken out of keys and values at any depth, and nothing else is touched", () => {
    const circle: Record<string, unknown> = { word: "s3cret-word" };
    circle.self = circle;
    const found = redact(circle) as { word: string };
    assert.equal(found.word, "[redacted]");
    const bare = Object.assign(Object.create(null) as object, { word: "s3cret-word" });
    assert.deepEqual({ ...(redact(bare) as object) }, { word: "[redacted]" });
    const made = Object.assign(new (class Made {})(), { word: "s3cret-word" });
    assert.equal(redact(made), made);
    const untouched = { list: [1, null, undefined, "word"], at: new Date(0) };
    assert.equal(redact(untouched), untouched);
    assert.deepEqual(redact({ "a s3cret-word": 1, b: 2 }), { "a [redacted]": 1, b: 2 });
    assert.deepEqual(redact(["x", ["s3cret-word"]]), ["x", ["[redacted]"]]);
  });

  it("is taken out of longer base64 with all that belongs to it, and what stands beside stays", () => {
    const inside = Buffer.from("user:s3cret-word!").toString("base64");
    assert.equal(redact(`Basic ${inside}, then`), "Basic [redacted], then");
    assert.equal(redact(`${inside} ${inside}`), "[redacted] [redacted]");
    assert.equal(redact(`<${inside}=>`), "<[redacted]>");
    for (const padding of ["a", "ab", "abc"]) {
      const text = Buffer.from(`${padding}s3cret-word`).toString("base64");
      assert.equal(redact(text), "[redacted]", text);
      assert.equal(redact(Buffer.from(`${padding}s3cret-word`).toString("base64url")), "[redacted]");
    }
  });
});

describe("a provider's words for a log", () => {
  it("are on one line, without markup, queries and whole numbers", () => {
    assert.equal(tidyWords(" a\t\n  b "), "a b");
    assert.equal(tidyWords("a<b>c</b>d"), "a c d");
    assert.equal(tidyWords("<p class='x'>a</p>"), "a");
    assert.equal(tidyWords("1 < 2"), "1 < 2");
    assert.equal(tidyWords("/send?a=1&b=2 now"), "/send?… now");
    assert.equal(tidyWords("really? a=1"), "really? a=1");
    assert.equal(tidyWords("to 56990324203 or 1234567"), "to 569•••4203 or 1234567");
  });

  it("are cut at 200 characters", () => {
    assert.equal(tidyWords("x".repeat(200)), "x".repeat(200));
    assert.equal(tidyWords("x".repeat(201)), `${"x".repeat(199)}…`);
    assert.equal(tidyWords(`${" ".repeat(1999)}ab`), "a");
  });
});

describe("the parameters of a form", () => {
  it("are sent without those that are empty, spaces as %20", () => {
    const parameters = { text: "a b+c ñ", none: undefined, empty: "", zero: 0 };
    assert.deepEqual(given(parameters), [
      ["text", "a b+c ñ"],
      ["zero", "0"],
    ]);
    assert.equal(encodeForm(parameters), "text=a%20b%2Bc%20%C3%B1&zero=0");
    assert.equal(FORM_TYPE, "application/x-www-form-urlencoded");
    assert.equal(basicAuth("usér", "pa:ss"), "Basic dXPDqXI6cGE6c3M=");
  });
});

describe("a reply's bytes", () => {
  const read = (body: Buffer, type?: string) =>
    new ReceivedReply(ATTEMPT, 200, type === undefined ? {} : { "content-type": type }, body).text();

  it("are read in the charset that is said, or that they plainly have", () => {
    const latin = Buffer.from("año", "latin1");
    assert.equal(read(Buffer.from("año")), "año");
    assert.equal(read(latin), "año");
    assert.equal(read(latin, "text/html; charset=ISO-8859-1"), "año");
    assert.equal(read(latin, "text/html; Charset = 'iso-8859-1'; x"), "año");
    assert.equal(read(Buffer.from("año"), "application/json; charset=utf8"), "año");
    assert.equal(read(Buffer.from("año"), "application/json;charset=UTF-8"), "año");
    assert.equal(read(Buffer.from("año"), "application/json;charset=x-utf-8"), "año");
    assert.equal(read(Buffer.from("año", "utf16le"), "application/json;charset=utf-16le"), "año");
    assert.equal(read(Buffer.from("\ufeffaño", "utf16le")), "año");
    assert.equal(read(Buffer.from("\ufeffaño")), "año");
    assert.equal(read(Buffer.of(0xff, 0x61)), "ÿa");
    assert.equal(read(Buffer.from("￾a")), "￾a");
    assert.equal(read(Buffer.of(0xef, 0xbb, 0x61)), "ï»a");
    assert.equal(read(Buffer.from("ﺿ")), "ﺿ");
    assert.equal(read(Buffer.alloc(0)), "");
  });

  it("are decompressed in each coding, deflate with and without its frame", async () => {
    const text = Buffer.from('{"id":"1"}'.repeat(20));
    for (const [coding, body] of [
      ["gzip", gzipSync(text)],
      [" X-GZIP ", gzipSync(text)],
      ["deflate", deflateSync(text)],
      ["deflate", deflateSync(text, { level: 9 })],
      ["identity, deflate", deflateRawSync(text)],
    ] as const) {
      assert.deepEqual(await decompress(body, coding), text, coding);
    }
    assert.deepEqual(await decompress(deflateRawSync(Buffer.alloc(0)), "deflate"), Buffer.alloc(0));
    assert.deepEqual([undefined, "", "identity", " , ", "gzip"].map(isCompressed), [false, false, false, false, true]);
    await assert.rejects(decompress(Buffer.of(0x78), "deflate"), { code: "REPLY_COMPRESSION" });
    for (const odd of ["lz77", "gzip, gzip", "", "toString"]) {
      await assert.rejects(decompress(gzipSync(text), odd), { code: "REPLY_ENCODING" }, odd);
    }
  });

  it("that are no JSON are called what they are", () => {
    const fault = (text: string) => {
      try {
        return new ReceivedReply(ATTEMPT, 200, {}, Buffer.from(text)).json();
      } catch (error) {
        return (error as { cause: { reason: string } }).cause.reason;
      }
    };
    const cases = [
      [" ", "REPLY_EMPTY"],
      [" <html>", "REPLY_PAGE"],
      [' {"a', "REPLY_CUT"],
      ["[1,", "REPLY_CUT"],
      ['"a', "REPLY_CUT"],
      ['OK {"a', "REPLY_TEXT"],
      [`${"[".repeat(64)}${"]".repeat(64)}`, undefined],
      [`${"[".repeat(65)}null${"]".repeat(65)}`, "REPLY_DEEP"],
    ] as const;
    for (const [text, reason] of cases) {
      const found = fault(text);
      assert.equal(Array.isArray(found) ? undefined : found, reason, text.slice(0, 20));
    }
    assert.deepEqual(fault('{"__proto__":1,"a":{"\\u005f_proto__":2,"b":3}}'), { a: { b: 3 } });
  });
});
