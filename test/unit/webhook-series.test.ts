import { strict as assert } from "node:assert";
import fc from "fast-check";
import { advance } from "../../src/status.ts";
import type { Status } from "../../src/result.ts";
import { fieldsOfBody, fieldsOfQuery, fieldsOfValue } from "../../src/webhook/fields.ts";
import { KeptMessages } from "../../src/webhook/kept-messages.ts";
import type { Taken } from "../../src/webhook/match.ts";
import { namesOf, type Naming } from "../../src/webhook/names.ts";
import { Repeats, type Reported } from "../../src/webhook/repeats.ts";

const WEEK_MS = 7 * 24 * 3_600_000;

const report: fc.Arbitrary<Reported> = fc
  .record({
    status: fc.constantFrom<Status>("unknown", "accepted", "queued", "sent", "rejected", "undelivered", "delivered"),
    word: fc.constantFrom("a", "b", "c"),
  })
  .map(({ status, word }) => ({
    status,
    final: advance(status) >= advance("rejected"),
    providerStatus: `${status}-${word}`,
  }));

/** One message by whatever a provider may name it by. */
const naming = (message: number): fc.Arbitrary<Naming> => {
  const all = { id: `id${message}`, reference: `r${message}`, to: `+${message}` };
  return fc.constantFrom({ id: all.id }, { id: all.id, to: all.to }, all);
};

const call = fc.nat(3).chain((message) =>
  fc.record({
    message: fc.constant(message),
    naming: naming(message),
    report,
    after: fc.constantFrom("kept", "taken back", "restart"),
  }),
);

describe("a series of reports, in any order and shape", () => {
  it("never takes a message back, and tells nothing twice but what was not handed on", () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 40 }), (calls) => {
        let repeats = new Repeats();
        const told = new Map<number, Reported[]>();
        for (const { message, naming: by, report: one, after } of calls) {
          const names = namesOf(["node"], by);
          if (!repeats.isNew(names, one)) continue;
          const before = told.get(message) ?? [];
          const reached = Math.max(-1, ...before.map(({ status }) => advance(status)));
          assert.ok(!before.some(({ providerStatus }) => providerStatus === one.providerStatus), "told twice");
          assert.ok(one.status === "unknown" || advance(one.status) >= reached, "taken back");
          assert.ok(one.status !== "unknown" || !before.some(({ final }) => final), "news after the end");
          const takeBack = repeats.remember(names, one);
          assert.ok(!repeats.isNew(names, one));
          if (after === "taken back") {
            takeBack();
            assert.ok(repeats.isNew(names, one), "what was taken back is new");
          } else told.set(message, [...before, one]);
          if (after === "restart") repeats = again(repeats);
        }
        assert.ok(repeats.size <= told.size);
      }),
    );
  });

  it("is new in each word until it was told, and known in capitals, too", () => {
    fc.assert(
      fc.property(report, (one) => {
        const repeats = new Repeats();
        const names = namesOf(["node"], { id: "1" });
        assert.ok(repeats.isNew(names, one));
        repeats.remember(names, one);
        for (const providerStatus of [one.providerStatus, one.providerStatus.toUpperCase()]) {
          assert.ok(!repeats.isNew(names, { ...one, providerStatus }));
        }
        assert.equal(
          repeats.isNew(names, { ...one, providerStatus: "another" }),
          one.status !== "unknown" || !one.final,
        );
        assert.ok(repeats.isNew(namesOf(["other"], { id: "1" }), one), "another node's are its own");
      }),
    );
  });
});

/** Another process that reads what this one wrote. */
function again(repeats: Repeats): Repeats {
  const next = new Repeats();
  next.restore(repeats.salt, JSON.parse(JSON.stringify([...repeats.all()])) as unknown[]);
  assert.equal(next.size, repeats.size);
  return next;
}

describe("the names of a report", () => {
  const ask = (by: Naming) => namesOf(["p"], by);

  it("hold what it has, so that two of different kinds are never one", () => {
    const kinds: Naming[] = [
      { id: "1" },
      { reference: "1" },
      { id: "1", to: "1" },
      { reference: "1", to: "1" },
      { to: "1" },
    ];
    const kept = kinds.flatMap((by) => [...ask(by).kept]);
    assert.equal(new Set(kept).size, kept.length);
    assert.deepEqual(ask({ to: "1" }), { asked: [], kept: [] });
    assert.deepEqual(ask({}).asked, ask({ reference: "" }).asked);
  });
});

describe("what is kept of messages that were sent", () => {
  const shared = (text = "{}") => ({ provider: "p", account: "a", text });
  const one = (id: string, more: Partial<Taken> = {}): Taken => ({
    channel: "sms",
    recipients: [{ id, to: `+56${id}` }],
    ...more,
  });

  it("is found by id, reference and number, whatever else was sent since", () => {
    const sent = fc.record({
      id: fc.nat(50).map(String),
      reference: fc.option(fc.nat(5).map(String), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(sent, { maxLength: 60 }), (all) => {
        const kept = new KeptMessages({ messages: 20 });
        for (const { id, reference } of all) {
          kept.add(shared(JSON.stringify({ topic: id })), one(id, reference === undefined ? {} : { reference }));
          const found = kept.find("p", { id });
          assert.deepEqual([found?.sent.topic, found?.account, found?.channel], [id, "a", "sms"]);
          assert.ok(kept.size <= 20);
          if (reference !== undefined) assert.equal(kept.find("p", { reference, to: `+56${id}` })?.sent.topic, id);
          assert.equal(kept.find("q", { id, reference, to: `+56${id}` }), undefined);
        }
      }),
    );
  });

  it("is found by its reference alone where the provider gave no id", () => {
    const kept = new KeptMessages();
    kept.add(shared(), { channel: "sms", recipients: [{ to: "+56990324203" }], reference: "alone" });
    assert.deepEqual(kept.find("p", { reference: "alone" }), {
      account: "a",
      channel: "sms",
      sent: { reference: "alone" },
    });
    assert.equal(kept.find("p", {}), undefined);
    kept.add(shared(), { channel: "sms", recipients: [{ to: "+56990324203" }] });
    assert.equal(kept.size, 1, "nothing could find it");
  });

  it("names nobody where two sends had the same reference, or the number is another one", () => {
    const kept = new KeptMessages();
    kept.add(shared(), one("1", { reference: "r" }));
    assert.equal(kept.find("p", { reference: "r" })?.id, "1");
    assert.equal(kept.find("p", { reference: "r", to: "+34600000000" })?.id, undefined);
    kept.add(shared(), one("2", { reference: "r" }));
    assert.equal(kept.find("p", { reference: "r" })?.id, undefined);
    assert.equal(kept.find("p", { reference: "r", to: "+561" })?.id, "1");
  });

  it("stays for a week, to the millisecond", () => {
    let now = 0;
    const kept = new KeptMessages({ now: () => now });
    kept.add(shared(), one("1"));
    now = WEEK_MS;
    assert.ok(kept.find("p", { id: "1" }));
    kept.add(shared(), one("2"));
    assert.equal(kept.size, 2);
    now += 1;
    assert.equal(kept.find("p", { id: "1" }), undefined);
    kept.add(shared(), one("3"));
    assert.equal(kept.size, 2);
  });

  it("has room for so many characters, what recipients of one send share counting once", () => {
    const kept = new KeptMessages({ characters: 100 });
    const half = JSON.stringify({ topic: "x".repeat(38) });
    const many = Array.from({ length: 30 }, (_, id) => ({ id: `m${id}`, to: `+${id}` }));
    kept.add(shared(half), { channel: "sms", recipients: many });
    kept.add(shared(half), one("1"));
    assert.equal(kept.size, 31, `${half.length} characters twice`);
    kept.add(shared(), one("2"));
    assert.equal(kept.size, 2, "one more, and the oldest go until it fits");
    kept.add(shared(half), one("3"));
    kept.add(shared(half), one("4"));
    assert.deepEqual([kept.size, kept.find("p", { id: "2" })], [2, undefined]);
  });

  it("tells one id of two recipients from the same one told twice", () => {
    const kept = new KeptMessages();
    const whole = shared();
    kept.add(whole, one("7"));
    kept.add(whole, one("7"));
    assert.deepEqual([kept.size, kept.find("p", { id: "7" })?.to], [1, "+567"]);
    kept.add(whole, { channel: "sms", recipients: [{ id: "7", to: "+1" }] });
    assert.deepEqual([kept.size, kept.find("p", { id: "7" })?.to], [2, undefined]);
    kept.add(shared(), one("7"));
    assert.equal(kept.find("p", { id: "7" })?.to, "+567", "a provider that counts anew");
  });
});

describe("a callback that is refused", () => {
  const body = (text: string, type: "json" | "form" = "json") => fieldsOfBody(Buffer.from(text), type);
  const cases: [why: string, read: () => unknown][] = [
    ["more than 1000 reports in one request", () => fieldsOfValue(Array.from({ length: 1001 }, () => ({})))],
    ["send a JSON object", () => body("7")],
    ["the body is no JSON", () => body("{")],
    ["the body is nested more than 20 deep", () => body(`${"[".repeat(21)}${"]".repeat(21)}`)],
    ["more than 1000 fields", () => body("a=1&".repeat(1001), "form")],
    ["a field has a name that is not allowed", () => body("__proto__=1", "form")],
  ];
  for (const [why, read] of cases) {
    it(`is told that ${why}`, () => assert.throws(read, (error: Error) => error.message.includes(why)));
  }

  it("is not one at the limit, and may be JSON under the type of a form after blanks", () => {
    assert.equal(fieldsOfValue(Array.from({ length: 1000 }, () => ({}))).length, 1000);
    assert.deepEqual(body('  {"a":"="}', "form"), [{ a: "=" }]);
    assert.deepEqual(body("a={", "form"), [{ a: "{" }]);
    assert.deepEqual(fieldsOfQuery("?a=1"), [{ a: "1" }]);
    assert.deepEqual(fieldsOfQuery("/x?=1&b"), [{ "": "1", b: "" }]);
  });
});
