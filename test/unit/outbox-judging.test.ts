import { strict as assert } from "node:assert";
import fc from "fast-check";
import { judged } from "../../src/outbox/judging.ts";
import type { Sharer } from "../../src/outbox/sent.ts";
import type { Row } from "../../src/outbox/job.ts";
import type { MessageStatus } from "../../src/result.ts";

const TO = "+393480000077";

function row(id: string, text: string, reference = "user's", to = TO): Row {
  const times = { expiresAt: Date.now() + 60_000, createdAt: 0, updatedAt: 0 };
  const tried = { attempts: 1, doubts: 1, possibleDuplicate: false, claim: "claim", reference };
  return { id, job: "1", place: 0, state: "uncertain", to, message: { to, text }, ...tried, ...times };
}

function found(id: string, text?: string, to: string | undefined = TO): MessageStatus {
  return {
    id,
    status: "sent",
    final: false,
    providerStatus: "SENT",
    ...(to && { to }),
    ...(text !== undefined && { text }),
  };
}

function sharer(one: string, text: string, id?: string): Sharer {
  return { row: one, to: TO, message: { to: TO, text }, ...(id !== undefined && { id }) };
}

/** `accepted ID`, `queued` where it is sent again, or `uncertain` where a person decides. */
function verdicts(rows: readonly Row[], all: readonly MessageStatus[], sharers: readonly Sharer[] = []): string[] {
  return judged(rows, { found: all, sharers }).map(({ to, set }) => `${to} ${set?.outcome?.id ?? ""}`.trim());
}

describe("what a search proves of a message in doubt", () => {
  it("is nothing by an id that another row has", () => {
    const sharers = [sharer("1", "a", "101"), sharer("2", "b")];
    assert.deepEqual(verdicts([row("2", "b")], [found("101", "a")], sharers), ["queued"]);
    assert.deepEqual(verdicts([row("2", "a")], [found("101", "a")], sharers), ["queued"]);
    assert.deepEqual(verdicts([row("2", "b")], [found("101", "a"), found("102", "b")], sharers), ["accepted 102"]);
  });

  it("needs the text where the reference is the user's, and the number alone where it is ours", () => {
    assert.deepEqual(verdicts([row("1", "a")], [found("101", "a")]), ["accepted 101"]);
    assert.deepEqual(verdicts([row("1", "à\r\n")], [found("101", "a\u0300\n")]), ["accepted 101"]);
    for (const text of ["b", "", undefined]) {
      assert.deepEqual(verdicts([row("1", "a")], [found("101", text)]), ["uncertain"]);
      assert.deepEqual(verdicts([row("1", "a", "claim")], [found("101", text)]), ["accepted 101"]);
    }
  });

  it("is undecided where one was found and two may have sent it", () => {
    assert.deepEqual(verdicts([row("1", "a")], [found("101", "a")], [sharer("2", "a")]), ["uncertain"]);
    assert.deepEqual(verdicts([row("1", "a"), row("2", "a")], [found("101", "a")]), ["uncertain", "uncertain"]);
    assert.deepEqual(verdicts([row("1", "a"), row("2", "a")], [found("101", "a"), found("102", "a")]), [
      "accepted 101",
      "accepted 102",
    ]);
  });

  it("is undecided where one was refused and one taken, and another than we know may have sent either", () => {
    const refused: MessageStatus = { ...found("101", "a"), status: "rejected" };
    assert.deepEqual(verdicts([row("1", "a")], [refused, found("102", "a")]), ["uncertain"]);
    assert.deepEqual(verdicts([row("1", "a")], [refused]), ["failed 101"]);
    const owner = sharer("2", "a", "101");
    assert.deepEqual(verdicts([row("1", "a")], [refused, found("102", "a")], [owner]), ["accepted 102"]);
    assert.deepEqual(verdicts([row("1", "a")], [refused], [owner]), ["queued"]);
  });

  it("tells siblings by their texts, also where one of them was changed on the way", () => {
    const rows = [row("1", "a", "claim"), row("2", "b", "claim")];
    assert.deepEqual(verdicts(rows, [found("102", "b"), found("101", "a")]), ["accepted 101", "accepted 102"]);
    assert.deepEqual(verdicts(rows, [found("102", "b"), found("101", "?")]), ["accepted 101", "accepted 102"]);
    assert.deepEqual(verdicts(rows, [found("102", "b")]), ["queued", "accepted 102"]);
    assert.deepEqual(verdicts(rows, [found("101"), found("102")]), ["accepted 101", "accepted 102"]);
    assert.deepEqual(verdicts(rows, [found("102")]), ["uncertain", "uncertain"]);
  });

  it("is undecided by what names no number, but for a request of one with a reference of ours", () => {
    const nameless = { ...found("101", "a"), to: undefined } as unknown as MessageStatus;
    assert.deepEqual(verdicts([row("1", "a", "claim")], [nameless]), ["accepted 101"]);
    assert.deepEqual(verdicts([row("1", "a")], [nameless]), ["uncertain"]);
    const rows = [row("1", "a", "claim"), row("2", "a", "claim", "+393480000078")];
    assert.deepEqual(verdicts(rows, [nameless]), ["uncertain", "uncertain"]);
  });

  it("never gives one id to two, and never sends again what is there, whoever else has the reference", () => {
    const text = fc.constantFrom("a", "b", "c");
    const message = fc.record({ text, isTaken: fc.boolean(), isOurs: fc.boolean(), isKnown: fc.boolean() });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 5 }), fc.boolean(), (all, hasTexts) => {
        const messages = all.map((one, index) => ({ ...one, id: String(index) }));
        const rows = messages.filter(({ isOurs }) => isOurs).map((one) => row(one.id, one.text));
        const others = messages.filter(({ isOurs }) => !isOurs);
        const sharers = others.map((one) =>
          sharer(one.id, one.text, one.isKnown && one.isTaken ? `p${one.id}` : undefined),
        );
        const there = messages.filter(({ isTaken }) => isTaken);
        const search = there.map((one) => found(`p${one.id}`, hasTexts ? one.text : undefined));
        const moves = judged(rows, { found: search, sharers });
        const ids = moves.flatMap(({ set }) => set?.outcome?.id ?? []);
        assert.equal(new Set(ids).size, ids.length);
        moves.forEach((move, index) => {
          const own = messages.find(({ id }) => id === rows[index]?.id);
          if (move.to === "queued") assert.equal(own?.isTaken, false);
          if (move.to === "accepted") assert.equal(own?.isTaken, true);
        });
      }),
      { numRuns: 2000 },
    );
  });
});
