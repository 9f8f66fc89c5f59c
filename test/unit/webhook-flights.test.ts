import { strict as assert } from "node:assert";
import { getEventListeners } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import { Flights, tell, type Departure } from "../../src/webhook/flights.ts";
import type { Named, Shared } from "../../src/webhook/match.ts";
import { timersLeft } from "../support/kept.ts";

const shared: Shared = { provider: "p", account: "Alarms", text: "{}" };
const ONE = "+34600111222";
const OTHER = "+34600111223";

/** A report that waits until it finds something, how often it looked, and its end. */
class Waiting {
  readonly closing = new AbortController();
  looked = 0;
  found: string | undefined;
  hasEnded = false;
  result: string | undefined;

  constructor(flights: Flights, named: Named = { id: "1" }, deadline = performance.now() + 60_000) {
    const look = () => {
      this.looked += 1;
      return this.found;
    };
    const { signal } = this.closing;
    void flights.until("p", named, look, { deadline, signal }).then((result) => {
      this.hasEnded = true;
      this.result = result;
    });
  }
}

async function waits(departure: Departure, named: Named): Promise<boolean> {
  const flights = new Flights();
  const { end } = flights.begin(shared, departure);
  const waiting = new Waiting(flights, named);
  await turn();
  const isWaiting = !waiting.hasEnded;
  end();
  await turn();
  assert.ok(waiting.hasEnded);
  return isWaiting;
}

describe("A report that waits for requests on their way", () => {
  it("looks again each time that one of them tells more, and ends with what it finds", async () => {
    const flights = new Flights();
    const flight = [0, 1].map(() => flights.begin(shared, { channel: "sms" }).flight);
    const waiting = new Waiting(flights);
    for (const index of [0, 1, 1]) {
      const { looked } = waiting;
      await turn();
      if (flight[index]) tell(flight[index]);
      await turn();
      assert.deepEqual([waiting.looked, waiting.hasEnded], [looked + 1, false]);
    }
    waiting.found = "it";
    if (flight[0]) tell(flight[0]);
    await turn();
    assert.equal(waiting.result, "it");
  });

  it("waits until the last of them has ended", async () => {
    const flights = new Flights();
    const [first, last] = [0, 1].map(() => flights.begin(shared, { channel: "sms" }).end);
    const waiting = new Waiting(flights);
    first?.();
    await turn();
    assert.equal(waiting.hasEnded, false);
    last?.();
    await turn();
    assert.deepEqual([waiting.hasEnded, waiting.result], [true, undefined]);
  });

  it("ends at once when the webhook closes, and leaves nothing behind", async () => {
    const timers = await timersLeft(async () => {
      const flights = new Flights();
      const { flight } = flights.begin(shared, { channel: "sms" });
      const waiting = new Waiting(flights);
      await turn();
      assert.equal(flight.waiting.size, 1);
      waiting.closing.abort();
      await turn();
      assert.deepEqual([waiting.hasEnded, flight.waiting.size], [true, 0]);
    });
    assert.equal(timers, 0);
  });

  it("leaves nothing at its signal and at other requests when one of them tells what it waits for", async () => {
    const timers = await timersLeft(async () => {
      const flights = new Flights();
      const [one, other] = [0, 1].map(() => flights.begin(shared, { channel: "sms" }).flight);
      const waiting = new Waiting(flights);
      await turn();
      assert.equal(getEventListeners(waiting.closing.signal, "abort").length, 1);
      waiting.found = "it";
      if (one) tell(one);
      await turn();
      assert.equal(waiting.result, "it");
      assert.equal(getEventListeners(waiting.closing.signal, "abort").length, 0);
      assert.deepEqual([one?.waiting.size, other?.waiting.size], [0, 0]);
    });
    assert.equal(timers, 0);
  });

  it("does not wait where its time is over", async () => {
    const flights = new Flights();
    flights.begin(shared, { channel: "sms" });
    const late = new Waiting(flights, { id: "1" }, performance.now() - 1);
    await turn();
    assert.deepEqual([late.hasEnded, late.looked], [true, 1]);
  });

  it("waits for those alone that it may be about, by all that both say", async () => {
    const sms = { channel: "sms" } as const;
    const both = { ...sms, recipients: [ONE, OTHER] };
    assert.equal(await waits(sms, {}), true);
    assert.equal(await waits(sms, { reference: "r", to: ONE }), true, "the request says neither");
    assert.equal(await waits({ ...both, reference: "r" }, { id: "1" }), true, "the report says neither");
    assert.equal(await waits({ ...sms, reference: "r" }, { reference: "r" }), true);
    assert.equal(await waits({ ...sms, reference: "r" }, { reference: "s" }), false);
    assert.equal(await waits(both, { to: OTHER }), true);
    assert.equal(await waits(both, { to: "+34600111224" }), false);
    assert.equal(await waits(both, { to: "" }), true);
  });
});

describe("A request on its way", () => {
  it("is found by its reference and a number of it, as far as it has some", () => {
    const flights = new Flights();
    const { end } = flights.begin(shared, { channel: "push", reference: "r", recipients: [ONE, OTHER] });
    flights.begin(shared, { channel: "push", reference: "open" });
    const found = (named: Named) => flights.find("p", named);
    assert.equal(found({ reference: "r", to: "600111223" })?.to, OTHER);
    assert.equal(found({ reference: "r", to: "+34600111224" })?.to, undefined);
    assert.equal(found({ reference: "r" })?.to, undefined);
    const open = { account: "Alarms", channel: "push", sent: { reference: "open" } };
    assert.deepEqual([found({ reference: "open" }), found({ reference: "open", to: ONE })], [open, open]);
    for (const named of [{ reference: "s" }, { to: ONE }, { id: "r" }]) assert.equal(found(named), undefined);
    assert.equal(flights.find("q", { reference: "r" }), undefined);
    end();
    assert.equal(found({ reference: "r" }), undefined);
  });

  it("without a reference is not found by none", () => {
    const flights = new Flights();
    flights.begin(shared, { channel: "sms", recipients: [ONE] });
    assert.equal(flights.find("p", { to: ONE }), undefined);
  });
});
