import { strict as assert } from "node:assert";
import { getEventListeners, getMaxListeners } from "node:events";
import { linked, onAbort, sharedStop } from "../../src/sending/signals.ts";

const listeners = (signal: AbortSignal) => getEventListeners(signal, "abort").length;

describe("Those who wait for a signal", () => {
  it("are all called when it is aborted, once and in their order, but for those who left", () => {
    const stop = sharedStop();
    const called: string[] = [];
    onAbort(stop.signal, () => called.push("first"));
    const leave = onAbort(stop.signal, () => called.push("left"));
    onAbort(stop.signal, () => called.push("last"));
    leave();
    assert.deepEqual(called, []);
    stop.abort();
    stop.abort();
    assert.deepEqual(called, ["first", "last"]);
  });

  it("share one listener, which is gone after the abort", () => {
    const stop = sharedStop();
    for (let index = 0; index < 20; index++) onAbort(stop.signal, () => undefined);
    assert.equal(listeners(stop.signal), 1);
    stop.abort();
    assert.equal(listeners(stop.signal), 0);
  });

  it("are called at their own signal alone", () => {
    const [one, other] = [sharedStop(), sharedStop()];
    const called: string[] = [];
    onAbort(one.signal, () => called.push("one"));
    onAbort(other.signal, () => called.push("other"));
    other.abort();
    assert.deepEqual(called, ["other"]);
  });

  it("may be any number", () => {
    assert.equal(getMaxListeners(sharedStop().signal), 0);
  });
});

describe("A signal for several", () => {
  it("is the one that there is", () => {
    const { signal } = sharedStop();
    for (const others of [[signal], [undefined, signal], [signal, undefined]]) {
      const link = linked(...others);
      assert.equal(link.signal, signal);
      link.release();
    }
    assert.equal(listeners(signal), 0, "nothing waits for it");
  });

  it("is never aborted where there is none", () => {
    const link = linked(undefined);
    link.release();
    assert.equal(link.signal.aborted, false);
  });

  it("is aborted with the first of them, whichever that is", () => {
    for (const index of [0, 1]) {
      const stops = [sharedStop(), sharedStop()];
      const link = linked(...stops.map(({ signal }) => signal));
      assert.ok(stops.every(({ signal }) => signal !== link.signal));
      assert.equal(link.signal.aborted, false);
      stops[index]?.abort();
      assert.equal(link.signal.aborted, true);
      assert.equal(stops[1 - index]?.signal.aborted, false, "the others are not");
    }
  });

  it("is aborted from the beginning where one of them is", () => {
    for (const index of [0, 1]) {
      const stops = [sharedStop(), sharedStop()];
      stops[index]?.abort();
      assert.equal(linked(...stops.map(({ signal }) => signal)).signal.aborted, true);
    }
  });

  it("lets go of all of them when it is released", () => {
    const stops = [sharedStop(), sharedStop()];
    const link = linked(...stops.map(({ signal }) => signal));
    link.release();
    for (const stop of stops) stop.abort();
    assert.equal(link.signal.aborted, false);
  });
});
