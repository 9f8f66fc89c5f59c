import { strict as assert } from "node:assert";
import { Breaker } from "../../src/outbox/breaker.ts";

describe("the outbox's breaker", () => {
  const count = (breaker: Breaker, calls: string, now = 0) =>
    [...calls].map((call) => breaker.count(call === "x", now));

  it("opens when half of at least ten calls failed, and says so once", () => {
    const breaker = new Breaker();
    assert.deepEqual(count(breaker, "xxxxxxxxx").includes(true), false);
    assert.deepEqual(count(breaker, "x"), [true]);
    assert.equal(breaker.isOpen, true);
    assert.deepEqual(count(breaker, "xx"), [false, false]);
  });

  it("stays closed while fewer fail, however many there were before", () => {
    const breaker = new Breaker();
    assert.ok(!count(breaker, "xxxx..........xxxx..........".repeat(20)).includes(true));
    assert.ok(count(breaker, "xxxxxxxxxx").includes(true));
  });

  it("lets one through every 30 s, and closes when it went well", () => {
    const breaker = new Breaker();
    count(breaker, "xxxxxxxxxx");
    assert.equal(breaker.waitMs(0), 30_000);
    assert.equal(breaker.waitMs(30_000), 0);
    breaker.count(true, 31_000);
    assert.equal(breaker.waitMs(31_000), 30_000);
    breaker.count(false, 70_000);
    assert.equal(breaker.isOpen, false);
    assert.ok(!count(breaker, "xxxxxxxxx").includes(true));
  });
});
