import { strict as assert } from "node:assert";
import { parts } from "../../bench/parts/index.ts";
import type { Row } from "../../bench/support/part.ts";
import { figure, isKept, median, promised, shownTable, tableOf } from "../../bench/support/table.ts";

const FAST: Row = { what: "messages a second", unit: "", promise: { least: 2000 } };
const RATIO: Row = { what: "against another", unit: "×", digits: 2, promise: { most: 0.2 } };

describe("the table of the benchmark", () => {
  it("stands in the README, with every row that is measured and what is promised of it", async () => {
    const shown = (await shownTable()).split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
    for (const row of parts.flatMap((part) => Object.values(part.rows))) {
      const line = shown.find(([, what]) => what === row.what);
      assert.ok(line, `the README has no row "${row.what}": npm run bench`);
      assert.notEqual(line[2], "");
      assert.equal(line[3], promised(row));
    }
  });

  it("shows the middle one of the rounds, and the least and the most", () => {
    assert.equal(figure(FAST, [2100, 1999.6, 3000]), "2,100 [2,000–3,000]");
    assert.equal(figure(RATIO, [0.19, 0.21]), "0.20 × [0.19–0.21]");
    assert.equal(figure(RATIO, [NaN, NaN]), "–");
    assert.ok(Number.isNaN(median([])));
  });

  it("shows no zero with a sign", () => {
    const memory: Row = { what: "memory over idle", unit: "MB" };
    assert.equal(figure(memory, [-0.3, -0, 64]), "0 MB [0–64]");
    assert.equal(figure(memory, [-3, -0.3, 64]), "0 MB [-3–64]");
  });

  it("holds a promise to what it shows", () => {
    assert.ok(isKept(FAST, [1999.6]));
    assert.ok(!isKept(FAST, [1999.4]));
    assert.ok(isKept(RATIO, [0.204]));
    assert.ok(!isKept(RATIO, [0.21]));
  });

  it("says when and on what it was measured", () => {
    const [part] = parts;
    assert.ok(part);
    const table = tableOf([{ part, found: {} }], 5, "5.0.7");
    assert.match(table, /Measured \d{4}-\d\d-\d\d .* Node-RED 5\.0\.7, Node\.js \d+\.\d+\.\d+, \d+ × .*of 5 rounds/s);
  });
});
