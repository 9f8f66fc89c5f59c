import { strict as assert } from "node:assert";
import { definition } from "../../nodes/conectaline-account/definition.ts";
import { accountSettings, visibleProblem } from "../../nodes/kit/account-settings.ts";
import { accountFields } from "../../nodes/kit/editor/fields.ts";
import { conectaline } from "../../src/providers/conectaline/index.ts";

describe("an account at Conectaline", () => {
  const problem = (config: Record<string, string>, credentials: Record<string, string>) =>
    visibleProblem(definition, { name: "Turno", ...config }, credentials)?.message;

  it("misses only the credentials of its own way to sign in", () => {
    const cases: [Record<string, string>, Record<string, string>, RegExp | undefined][] = [
      [{}, {}, /"Turno" has no "apiToken"/],
      [{ auth: "token" }, { email: "ana@example.com", password: "p" }, /has no "apiToken"/],
      [{ auth: "token" }, { apiToken: "t" }, undefined],
      [{ auth: "login" }, { apiToken: "t" }, /has no "email"/],
      [{ auth: "login" }, { email: "ana@example.com" }, /has no "password"/],
      [{ auth: "login" }, { email: "ana@example.com", password: "p" }, undefined],
      [{ auth: "login", mode: "sandbox" }, {}, undefined],
    ];
    for (const [config, credentials, expected] of cases) {
      const message = problem(config, credentials);
      if (expected) assert.match(message ?? "", expected);
      else assert.equal(message, undefined);
    }
  });

  it("agrees with its provider on what is required", () => {
    for (const auth of ["token", "login"]) {
      const missing = Object.entries(definition.credentials)
        .filter(([, { when }]) => (when.auth as readonly string[]).includes(auth))
        .map(([name]) => name);
      assert.deepEqual(conectaline.requiredCredentials({ auth }), missing);
    }
  });

  it("signs in by a fixed token unless it says otherwise", () => {
    assert.deepEqual(accountSettings(definition, {}).options, { auth: "token", configurationName: "" });
  });

  it("asks how to sign in before it asks for the credentials", () => {
    const order = Object.keys(accountFields(definition, conectaline));
    assert.deepEqual(order.slice(0, 5), ["mode", "auth", "apiToken", "email", "password"]);
  });
});
