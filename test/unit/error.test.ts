import { strict as assert } from "node:assert";
import { asMessagingError, MessagingError } from "../../src/error.ts";

describe("an error told with other words", () => {
  const rejected = { code: "REJECTED", outcome: "rejected" } as const;

  it("has nothing of the words before in its stack, whatever the new ones are made of", () => {
    const before = new MessagingError("refused: llave-secreta", rejected);
    for (const words of ["refused: $& $` $' $1", "refused: [redacted]", ""]) {
      const { stack = "", message } = before.with({}, words);
      assert.equal(message, words);
      assert.ok(stack.startsWith(`MessagingError: ${words}\n    at `), stack);
      assert.ok(!stack.includes("llave-secreta"), stack);
    }
  });

  it("keeps the place where it was thrown, and loses words that somebody put into its stack", () => {
    const before = new MessagingError("llave-secreta\n    at nowhere", rejected);
    const frames = (before.stack ?? "").slice(-60);
    assert.ok(before.with({}, "other").stack?.endsWith(frames));
    const foreign = asMessagingError(new Error("llave-secreta"));
    foreign.stack = `Odd: llave-secreta-2\n    at place (file.ts:1:1)`;
    assert.equal(foreign.with({}, "other").stack, "MessagingError: other\n    at place (file.ts:1:1)");
  });
});
