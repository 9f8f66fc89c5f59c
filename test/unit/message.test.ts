import { strict as assert } from "node:assert";
import fc from "fast-check";
import { MessagingError, type ErrorCode } from "../../src/error.ts";
import { emailDrafts, smsDrafts, type Draft } from "../../src/message.ts";

/** Recipients, and the code of the error beside those that are bad. */
function outcomes<M>(drafts: Draft<M>[]): string[] {
  return drafts.map((draft) => ("error" in draft ? `${draft.to} ${draft.error.code}` : draft.to));
}

const to = (value: unknown) => outcomes(smsDrafts(value, "hola", "CL"));

function refusal(work: () => unknown, code: ErrorCode = "INVALID_MESSAGE"): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof MessagingError, String(error));
    assert.deepEqual([error.code, error.cause.outcome, error.cause.retryable], [code, "rejected", false]);
    return error.message;
  }
  return assert.fail("it was taken");
}

describe("the recipients of an SMS", () => {
  it("are one number, a list in any usual form, or an array of both", () => {
    const both = ["+56990324203", "+56990324204"];
    assert.deepEqual(to(990324203), ["+56990324203"]);
    assert.deepEqual(to("+56 9 9032 4203"), ["+56990324203"]);
    for (const list of [
      "990324203,990324204",
      "990324203; 990324204;",
      " 990324203\r\n990324204\n",
      [990324203, "990324204"],
      [["990324203"], [56990324204]],
      ["990324203,990324204", ""],
    ]) {
      assert.deepEqual(to(list), both, JSON.stringify(list));
    }
  });

  it("get one SMS each, however often they are named", () => {
    assert.deepEqual(to("990324203,+56 9 9032 4203,990324204,56990324203"), ["+56990324203", "+56990324204"]);
  });

  it("keep their place and their error when they are bad", () => {
    assert.deepEqual(to(["990324203", "no", null, { to: 1 }, "990324204"]), [
      "+56990324203",
      "no INVALID_NUMBER",
      "nothing INVALID_NUMBER",
      "an object INVALID_NUMBER",
      "+56990324204",
    ]);
  });

  it("that are bad appear as they were given, but not without end", () => {
    const [draft] = smsDrafts("x".repeat(5000), "hola", "CL");
    assert.equal(draft?.to.length, 100);
    assert.deepEqual(to([12345]), ["12345 INVALID_NUMBER"]);
  });

  it("must be there", () => {
    for (const nobody of [undefined, null, "", " , ;\n", [], [null], [[]], [""]]) {
      assert.match(
        refusal(() => smsDrafts(nobody, "hola", "CL"), "INVALID_NUMBER"),
        /nobody to send to/,
      );
    }
  });

  it("nested in themselves do no harm", () => {
    const loop: unknown[] = ["990324203"];
    loop.push(loop);
    assert.equal(to(loop)[0], "+56990324203");
  });
});

describe("the text of an SMS", () => {
  const text = (value: unknown) => {
    const [draft] = smsDrafts("990324203", value, "CL");
    assert.ok(draft && "message" in draft);
    return draft.message.text;
  };

  it("goes out as it came in, blanks and all", () => {
    for (const given of [" hola\r\n", "ñ & + % # <b> {{x}} 😀", "0"]) assert.equal(text(given), given);
  });

  it("may be a number or a boolean", () => {
    assert.deepEqual([0, 42.5, false, 10n ** 20n].map(text), ["0", "42.5", "false", "100000000000000000000"]);
  });

  it("must be there", () => {
    for (const empty of [undefined, null, "", "  \n\t"])
      assert.match(
        refusal(() => text(empty)),
        /^The text is empty\./,
      );
  });

  it("that is no text is refused, with what to do", () => {
    const advice = "Put text into msg.payload, or choose another property in the node's Text field.";
    assert.equal(
      refusal(() => text({ a: 1 })),
      `The text is an object. ${advice}`,
    );
    assert.equal(
      refusal(() => text(["a"])),
      `The text is an array. ${advice}`,
    );
    assert.equal(
      refusal(() => text(Buffer.from("a"))),
      `The text is a buffer. ${advice}`,
    );
    assert.equal(
      refusal(() => text(() => "a")),
      `The text is a function. ${advice}`,
    );
  });

  it("that was cut within an emoji still goes, with one odd character", () => {
    assert.equal(text("alarm 😀".slice(0, -1)), "alarm \ufffd");
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "\ud83d", "\ude00", "😀"), minLength: 1 }), (given) =>
        Buffer.from(text(given)).equals(Buffer.from(given)),
      ),
    );
  });

  it("is refused when it takes more parts than one SMS can have", () => {
    assert.equal(text("a".repeat(255 * 153)).length, 39_015);
    assert.match(
      refusal(() => text("a".repeat(255 * 153 + 1))),
      /256 SMS.*at most 255/,
    );
    assert.match(
      refusal(() => text("a".repeat(1_000_000))),
      /1000000 characters/,
    );
  });

  it("is never part of an error", () => {
    assert.doesNotMatch(
      refusal(() => text("secreto".repeat(10_000))),
      /secreto/,
    );
  });
});

describe("an e-mail", () => {
  const email = (recipients: unknown, subject: unknown = "Hola", body: unknown = "<p>Hola</p>") =>
    emailDrafts(recipients, subject, body);

  it("goes to each address once", () => {
    assert.deepEqual(email("ana@example.com, Ana@Example.com;josé@ñandú.cl"), [
      { to: "ana@example.com", message: { to: "ana@example.com", subject: "Hola", body: "<p>Hola</p>" } },
      { to: "josé@ñandú.cl", message: { to: "josé@ñandú.cl", subject: "Hola", body: "<p>Hola</p>" } },
    ]);
  });

  it("does not go to what is no address, or more than one", () => {
    const bad = [
      "ana",
      "ana@",
      "@x.cl",
      "a@b@c",
      "Ana <a@b.cl>",
      "a b@c.cl",
      `${"a".repeat(250)}@b.cl`,
      "a@b\u0000.cl",
      5,
      {},
    ];
    for (const address of bad) {
      const [draft] = email([address]);
      assert.ok(draft && "error" in draft, String(address));
      assert.equal(draft.error.code, "INVALID_MESSAGE");
    }
  });

  it("needs a subject of one line, which could begin another header otherwise", () => {
    assert.match(
      refusal(() => email("a@b.cl", "")),
      /The subject is empty\. Put text into msg\.topic/,
    );
    assert.match(
      refusal(() => email("a@b.cl", {})),
      /The subject is an object/,
    );
    for (const subject of ["a\r\nBcc: x@y.cl", "a\nb", "a\u0000"]) {
      assert.match(
        refusal(() => email("a@b.cl", subject)),
        /line break/,
      );
    }
    assert.match(
      refusal(() => email("a@b.cl", "a".repeat(999))),
      /at most 998/,
    );
  });

  it("needs a body", () => {
    assert.match(
      refusal(() => email("a@b.cl", "x", " ")),
      /The body is empty/,
    );
    assert.match(
      refusal(() => email("a@b.cl", "x", [1])),
      /The body is an array/,
    );
    assert.match(
      refusal(() => email("a@b.cl", "x", "a".repeat(1_048_577))),
      /at most 1048576/,
    );
  });
});
