import { strict as assert } from "node:assert";
import fc from "fast-check";
import { restoredProperties, storedProperties } from "../../src/outbox/properties.ts";

const again = (properties: Record<string, unknown>) => restoredProperties(storedProperties(properties));

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

  it("do not reach into anything's prototype", () => {
    const text = storedProperties(JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, unknown>);
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
