import { strict as assert } from "node:assert";
import { hasBasicAuth } from "../../src/sandbox/basic-auth.ts";

describe("Basic credentials", () => {
  const check = (authorization: string | undefined) => hasBasicAuth({ headers: { authorization } }, "ñandú", "a:b");

  it("are taken when user and password are the right ones, in UTF-8", () => {
    assert.equal(check(`Basic ${Buffer.from("ñandú:a:b").toString("base64")}`), true);
    assert.equal(check(`basic ${Buffer.from("ñandú:a:b").toString("base64")}`), true);
  });

  it("are refused when wrong, of another scheme, or absent", () => {
    const wrong = [`Basic ${btoa("x:y")}`, `Bearer ${Buffer.from("ñandú:a:b").toString("base64")}`, "Basic", undefined];
    assert.deepEqual(wrong.map(check), [false, false, false, false]);
  });
});
