import { strict as assert } from "node:assert";
import fc from "fast-check";
import { OldestFirst } from "../../src/oldest-first.ts";

describe("A set that knows its oldest member", () => {
  it("is a Set that has told its first member each time, whatever was added and deleted", () => {
    const step = fc.record({ isDeleted: fc.boolean(), value: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const [ours, known] = [new OldestFirst<number>(), new Set<number>()];
        for (const { isDeleted, value } of steps) {
          if (isDeleted) assert.equal(ours.delete(value), known.delete(value));
          else for (const set of [ours, known]) set.add(value);
          assert.deepEqual([...ours], [...known]);
          assert.equal(ours.oldest, [...known][0]);
          assert.equal(ours.size, known.size);
          assert.equal(ours.has(value), known.has(value));
        }
      }),
    );
  });
});
