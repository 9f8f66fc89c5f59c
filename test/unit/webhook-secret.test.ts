import { strict as assert } from "node:assert";
import { SecretSet } from "../../src/webhook/secret.ts";

describe("the secrets of a webhook", () => {
  const secrets = new SecretSet(["first-secret", "second-secret"]);

  it("open it, each of them", () => {
    assert.ok(secrets.has("first-secret"));
    assert.ok(secrets.has("second-secret"));
  });

  it("are the only ones that do", () => {
    for (const wrong of ["", "first-secre", "first-secret ", "First-secret", "third-secret", "x".repeat(10_000)]) {
      assert.ok(!secrets.has(wrong), wrong.slice(0, 20));
    }
  });

  it("do not count when they are empty: nobody gets in without one", () => {
    const none = new SecretSet(["", undefined]);
    assert.equal(none.size, 0);
    assert.ok(!none.has(""));
    assert.ok(!none.has("undefined"));
  });

  it("tell whether another webhook could not be told from this one", () => {
    assert.ok(secrets.overlaps(new SecretSet(["x", "second-secret"])));
    assert.ok(!secrets.overlaps(new SecretSet(["x", "y"])));
    assert.ok(!new SecretSet([]).overlaps(new SecretSet([])));
  });
});
