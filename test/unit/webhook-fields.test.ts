import { strict as assert } from "node:assert";
import fc from "fast-check";
import { bodyType } from "../../src/webhook/body.ts";
import { fieldsOfBody, fieldsOfQuery, fieldsOfValue } from "../../src/webhook/fields.ts";
import { Refusal } from "../../src/refusal.ts";

const json = (text: string) => fieldsOfBody(Buffer.from(text), "json");
const form = (text: string) => fieldsOfBody(Buffer.from(text), "form");

function refused(status: number, work: () => unknown): void {
  assert.throws(work, (error) => error instanceof Refusal && error.status === status);
}

describe("the type of a callback's body", () => {
  const typeOf = (headers: Record<string, string>) => bodyType({ headers });
  const length = { "content-length": "10" };

  it("is JSON or a form, whatever the parameters and the case of the header", () => {
    const jsons = ["application/json", "Application/JSON; charset=utf-8", "text/json", "application/problem+json"];
    for (const type of jsons) assert.equal(typeOf({ ...length, "content-type": type }), "json");
    assert.equal(typeOf({ ...length, "content-type": "application/x-www-form-urlencoded;charset=UTF-8" }), "form");
    assert.equal(typeOf({ "transfer-encoding": "chunked", "content-type": "application/json" }), "json");
  });

  it("is none where there is no body", () => {
    assert.equal(typeOf({}), "none");
    assert.equal(typeOf({ "content-length": "0", "content-type": "text/plain" }), "none");
  });

  it("is refused as 415 when it is another one, missing, or compressed", () => {
    for (const type of ["text/plain", "multipart/form-data; boundary=x", "application/xml", "application/jsonx", ""]) {
      refused(415, () => typeOf({ ...length, "content-type": type }));
    }
    refused(415, () => typeOf(length));
    for (const encoding of ["gzip", "br", "identity, gzip"]) {
      refused(415, () => typeOf({ ...length, "content-type": "application/json", "content-encoding": encoding }));
    }
    assert.equal(typeOf({ ...length, "content-type": "application/json", "content-encoding": "Identity" }), "json");
  });
});

describe("the fields of a callback", () => {
  it("come from JSON, a form and a query alike", () => {
    const fields = { id_sms: "f04789942fe84541b26b8707207e4193", status: "ENTREGADO" };
    assert.deepEqual(json(JSON.stringify(fields)), [fields]);
    assert.deepEqual(form(new URLSearchParams(fields).toString()), [fields]);
    assert.deepEqual(fieldsOfQuery(`/path/secret?${new URLSearchParams(fields).toString()}`), [fields]);
    assert.deepEqual(fieldsOfQuery("/path/secret"), []);
  });

  it("are several in a JSON list", () => {
    assert.deepEqual(json('[{"a":1},{"b":2}]'), [{ a: 1 }, { b: 2 }]);
    refused(400, () => json('[{"a":1},2]'));
    refused(400, () => json(JSON.stringify(Array.from({ length: 1001 }, () => ({})))));
  });

  it("keep every digit of an id, however long the number is", () => {
    assert.deepEqual(
      json(
        '{"id_sms":12345678901234567890,"n":-90071992547409931,"s":"12345678901234567890","t":"\\"1234567890123456789"}',
      ),
      [
        {
          id_sms: "12345678901234567890",
          n: "-90071992547409931",
          s: "12345678901234567890",
          t: '"1234567890123456789',
        },
      ],
    );
    assert.deepEqual(json('{"a":9007199254740991,"b":1e30,"c":1234567890123456.5}'), [
      { a: 9007199254740991, b: 1e30, c: 1234567890123456.5 },
    ]);
    const long = `{"t":"${"\\\\x".repeat(300_000)}","id":12345678901234567890}`;
    assert.equal(json(long)[0]?.id, "12345678901234567890");
    refused(400, () => json("{12345678901234567890:1}"));
  });

  it("are found in JSON that was posted under the type of a form, as curl -d does", () => {
    assert.deepEqual(form(' {"id_sms":"1","status":"A&B"}'), [{ id_sms: "1", status: "A&B" }]);
  });

  it("keep every character of a text, in UTF-8 or in the Latin alphabet of older gateways", () => {
    assert.deepEqual(form("text=%C2%BFS%C3%AD%3F+%F0%9F%98%80"), [{ text: "¿Sí? 😀" }]);
    assert.deepEqual(form("text=%BFS%ED%3F%20%80"), [{ text: "¿Sí? €" }]);
    assert.deepEqual(fieldsOfQuery("/x?text=a%2Bb%26c&number=393471234567&empty"), [
      { text: "a+b&c", number: "393471234567", empty: "" },
    ]);
    assert.deepEqual(form("text=100%"), [{ text: "100%" }]);
  });

  it("read back whatever a form holds", () => {
    const texts = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => text.isWellFormed());
    const names = texts.filter((name) => name !== "__proto__" && !/^[\s{[]/.test(name));
    fc.assert(
      fc.property(fc.dictionary(names, texts, { minKeys: 1 }), (fields) => {
        assert.deepEqual(form(new URLSearchParams(fields).toString()), [{ ...fields }]);
      }),
    );
  });

  it("are refused when they are no JSON object, or no UTF-8", () => {
    for (const text of ["", "{", "null", "1", '"x"', "[1]", "{]", "undefined"]) refused(400, () => json(text));
    refused(400, () => fieldsOfBody(Buffer.from([0x7b, 0xff, 0x7d]), "json"));
  });

  it("are refused beyond twenty levels, however deep", () => {
    const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`;
    const lists = (levels: number) => `{"a":${"[".repeat(levels)}${"]".repeat(levels)}}`;
    assert.equal(json(nested(20)).length, 1);
    assert.equal(json(lists(19)).length, 1);
    for (const text of [nested(21), lists(20), nested(20_000), lists(500_000)]) refused(400, () => json(text));
  });

  it("are refused when a name would reach the prototype of every object", () => {
    refused(400, () => json('{"__proto__":{"admin":true}}'));
    refused(400, () => json('{"a":[{"b":{"__proto__":1}}]}'));
    refused(400, () => json('{"constructor":{"prototype":{"admin":true}}}'));
    refused(400, () => form("__proto__=x"));
    refused(400, () => fieldsOfQuery("/x?a=1&%5F_proto__=x"));
    assert.deepEqual(json('{"constructor":"x"}'), [{ constructor: "x" }]);
  });

  it("are refused when there are more than a thousand of them", () => {
    refused(400, () => form("a=1&".repeat(1001)));
    assert.equal(form("a=1&".repeat(1000)).length, 1);
  });

  it("may have been parsed by others, and are held to the same rules", () => {
    assert.deepEqual(fieldsOfValue({ id_sms: "1" }), [{ id_sms: "1" }]);
    refused(400, () => fieldsOfValue(undefined));
    refused(400, () => fieldsOfValue(JSON.parse('{"__proto__":1}')));
  });

  it("never make the reader fail in another way, whatever comes", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom("json", "form"), (bytes, type) => {
        try {
          fieldsOfBody(Buffer.from(bytes), type);
        } catch (error) {
          assert.ok(error instanceof Refusal && error.status === 400);
        }
      }),
    );
  });
});
