import { strict as assert } from "node:assert";
import fc from "fast-check";
import { Inbox } from "../../src/inbox.ts";
import type { InboundMessage } from "../../src/result.ts";

/** A Saturday, to the millisecond. */
const NOW = Date.parse("2026-10-03T12:00:00.500Z");
const MINUTE = 60_000;

function message(at: number, text = "x", more: Partial<InboundMessage> = {}): InboundMessage {
  const receivedAt = new Date(Math.floor(at / 1000) * 1000).toISOString();
  return { provider: "p", type: "inbound", from: "+393480000011", text, receivedAt, raw: null, ...more };
}

/** An inbox that has seen an empty list, as most have after a moment. */
function listening(): Inbox {
  const inbox = Inbox.begin("scope", NOW);
  inbox.take([], NOW);
  return inbox;
}

/** What a restart makes of it. */
function restarted(inbox: Inbox): Inbox {
  const restored = Inbox.restore(JSON.parse(JSON.stringify(inbox)));
  assert.ok(restored);
  return restored;
}

const textsOf = (messages: InboundMessage[]) => messages.map(({ text }) => text);

describe("an inbox", () => {
  it("takes what came in before it began for history, and what came in within that very second for new", () => {
    const inbox = Inbox.begin("scope", NOW);
    const listed = [message(NOW - 5000, "old"), message(NOW, "same second"), message(NOW + 2000, "later")];
    assert.deepEqual(textsOf(inbox.take(listed, NOW + 3000)), ["same second", "later"]);
  });

  it("hands on what came in before it began but is listed only now", () => {
    assert.deepEqual(textsOf(listening().take([message(NOW - MINUTE, "late")], NOW)), ["late"]);
  });

  it("hands on each message once, over a restart too", () => {
    const inbox = listening();
    const listed = [message(NOW, "one"), message(NOW, "two")];
    assert.deepEqual(textsOf(inbox.take(listed, NOW)), ["one", "two"]);
    assert.deepEqual(inbox.take(listed, NOW), []);
    assert.deepEqual(restarted(inbox).take(listed, NOW), []);
  });

  it("knows two equal messages of one second for two as soon as two are listed", () => {
    const inbox = listening();
    assert.equal(inbox.take([message(NOW)], NOW).length, 1);
    assert.equal(inbox.take([message(NOW), message(NOW)], NOW).length, 1);
    assert.equal(restarted(inbox).take([message(NOW), message(NOW)], NOW).length, 0);
    assert.equal(inbox.take([message(NOW), message(NOW), message(NOW)], NOW).length, 1);
  });

  it("tells messages with an id apart by that alone", () => {
    const inbox = listening();
    const [first, second] = [message(NOW, "x", { id: "1" }), message(NOW, "x", { id: "2" })];
    assert.equal(inbox.take([first, first, second], NOW).length, 2);
    assert.equal(inbox.take([{ ...first, text: "changed" }], NOW).length, 0);
  });

  it("asks for what came in from ten minutes before the newest message on", () => {
    const inbox = listening();
    inbox.take([message(NOW + 60 * MINUTE)], NOW + 61 * MINUTE);
    assert.equal(inbox.since.getTime(), Math.floor(NOW / 1000) * 1000 + 50 * MINUTE);
    assert.equal(restarted(inbox).since.getTime(), inbox.since.getTime());
  });

  it("goes back to the last message after a long time without any, however long that was", () => {
    const inbox = listening();
    const missed = message(NOW + MINUTE, "missed");
    assert.deepEqual(textsOf(restarted(inbox).take([missed], NOW + 10_000 * MINUTE)), ["missed"]);
  });

  it("does not repeat the past where a provider ignores what it was asked for", () => {
    const inbox = Inbox.begin("scope", NOW);
    const past = Array.from({ length: 50 }, (_, day) => message(NOW - day * 1440 * MINUTE, `day ${day}`));
    inbox.take(past, NOW);
    assert.deepEqual(inbox.take(past, NOW + MINUTE), []);
  });

  it("is not made deaf by a message from the future", () => {
    const inbox = listening();
    assert.equal(inbox.take([message(NOW + 1e11, "2029")], NOW).length, 1);
    assert.ok(inbox.since.getTime() < NOW);
    assert.deepEqual(textsOf(inbox.take([message(NOW + 1e11, "2029"), message(NOW + MINUTE)], NOW + MINUTE)), ["x"]);
  });

  it("hands on a message without a time that can be read, once", () => {
    const inbox = listening();
    const odd = message(NOW, "odd", { receivedAt: "yesterday" });
    assert.deepEqual(textsOf(inbox.take([odd], NOW)), ["odd"]);
    assert.deepEqual(inbox.take([odd], NOW), []);
  });

  it("remembers a bounded number, and then asks for less instead of repeating itself", () => {
    const inbox = listening();
    const many = Array.from({ length: 12_000 }, (_, index) => message(NOW + 10 * index, String(index)));
    assert.equal(inbox.take(many, NOW + 120_000).length, 12_000);
    assert.deepEqual(inbox.take(many, NOW + 120_000), []);
    assert.ok(JSON.stringify(inbox).length < 250_000);
    const later = message(NOW + 121_000, "later");
    assert.deepEqual(textsOf(inbox.take([...many, later], NOW + 121_000)), ["later"]);
  });

  it("keeps neither numbers nor texts", () => {
    const inbox = listening();
    inbox.take([message(NOW, "Secret 17", { id: "id-17", to: "+393480000099" })], NOW);
    assert.doesNotMatch(JSON.stringify(inbox), /Secret|3480|id-17/);
  });

  it("has other hashes than another inbox for the same message", () => {
    const keys = [listening(), listening()].map((inbox) => {
      inbox.take([message(NOW)], NOW);
      return inbox.toJSON().seen[0]?.[0];
    });
    assert.notEqual(keys[0], keys[1]);
  });

  it("is not restored from anything else", () => {
    const saved = JSON.parse(JSON.stringify(listening())) as Record<string, unknown>;
    assert.ok(Inbox.restore(saved));
    for (const key of Object.keys(saved)) assert.equal(Inbox.restore({ ...saved, [key]: undefined }), undefined, key);
    for (const seen of [{}, ["x"], [["x"]], [["x", "1"]], [[1, 1]], [["x", null]]]) {
      assert.equal(Inbox.restore({ ...saved, seen }), undefined);
    }
    for (const other of [undefined, null, "text", 1, [], {}]) assert.equal(Inbox.restore(other), undefined);
  });

  it("hands on every new message exactly once, however they are listed and however often it restarts", () => {
    const arrival = fc.record({ at: fc.integer({ min: 0, max: 600 }), text: fc.constantFrom("a", "b") });
    fc.assert(
      fc.property(
        fc.array(arrival, { maxLength: 40 }),
        fc.array(fc.boolean(), { maxLength: 10 }),
        (arrivals, polls) => {
          let inbox = listening();
          const all = arrivals.map(({ at, text }) => message(NOW + at * 1000, text));
          const found: InboundMessage[] = [];
          polls.push(false);
          for (const [index, restarts] of polls.entries()) {
            const until = NOW + (600_000 * (index + 1)) / polls.length;
            const since = inbox.since.getTime();
            const visible = all.filter(
              ({ receivedAt }) => Date.parse(receivedAt) <= until && Date.parse(receivedAt) >= since,
            );
            found.push(...inbox.take(visible, until));
            if (restarts) inbox = restarted(inbox);
          }
          const known = (list: InboundMessage[]) => list.map(({ text, receivedAt }) => receivedAt + text).sort();
          assert.deepEqual(known(found), known(all));
        },
      ),
    );
  });
});
