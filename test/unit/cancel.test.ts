import { strict as assert } from "node:assert";
import { cancelAll, cancellation } from "../../src/cancel.ts";
import { invalid, MessagingError } from "../../src/error.ts";
import type { CancelReply } from "../../src/provider.ts";

const nothing = () => new MessagingError("Nothing to cancel.", { code: "REJECTED", outcome: "rejected" });

function reply(...ids: string[]): CancelReply {
  return { messages: ids.map((id) => ({ id, status: "undelivered", providerStatus: "CANCELLED" })), raw: ids };
}

describe("what to cancel", () => {
  it("is read from a result, an id or a reference", () => {
    const message = (id: string) => ({ to: "+393480000010", id, status: "scheduled" });
    assert.deepEqual(cancellation("17"), { ids: ["17"] });
    assert.deepEqual(cancellation(17), { ids: ["17"] });
    assert.deepEqual(cancellation("17, 18"), { ids: ["17", "18"] });
    assert.deepEqual(cancellation({ id: "17" }), { ids: ["17"] });
    assert.deepEqual(cancellation({ reference: "order" }), { references: ["order"] });
    assert.deepEqual(cancellation({ id: "17", reference: "order", messages: [message("17")] }), { ids: ["17"] });
    const two = { id: "17", reference: "order", messages: [message("17"), message("18")] };
    assert.deepEqual(cancellation(two), { ids: ["17", "18"] });
    const bulk = { ...two, deliveries: ["a", "b"] };
    assert.deepEqual(cancellation(bulk), { ids: ["17", "18"] });
    const nameless = { to: "+393480000011", status: "scheduled" };
    assert.deepEqual(cancellation({ ...bulk, messages: [...two.messages, nameless] }), { references: ["a", "b"] });
    const refused = { ...nameless, status: "rejected" };
    assert.deepEqual(cancellation({ ...bulk, messages: [...two.messages, refused] }), { ids: ["17", "18"] });
  });

  for (const value of [
    undefined,
    "",
    {},
    [],
    { number: "+393480000010" },
    { off: true, messages: [] },
    { messages: [] },
  ]) {
    it(`is not ${JSON.stringify(value)}`, () => {
      assert.throws(() => cancellation(value), { code: "INVALID_MESSAGE" });
    });
  }
});

describe("cancelling", () => {
  it("asks for a hundred ids at a time, each id once", async () => {
    const asked: string[] = [];
    const ids = Array.from({ length: 250 }, (_, index) => String(index));
    const result = await cancelAll({ ids: [...ids, ...ids] }, (which) => {
      asked.push("id" in which ? which.id : "");
      return Promise.resolve(reply(...(asked.at(-1) ?? "").split(",")));
    });
    assert.deepEqual(
      asked.map((list) => list.split(",").length),
      [100, 100, 50],
    );
    assert.equal(result.cancelled, 250);
    assert.equal(result.notCancelled, undefined);
  });

  it("goes on after a request that finds nothing, and names what was not cancelled", async () => {
    const ids = Array.from({ length: 101 }, (_, index) => String(index));
    const result = await cancelAll({ ids }, (which) =>
      "id" in which && which.id.includes(",") ? Promise.reject(nothing()) : Promise.resolve(reply("100")),
    );
    assert.deepEqual([result.cancelled, result.notCancelled?.length, result.raw], [1, 100, ["100"]]);
  });

  it("names what the reply says went out all the same", async () => {
    const result = await cancelAll({ references: ["a"] }, () =>
      Promise.resolve({ ...reply("1"), notCancelled: ["2"] }),
    );
    assert.deepEqual([result.cancelled, result.notCancelled], [1, ["2"]]);
  });

  it("fails where no request finds anything", async () => {
    await assert.rejects(
      cancelAll({ references: ["a", "b"] }, () => Promise.reject(nothing())),
      { code: "REJECTED" },
    );
  });

  it("ends at once with any other error", async () => {
    let asked = 0;
    const refused = cancelAll({ references: ["a", "b"] }, () => {
      asked += 1;
      return Promise.reject(invalid("Wrong.", "BAD_CREDENTIALS"));
    });
    await assert.rejects(refused, { code: "BAD_CREDENTIALS" });
    assert.equal(asked, 1);
  });
});
