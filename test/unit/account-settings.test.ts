import { strict as assert } from "node:assert";
import { MessagingError } from "../../src/error.ts";
import { Account, type AccountSettings } from "../../src/sending/account.ts";
import { bareProvider } from "../support/bare-provider.ts";

const provider = bareProvider({
  requiredCredentials: ({ auth }) => (auth === "none" ? [] : ["accountId", "apiKey"]),
});

const open = (
  settings: Partial<AccountSettings>,
  credentials: Record<string, string> = { accountId: "a", apiKey: "k" },
) => new Account(provider, { name: "Mine", ...settings }, credentials);

function refusal(settings: Partial<AccountSettings>, credentials?: Record<string, string>): MessagingError {
  try {
    open(settings, credentials);
  } catch (error) {
    assert.ok(error instanceof MessagingError, String(error));
    assert.deepEqual([error.cause.provider, error.cause.account], ["testing", "Mine"]);
    return error;
  }
  return assert.fail("it was taken");
}

describe("an account's settings", () => {
  it("default to the provider's", () => {
    const { name, mode, country, timeZone } = open({ name: " " });
    assert.deepEqual([name, mode, country, timeZone], ["Testing", "live", "CL", "America/Santiago"]);
  });

  it("may be text, as environment variables are", () => {
    open({ concurrency: "5", ratePerSecond: "0.5", country: "es", timeZone: " Europe/Madrid " });
    open({ concurrency: "", ratePerSecond: "" });
  });

  const bad: [string, Partial<AccountSettings>, RegExp][] = [
    ["plain http", { baseUrl: "http://api.example.com" }, /http:\/\/.*write https:\/\//],
    ["plain http to a name that only begins like loopback", { baseUrl: "http://127.0.0.1.example.com" }, /write https/],
    ["another protocol", { baseUrl: "ftp://api.example.com" }, /does not begin with https/],
    ["no URL", { baseUrl: "api.example.com" }, /is no URL/],
    ["a password in the URL", { baseUrl: "https://ana:secreto@example.com" }, /own fields/],
    ["a query in the URL", { baseUrl: "https://example.com/?" }, /query/],
    ["a fragment in the URL", { baseUrl: "https://example.com/#a" }, /query or fragment/],
    ["an unknown country", { country: "XX" }, /unknown country/],
    ["a country by its name", { country: "Chile" }, /two-letter/],
    ["an unknown time zone", { timeZone: "Mars/Olympus" }, /unknown time zone/],
    ["a misspelt mode", { mode: "sandbx" as "sandbox" }, /unknown mode/],
    ["no room for a request", { concurrency: 0 }, /concurrency/],
    ["half a request", { concurrency: "1.5" }, /whole number/],
    ["a rate that is none", { ratePerSecond: "fast" }, /ratePerSecond/],
    ["a negative rate", { ratePerSecond: -1 }, /ratePerSecond/],
  ];
  for (const [title, settings, words] of bad) {
    it(`are refused for ${title}, in words and without repeating it`, () => {
      const error = refusal(settings);
      assert.match(error.message, words);
      assert.doesNotMatch(error.message, /secreto|ana|Olympus/);
      assert.equal(error.code, "MISSING_ACCOUNT");
    });
  }

  it("may have plain http to this machine", () => {
    for (const host of ["127.0.0.1:8080", "127.9.9.9", "localhost:1", "[::1]:8080"])
      open({ baseUrl: `http://${host}/v1/` });
  });

  it("need the provider's credentials in a live account only", () => {
    const error = refusal({}, { accountId: "x", apiKey: " " });
    assert.equal(error.code, "BAD_CREDENTIALS");
    assert.match(error.message, /"Mine" has no "apiKey"/);
    open({ mode: "sandbox" }, {});
    open({ mode: "off" }, {});
    open({ options: { auth: "none" } }, {});
  });
});
