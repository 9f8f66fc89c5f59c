import { strict as assert } from "node:assert";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { restoredProperties, storedProperties } from "../../src/outbox/properties.ts";

const again = (properties: Record<string, unknown>) => restoredProperties(storedProperties(properties).text);

describe("a message's properties in the outbox", () => {
  it("come back as they were, whatever plain data they are", () => {
    const leaf = fc.oneof(
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      fc.date().map((date) => date),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      fc.bigInt(),
    );
    const key = fc.oneof(fc.string(), fc.constantFrom("$date", "$buffer", "$plain", "$number", "$bigint"));
    const data = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: "small" }, leaf, fc.array(tie("value")), fc.dictionary(key, tie("value"))),
    })).value;
    fc.assert(
      fc.property(fc.dictionary(key, data), ({ req: _, res: __, ...properties }) => {
        assert.deepEqual(again(properties), structuredClonePlain(properties));
      }),
    );
  });

  it("leave out what cannot be stored, and nothing else", () => {
    const circle: Record<string, unknown> = { name: "circle" };
    circle.self = circle;
    const given = { req: {}, res: {}, call: () => 1, nothing: undefined, circle, list: [() => 1, 2], twice: [1, 1] };
    assert.deepEqual(again(given), { circle: { name: "circle" }, list: [null, 2], twice: [1, 1] });
    assert.equal(given.circle.self, circle);
  });

  it("keep data of the user's own that looks like ours once what is no data has been left out of it", () => {
    const call = () => 1;
    const remains = { rawHeaders: ["cookie", "CANARY"] };
    const given = [
      [{ $bigint: "abc", note: undefined }, { $bigint: "abc" }],
      [{ $bigint: "12", remains }, { $bigint: "12" }],
      [{ $number: "7", call }, { $number: "7" }],
      [{ call, $date: 5 }, { $date: 5 }],
      [{ $buffer: "eA==", call }, { $buffer: "eA==" }],
      [{ $plain: { $date: 5 }, call }, { $plain: { $date: 5 } }],
    ] as const;
    for (const [own, kept] of given) {
      assert.deepEqual(again({ own, deep: [{ own }] }), { own: kept, deep: [{ own: kept }] });
      assert.deepEqual(again(own), kept);
    }
  });

  it("stay as they are where they look like ours and cannot be read", () => {
    for (const own of [{ $bigint: "abc" }, { $bigint: "" }, { $number: "7" }, { $date: "5" }, { $buffer: 5 }]) {
      assert.deepEqual(restoredProperties(JSON.stringify({ own })), { own });
    }
  });

  it("leave out requests, responses, sockets and other instances of classes, however deep they are", () => {
    const req = new IncomingMessage(new Socket());
    Object.assign(req, { rawHeaders: ["cookie", "CANARY"], body: { cookie: "CANARY" } });
    const res = new ServerResponse(req);
    const wrapper = { _res: res, send: () => undefined, locals: "CANARY" };
    const copies = [{ ...req }, { rawHeaders: ["cookie", "CANARY"] }, { ...res, note: "CANARY" }];
    const instances = [req.socket, new Map([["cookie", "CANARY"]]), new Error("CANARY"), new URL("http://CANARY/")];
    const given = { saved: { req, res: wrapper, at: 5 }, deep: [{ deeper: [...copies, ...instances] }] };
    const { text } = storedProperties(given);
    assert.ok(!/canary/i.test(text), text);
    const nulls = [...copies, ...instances].map(() => null);
    assert.deepEqual(restoredProperties(text), { saved: { at: 5 }, deep: [{ deeper: nulls }] });
  });

  it("keep data of the user's own that is called as a request is", () => {
    const given = { job: { req: "R-7", res: { width: 640 } }, original: { headers: { "x-site": "north" } } };
    assert.deepEqual(again(given), given);
  });

  it("leave out the message where it refers to itself, and keep what is in two places in both", () => {
    const site = { name: "north" };
    const message: Record<string, unknown> = { topic: "pump", first: site, second: { site } };
    Object.assign(message, { original: message, deep: [{ message }] });
    const { text } = storedProperties(message, ["topic"]);
    assert.deepEqual(restoredProperties(text), { first: site, second: { site }, deep: [{}] });
  });

  it("keep what a function node made, which has classes of its own", () => {
    const made = runInNewContext("({ at: new Date(5), bytes: new Uint8Array([1, 2]), list: [{ a: 1 }] })") as object;
    assert.deepEqual(again({ made }), { made: { at: new Date(5), bytes: Buffer.from([1, 2]), list: [{ a: 1 }] } });
  });

  it("leave out, and name, what is too large for a store, and keep what is small", () => {
    let doubled: unknown[] = [1];
    // Each twice in the next: a thousand million values, in thirty objects.
    for (let depth = 0; depth < 30; depth++) doubled = [doubled, doubled];
    const long = "x".repeat(600_000);
    const given = {
      bytes: Buffer.alloc(900_000),
      first: long,
      second: long,
      sparse: new Array(1e9),
      doubled,
      topic: "pump",
    };
    const { text, tooLarge } = storedProperties(given);
    assert.deepEqual(tooLarge, ["bytes", "second", "sparse", "doubled"]);
    assert.deepEqual(restoredProperties(text), { first: long, topic: "pump" });
    assert.ok(text.length < 1024 ** 2);
  });

  it("leave out what throws when it is read", () => {
    const given = { topic: "pump" };
    Object.defineProperty(given, "trap", { enumerable: true, get: () => assert.fail("It was read.") });
    assert.deepEqual(again(given), { topic: "pump" });
  });

  it("do not reach into anything's prototype", () => {
    const { text } = storedProperties(JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, unknown>);
    const restored = restoredProperties(text);
    assert.equal(({} as Record<string, unknown>).polluted, undefined);
    assert.deepEqual(Object.keys(restored), ["__proto__"]);
  });
});

/** Negative zero is zero in JSON, and objects without a prototype come back as usual ones. */
function structuredClonePlain(value: unknown): unknown {
  if (value === 0) return 0;
  if (Array.isArray(value)) return value.map(structuredClonePlain);
  if (typeof value !== "object" || value === null || value instanceof Date || Buffer.isBuffer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, structuredClonePlain(entry)]));
}
