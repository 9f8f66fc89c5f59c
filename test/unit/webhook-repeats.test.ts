import { strict as assert } from "node:assert";
import type { Status } from "../../src/result.ts";
import { namesOf, type Naming } from "../../src/webhook/names.ts";
import { Repeats, type Known, type Reported } from "../../src/webhook/repeats.ts";

const FINAL: readonly Status[] = ["delivered", "undelivered", "rejected"];
const DAY_MS = 24 * 3_600_000;

function report(status: Status, providerStatus: string = status): Reported {
  return { status, final: FINAL.includes(status), providerStatus };
}

const named = (naming: Naming) => namesOf(["node", "p"], naming);
const byId = (id: string) => named({ id });

/** Those of a series of reports on one message that are news. */
function news(series: readonly Reported[], repeats = new Repeats(), key = "1"): string[] {
  return series.flatMap((one) => {
    if (!repeats.isNew(byId(key), one)) return [];
    repeats.remember(byId(key), one);
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

  it("are the same word in small letters and in capitals", () => {
    assert.deepEqual(news([report("delivered", "ENTREGADO"), report("delivered", "entregado")]), ["ENTREGADO"]);
  });

  it("are recognised by whatever a report names the message by", () => {
    const whole = { id: "7", reference: "r", to: "+1" };
    const shapes: Naming[] = [whole, { reference: "r", to: "+1" }, { id: "7" }, { id: "7", to: "+1" }];
    for (const [first, ...others] of [shapes, shapes.slice(2)]) {
      const repeats = new Repeats();
      repeats.remember(named(first ?? {}), report("delivered"));
      for (const other of others) assert.ok(!repeats.isNew(named(other), report("delivered")), JSON.stringify(other));
      assert.equal(repeats.size, 1);
    }
  });

  it("are none where one id or reference stands for several recipients", () => {
    const repeats = new Repeats();
    repeats.remember(named({ id: "d", reference: "r", to: "+1" }), report("delivered"));
    assert.ok(repeats.isNew(named({ id: "d", reference: "r", to: "+2" }), report("delivered")));
    assert.ok(repeats.isNew(named({ reference: "r", to: "+2" }), report("delivered")));
    assert.ok(repeats.isNew(named({ id: "8", reference: "r", to: "+2" }), report("delivered")));
  });

  it("are new again when what they repeat was not handed on in the end", () => {
    const repeats = new Repeats();
    repeats.remember(byId("1"), report("sent"));
    const undo = repeats.remember(byId("1"), report("delivered"));
    undo();
    assert.ok(repeats.isNew(byId("1"), report("delivered")));
    assert.ok(!repeats.isNew(byId("1"), report("sent")));
    const both = [report("unknown", "READ"), report("delivered")].map((one) => repeats.remember(byId("1"), one));
    for (const each of both) each();
    assert.ok(repeats.isNew(byId("1"), report("unknown", "READ")));
    assert.ok(repeats.isNew(byId("1"), report("delivered")));
  });

  it("are known to another memory that was told of each change, and not what cannot be read", () => {
    const one = new Repeats();
    const changes: Known[] = [];
    one.onChange = (known) => changes.push(known);
    one.remember(byId("1"), report("queued"));
    one.remember(byId("1"), report("delivered"));
    one.remember(byId("2"), report("sent"))();
    for (const saved of [changes, [...one.all()]]) {
      const other = new Repeats();
      const plain = JSON.parse(JSON.stringify(saved)) as unknown[];
      other.restore(one.salt, [...plain, null, 7, {}, { names: [7] }, { names: ["x"], status: "odd", at: 1 }]);
      assert.equal(other.size, 1);
      assert.ok(!other.isNew(byId("1"), report("delivered")));
      assert.ok(!other.isNew(byId("1"), report("sent")));
      assert.ok(other.isNew(byId("2"), report("sent")));
    }
    assert.ok(!JSON.stringify(changes).includes('"1"'));
  });

  it("are not remembered before they were handed on", () => {
    const repeats = new Repeats();
    assert.ok(repeats.isNew(byId("1"), report("sent")));
    assert.ok(repeats.isNew(byId("1"), report("sent")));
  });

  it("of one message do not count for another", () => {
    const repeats = new Repeats();
    assert.deepEqual(news([report("sent")], repeats, "1"), ["sent"]);
    assert.deepEqual(news([report("sent")], repeats, "2"), ["sent"]);
  });

  it("are recognised for seven days", () => {
    let now = 0;
    const repeats = new Repeats({ now: () => now });
    repeats.remember(byId("1"), report("delivered"));
    now = 7 * DAY_MS;
    assert.ok(!repeats.isNew(byId("1"), report("delivered")));
    now += 1;
    assert.ok(repeats.isNew(byId("1"), report("delivered")));
    repeats.remember(byId("2"), report("sent"));
    assert.equal(repeats.size, 1, "what is too old is forgotten");
  });

  it("take a bounded amount of memory: the oldest are forgotten", () => {
    const repeats = new Repeats({ max: 100 });
    for (let id = 0; id < 1000; id++) repeats.remember(byId(String(id)), report("sent"));
    assert.equal(repeats.size, 100);
    assert.ok(repeats.isNew(byId("899"), report("sent")));
    assert.ok(!repeats.isNew(byId("900"), report("sent")));
    for (let word = 0; word < 1000; word++) repeats.remember(byId("odd"), report("unknown", String(word)));
    assert.equal(repeats.size, 100);
  });
});
