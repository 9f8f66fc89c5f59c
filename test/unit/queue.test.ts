import { strict as assert } from "node:assert";
import fc from "fast-check";
import { Queue } from "../../src/queue.ts";

describe("A queue that anyone may leave", () => {
  it("gives out in order those that are still in, whoever left or was taken before", () => {
    const step = fc.oneof(
      fc.constant("push" as const),
      fc.constant("shift" as const),
      fc.constant("take even" as const),
      fc.record({ leaves: fc.nat(20) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const queue = new Queue<number>();
        const leaves: (() => boolean)[] = [];
        let known: number[] = [];
        for (const one of steps) {
          if (one === "push") {
            known.push(leaves.length);
            leaves.push(queue.push(leaves.length));
          } else if (one === "shift") {
            assert.equal(queue.shift(), known.shift());
          } else if (one === "take even") {
            assert.deepEqual(
              queue.takeAll((value) => value % 2 === 0),
              known.filter((value) => value % 2 === 0),
            );
            known = known.filter((value) => value % 2 === 1);
          } else if (leaves.length > 0) {
            const value = one.leaves % leaves.length;
            assert.equal(leaves[value]?.(), known.includes(value), "it says whether it was still in");
            known = known.filter((other) => other !== value);
          }
          assert.deepEqual([...queue], known);
          assert.deepEqual([queue.size, queue.first], [known.length, known[0]]);
        }
        assert.deepEqual(queue.takeAll(), known);
        assert.equal(queue.size, 0);
      }),
    );
  });

  it("goes through those that are in, while some leave and others come", () => {
    const queue = new Queue<number>();
    const leaves = [0, 1, 2, 3].map((value) => queue.push(value));
    const visited: number[] = [];
    for (const value of queue) {
      visited.push(value);
      if (value === 1) [0, 1, 2].forEach((one) => leaves[one]?.());
      if (value === 3) queue.push(4);
    }
    assert.deepEqual(visited, [0, 1, 3]);
    assert.deepEqual([...queue], [3, 4]);
  });
});
