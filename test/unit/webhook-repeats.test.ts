import { strict as assert } from "node:assert";
import type { Status } from "../../src/result.ts";
import { Repeats, type Reported } from "../../src/webhook/repeats.ts";

const FINAL: readonly Status[] = ["delivered", "undelivered", "rejected"];
const DAY_MS = 24 * 3_600_000;

function report(status: Status, providerStatus: string = status): Reported {
  return { status, final: FINAL.includes(status), providerStatus };
}

/** Those of a series of reports on one message that are news. */
function news(series: readonly Reported[], repeats = new Repeats(), key = "1"): string[] {
  return series.flatMap((one) => {
    if (!repeats.isNew(key, one)) return [];
    repeats.remember(key, one);
    return [one.providerStatus];
  });
}

describe("repeated reports", () => {
  it("are no news, but each change is", () => {
    const series = ["queued", "queued", "sent", "sent", "queued", "delivered", "delivered"] as const;
    assert.deepEqual(news(series.map((status) => report(status))), ["queued", "sent", "delivered"]);
  });

  it("never take a message back, nor out of its end", () => {
    assert.deepEqual(news([report("delivered"), report("sent"), report("undelivered"), report("unknown", "ODD")]), [
      "delivered",
    ]);
    assert.deepEqual(news([report("undelivered"), report("delivered")]), ["undelivered", "delivered"]);
  });

  it("are told by the provider's own word where two words mean the same", () => {
    const carrier = report("sent", "ENVIADO_A_CARRIER");
    const waiting = report("sent", "ESPERANDO_RESPUESTA");
    assert.deepEqual(news([carrier, waiting, carrier, waiting]), ["ENVIADO_A_CARRIER", "ESPERANDO_RESPUESTA"]);
  });

  it("with a word that nobody knows are news once, and do not stop what follows", () => {
    const series = [report("sent"), report("unknown", "LEIDO"), report("unknown", "LEIDO"), report("delivered")];
    assert.deepEqual(news(series), ["sent", "LEIDO", "delivered"]);
  });

  it("are not remembered before they were handed on", () => {
    const repeats = new Repeats();
    assert.ok(repeats.isNew("1", report("sent")));
    assert.ok(repeats.isNew("1", report("sent")));
  });

  it("of one message do not count for another", () => {
    const repeats = new Repeats();
    assert.deepEqual(news([report("sent")], repeats, "1"), ["sent"]);
    assert.deepEqual(news([report("sent")], repeats, "2"), ["sent"]);
  });

  it("are recognised for seven days", () => {
    let now = 0;
    const repeats = new Repeats({ now: () => now });
    repeats.remember("1", report("delivered"));
    now = 7 * DAY_MS;
    assert.ok(!repeats.isNew("1", report("delivered")));
    now += 1;
    assert.ok(repeats.isNew("1", report("delivered")));
    repeats.remember("2", report("sent"));
    assert.equal(repeats.size, 1, "what is too old is forgotten");
  });

  it("take a bounded amount of memory: the oldest are forgotten", () => {
    const repeats = new Repeats({ max: 100 });
    for (let id = 0; id < 1000; id++) repeats.remember(String(id), report("sent"));
    assert.equal(repeats.size, 100);
    assert.ok(repeats.isNew("899", report("sent")));
    assert.ok(!repeats.isNew("900", report("sent")));
    for (let word = 0; word < 1000; word++) repeats.remember("odd", report("unknown", String(word)));
    assert.equal(repeats.size, 100);
  });
});
