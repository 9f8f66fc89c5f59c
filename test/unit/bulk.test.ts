import { strict as assert } from "node:assert";
import { bulkDrafts } from "../../src/bulk.ts";
import { MessagingError, type ErrorCode } from "../../src/error.ts";

function sms(list: unknown, text?: unknown) {
  const { drafts } = bulkDrafts("sms", list, { text }, "CL");
  return [...drafts].map((draft): [string, string | MessagingError] => {
    return [draft.to, "error" in draft ? draft.error : draft.message.text];
  });
}

/** Recipient and text, or code of the error. */
const short = (list: unknown, text?: unknown) =>
  sms(list, text).map(([to, what]) => [to, what instanceof MessagingError ? what.code : what]);

function refusal(work: () => unknown, code: ErrorCode = "INVALID_MESSAGE"): string {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof MessagingError, String(error));
    assert.equal(error.code, code);
    return error.message;
  }
  return assert.fail("it was taken");
}

describe("a bulk of SMS", () => {
  it("takes numbers and objects side by side", () => {
    assert.deepEqual(short([990324203, "+56990324204", { to: "990324205" }, { to: 990324206, text: "own" }], "hola"), [
      ["+56990324203", "hola"],
      ["+56990324204", "hola"],
      ["+56990324205", "hola"],
      ["+56990324206", "own"],
    ]);
  });

  it("fills the templates of the common text and of an entry's own from the entry", () => {
    const list = [
      { to: 990324203, name: "Ana & Co", n: 3 },
      { to: 990324204, name: "Luis", text: "Own {{name}} {{to}}" },
    ];
    assert.deepEqual(short(list, "Hola {{name}}: {{n}}"), [
      ["+56990324203", "Hola Ana & Co: 3"],
      ["+56990324204", "Own Luis 990324204"],
    ]);
  });

  it("takes an empty own text for none", () => {
    for (const text of ["", null, undefined]) {
      assert.deepEqual(short([{ to: 990324203, text }], "hola"), [["+56990324203", "hola"]]);
    }
  });

  it("keeps a bad entry in its place, with its error, and goes on", () => {
    const list = [
      990324203,
      "no",
      null,
      [990324204],
      { text: "no recipient" },
      { to: 990324205, text: {} },
      { to: 990324206, text: "{{#x}}" },
      { to: 990324207, text: "{{x}}", x: "" },
      { to: 990324208, text: "{{x}}", x: { y: 1 } },
      990324209,
    ];
    assert.deepEqual(short(list, "hola"), [
      ["+56990324203", "hola"],
      ["no", "INVALID_NUMBER"],
      ["nothing", "INVALID_NUMBER"],
      ["an array", "INVALID_NUMBER"],
      ["nothing", "INVALID_NUMBER"],
      ["990324205", "INVALID_MESSAGE"],
      ["990324206", "INVALID_MESSAGE"],
      ["990324207", "INVALID_MESSAGE"],
      ["990324208", "INVALID_MESSAGE"],
      ["+56990324209", "hola"],
    ]);
  });

  it("does not send the same text to the same number twice, and says which entry did", () => {
    const list = [990324203, { to: "+56 9 9032 4203" }, { to: 990324203, text: "other" }, 990324203];
    const [first, second, third, fourth] = sms(list, "hola");
    assert.deepEqual([first?.[1], third?.[1]], ["hola", "other"]);
    assert.match(String(second?.[1]), /Entry 1 of the list has the same recipient and content/);
    assert.match(String(fourth?.[1]), /Entry 1/);
  });

  it("sends to a number whose first entry was bad", () => {
    assert.deepEqual(short([{ to: 990324203, text: {} }, 990324203], "hola")[1], ["+56990324203", "hola"]);
  });

  it("needs an array, and says how to make one", () => {
    assert.match(
      refusal(() => sms('[{"to":1}]', "x")),
      /is a text.*JSON node/,
    );
    assert.match(
      refusal(() => sms({ to: 1 }, "x")),
      /is no array.*\[ \]/,
    );
    assert.match(
      refusal(() => sms(undefined, "x")),
      /is no array/,
    );
    assert.match(
      refusal(() => sms([], "x"), "INVALID_NUMBER"),
      /nobody to send to/,
    );
  });

  it("fails as a whole when there is no text for anybody, or a common one that is none", () => {
    assert.match(
      refusal(() => sms([990324203, { to: 1 }])),
      /The text is empty.*Text field.*own "text"/,
    );
    assert.match(
      refusal(() => sms([990324203], "  ")),
      /The text is empty/,
    );
    assert.match(
      refusal(() => sms([990324203], { a: 1 })),
      /The text is an object.*Text field/,
    );
    assert.match(
      refusal(() => sms([990324203], "{{#a}}")),
      /The template has an error/,
    );
    assert.deepEqual(short([990324203, { to: 990324204, text: "own" }]), [
      ["990324203", "INVALID_MESSAGE"],
      ["+56990324204", "own"],
    ]);
  });

  it("makes its drafts one by one, so that 100,000 hold nobody up", () => {
    let read = 0;
    const item = (index: number) => ({
      get to() {
        read += 1;
        return 990_000_000 + index;
      },
    });
    const list = Array.from({ length: 100_000 }, (_, index) => item(index));
    const { total, drafts } = bulkDrafts("sms", list, { text: "hola {{to}}" }, "CL");
    const [first] = drafts;
    assert.ok(read < 10, `${read} were read for the first`);
    assert.equal(total, 100_000);
    assert.deepEqual(first, { to: "+56990000000", message: { to: "+56990000000", text: "hola 990000000" } });
  });
});

describe("a bulk of e-mails", () => {
  const emails = (list: unknown, subject?: unknown, text?: unknown) =>
    [...bulkDrafts("email", list, { subject, text }, "CL").drafts].map((draft) =>
      "error" in draft ? [draft.to, draft.error.code] : [draft.to, draft.message.subject, draft.message.body],
    );

  it("fills subject and body, and escapes what goes into HTML", () => {
    const list = [
      { to: "ana@example.com", name: "A&B" },
      { to: "luis@example.com", name: "<L>", subject: "Own {{name}}", body: "plain {{name}}" },
      { to: "eva@example.com", text: "own text" },
    ];
    assert.deepEqual(emails(list, "Hola {{name}}", "<p>{{name}}</p>"), [
      ["ana@example.com", "Hola A&B", "<p>A&amp;B</p>"],
      ["luis@example.com", "Own <L>", "plain <L>"],
      ["eva@example.com", "Hola ", "own text"],
    ]);
  });

  it("lets no entry put another header into its subject", () => {
    assert.deepEqual(emails([{ to: "a@b.cl", name: "x\r\nBcc: y@z.cl" }], "Hola {{name}}", "x"), [
      ["a@b.cl", "INVALID_MESSAGE"],
    ]);
  });

  it("needs a subject and a body", () => {
    assert.match(
      refusal(() => emails(["a@b.cl"], undefined, "x")),
      /The subject is empty.*Subject field/,
    );
    assert.match(
      refusal(() => emails(["a@b.cl"], "x")),
      /The body is empty.*own "body"/,
    );
  });

  it("does not send the same twice, but another body to the same address", () => {
    assert.deepEqual(emails(["a@b.cl", "A@b.cl", { to: "a@b.cl", body: "other" }], "s", "x"), [
      ["a@b.cl", "s", "x"],
      ["A@b.cl", "INVALID_MESSAGE"],
      ["a@b.cl", "s", "other"],
    ]);
  });
});
