import { strict as assert } from "node:assert";
import type { ErrorCode, Outcome } from "../../src/error.ts";
import { MessagingError } from "../../src/error.ts";
import { asError, failureVerdict, parseRetryAfter, statusVerdict } from "../../src/verdict.ts";
import type { Attempt } from "../../src/verdict.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const POST: Attempt = {
  operation: "send_sms",
  asks: false,
  host: "api.example.com",
  written: true,
  timeoutMs: 8500,
};
const GET: Attempt = { ...POST, operation: "check_balance", asks: true };

describe("the verdict on a status", () => {
  type Row = [status: number, headers: Record<string, string>, code: ErrorCode, outcome: Outcome, retryable: boolean];
  const wait = { "retry-after": "7" };
  const table: Row[] = [
    [300, {}, "BAD_REPLY", "unknown", false],
    [301, {}, "BAD_REPLY", "rejected", false],
    [302, {}, "BAD_REPLY", "unknown", false],
    [303, {}, "BAD_REPLY", "unknown", false],
    [304, {}, "BAD_REPLY", "unknown", false],
    [307, {}, "BAD_REPLY", "rejected", false],
    [308, {}, "BAD_REPLY", "rejected", false],
    [400, {}, "REJECTED", "rejected", false],
    [401, {}, "BAD_CREDENTIALS", "rejected", false],
    [402, {}, "NO_CREDIT", "rejected", false],
    [403, {}, "BAD_CREDENTIALS", "rejected", false],
    [404, {}, "REJECTED", "rejected", false],
    [405, {}, "REJECTED", "rejected", false],
    [407, {}, "REJECTED", "rejected", false],
    [408, {}, "TIMEOUT", "unknown", false],
    [408, wait, "TIMEOUT", "unknown", false],
    [409, {}, "REJECTED", "rejected", false],
    [413, {}, "REJECTED", "rejected", false],
    [414, {}, "REJECTED", "not-sent", false],
    [422, {}, "REJECTED", "rejected", false],
    [429, {}, "RATE_LIMITED", "not-sent", true],
    [429, wait, "RATE_LIMITED", "not-sent", true],
    [431, {}, "REJECTED", "not-sent", false],
    [499, {}, "REJECTED", "rejected", false],
    [500, {}, "PROVIDER_ERROR", "unknown", false],
    [500, wait, "PROVIDER_ERROR", "unknown", false],
    [502, {}, "PROVIDER_ERROR", "unknown", false],
    [503, {}, "PROVIDER_ERROR", "unknown", false],
    [503, { "retry-after": "when it suits" }, "PROVIDER_ERROR", "unknown", false],
    [503, wait, "PROVIDER_ERROR", "not-sent", true],
    [504, {}, "PROVIDER_ERROR", "unknown", false],
    [599, {}, "PROVIDER_ERROR", "unknown", false],
    [600, {}, "BAD_REPLY", "unknown", false],
    [999, {}, "BAD_REPLY", "unknown", false],
  ];
  for (const [status, headers, code, outcome, retryable] of table) {
    const extra = Object.entries(headers).map((header) => ` with ${header.join(": ")}`);
    it(`is ${code}, ${outcome}, ${retryable ? "" : "not "}to be tried again for ${status}${extra.join("")}`, () => {
      const verdict = statusVerdict({ status, headers }, POST, undefined, NOW);
      assert.ok(verdict);
      assert.deepEqual([verdict.code, verdict.outcome, verdict.retryable], [code, outcome, retryable]);
      assert.equal(verdict.retryAfterMs, outcome === "not-sent" && headers === wait ? 7000 : undefined);
      assert.match(
        verdict.message,
        new RegExp(`^send_sms .* \\(HTTP ${status}\\): [^.]*(\\.[^. ]+[^.]*)*\\.( [A-Z].*\\.)?$`),
      );
    });
  }

  it("is nothing for a success", () => {
    for (const status of [200, 201, 202, 204, 299])
      assert.equal(statusVerdict({ status, headers: {} }, POST), undefined);
  });

  it("lets a question that met an error of the provider be asked again, since nothing can double", () => {
    const verdict = statusVerdict({ status: 500, headers: {} }, GET);
    assert.deepEqual([verdict?.outcome, verdict?.retryable], ["unknown", true]);
    assert.equal(
      verdict?.message,
      "check_balance got no usable answer (HTTP 500): api.example.com had an error of its own.",
    );
    assert.equal(statusVerdict({ status: 302, headers: {} }, GET)?.retryable, false);
    assert.equal(statusVerdict({ status: 401, headers: {} }, GET)?.retryable, false);
  });

  it("says what was wrong and what to do", () => {
    const message = (status: number, text?: string) =>
      statusVerdict({ status, headers: {} }, POST, { ...(text && { text }) })?.message;
    assert.equal(
      message(401),
      "send_sms was refused (HTTP 401): the credentials are not accepted. Check the account's credentials.",
    );
    assert.equal(
      message(500),
      "send_sms may or may not have been taken (HTTP 500): api.example.com had an error of its own. Look it up at the provider before you send it again.",
    );
    assert.equal(
      message(400, "Saldo insuficiente."),
      'send_sms was refused (HTTP 400): the provider says "Saldo insuficiente". Check the values that you gave.',
    );
    assert.equal(
      message(429),
      "send_sms was turned away (HTTP 429): api.example.com gets too many requests. Lower the account's rate.",
    );
  });

  it("lets the provider's own explanation correct code and outcome", () => {
    const explained = (status: number, explanation: { code?: ErrorCode; outcome?: Outcome }) => {
      const verdict = statusVerdict({ status, headers: {} }, POST, explanation);
      return [verdict?.code, verdict?.outcome, verdict?.retryable];
    };
    assert.deepEqual(explained(400, { code: "PROVIDER_ERROR", outcome: "unknown" }), [
      "PROVIDER_ERROR",
      "unknown",
      false,
    ]);
    assert.deepEqual(explained(400, { code: "NO_CREDIT" }), ["NO_CREDIT", "rejected", false]);
    assert.deepEqual(explained(500, { outcome: "not-sent" }), ["PROVIDER_ERROR", "not-sent", true]);
    assert.deepEqual(explained(429, { outcome: "rejected" }), ["RATE_LIMITED", "rejected", false]);
  });

  it("repeats the provider's words on one line, short, without addresses, numbers or things unseen", () => {
    const words = (text: string) =>
      /says "(.*)"\./su.exec(statusVerdict({ status: 400, headers: {} }, POST, { text })?.message ?? "")?.[1];
    assert.equal(words("see https://api.example.com/x?key=1 now"), "see … now");
    assert.equal(words("Cannot POST /send_sms?dst_number=569&sms_content=Hi there"), "Cannot POST /send_sms?… there");
    assert.doesNotMatch(words("to 56990324203 and +56990324203") ?? "", /\d{7}/);
    assert.equal(words("one\r\n\ttwo\u0000\u202ethree..\n"), "one two three");
    const long = words("é".repeat(1000)) ?? "";
    assert.ok(long.length <= 200 && long.endsWith("…"));
    assert.equal(words("\u0000 \n"), undefined);
  });
});

describe("Retry-After", () => {
  const cases: [string | undefined, number | undefined][] = [
    ["0", 0],
    [" 120 ", 120_000],
    ["1.5", 1500],
    ["-5", 0],
    ["3600", 3_600_000],
    ["3601", 3_600_000],
    ["99999999999999999999999", 3_600_000],
    ["Sun, 01 Mar 2026 12:01:00 GMT", 60_000],
    ["Sunday, 01-Mar-26 12:01:00 GMT", 60_000],
    ["2026-03-01T12:00:30Z", 30_000],
    ["Sun, 01 Mar 2026 11:00:00 GMT", 0],
    ["Wed, 01 Mar 2126 12:00:00 GMT", 3_600_000],
    ["Xyz, 99 Abc 2026 12:00:00 GMT", undefined],
    ["in 5 minutes", undefined],
    ["5 minutes", undefined],
    ["1e9", undefined],
    ["NaN", undefined],
    ["Infinity", undefined],
    ["", undefined],
    [undefined, undefined],
  ];
  for (const [value, expected] of cases) {
    it(`${value === undefined ? "that is absent" : JSON.stringify(value)} is ${expected === undefined ? "ignored" : `${expected} ms`}`, () => {
      assert.equal(parseRetryAfter(value, NOW), expected);
    });
  }

  it("is counted from the reply's own date, since the clock of a small machine may be wrong", () => {
    const headers = { date: "Sun, 01 Mar 2026 12:00:00 GMT", "retry-after": "Sun, 01 Mar 2026 12:00:05 GMT" };
    assert.equal(statusVerdict({ status: 503, headers }, POST, {}, 0)?.retryAfterMs, 5000);
    assert.equal(statusVerdict({ status: 503, headers: { ...headers, date: "?" } }, POST, {}, NOW)?.retryAfterMs, 5000);
  });
});

describe("the verdict on a failure", () => {
  type Row = [cause: string, code: ErrorCode, outcome: Outcome, words: RegExp];
  const before: Row[] = [
    [
      "ENOTFOUND",
      "UNREACHABLE",
      "not-sent",
      /host name api\.example\.com was not found\. Check the base URL and this machine's DNS\.$/,
    ],
    ["EAI_AGAIN", "UNREACHABLE", "not-sent", /could not be looked up\. Check this machine's network/],
    ["ECONNREFUSED", "UNREACHABLE", "not-sent", /refused the connection\. Check the base URL and its port/],
    ["EHOSTUNREACH", "UNREACHABLE", "not-sent", /no network route/],
    ["ENETUNREACH", "UNREACHABLE", "not-sent", /no network route/],
    ["UND_ERR_CONNECT_TIMEOUT", "UNREACHABLE", "not-sent", /did not answer the connection/],
    ["ETIMEDOUT", "UNREACHABLE", "not-sent", /did not answer the connection/],
    ["ECONNRESET", "UNREACHABLE", "not-sent", /closed the connection at once/],
    ["CERT_HAS_EXPIRED", "UNREACHABLE", "not-sent", /certificate .* clock/],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "UNREACHABLE", "not-sent", /unknown authority/],
    ["SELF_SIGNED_CERT_IN_CHAIN", "UNREACHABLE", "not-sent", /unknown authority/],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "UNREACHABLE", "not-sent", /unknown authority/],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "UNREACHABLE", "not-sent", /another name/],
    ["CERT_REVOKED", "UNREACHABLE", "not-sent", /not acceptable \(CERT_REVOKED\)/],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "UNREACHABLE", "not-sent", /encryption .* speaks https/],
    ["EPROTO", "UNREACHABLE", "not-sent", /encryption/],
    ["EMFILE", "UNREACHABLE", "not-sent", /open files/],
    ["PROXY_407", "UNREACHABLE", "not-sent", /proxy asks for a name and password \(HTTP 407\)/],
    ["PROXY_502", "UNREACHABLE", "not-sent", /proxy did not open .* \(HTTP 502\)/],
    ["PROXY_ECONNRESET", "UNREACHABLE", "not-sent", /proxy .* \(ECONNRESET\)/],
    ["TIMEOUT", "TIMEOUT", "not-sent", /within 8\.5 s/],
    ["ABORTED", "CANCELLED", "not-sent", /cancelled/],
    ["CLOSED", "CANCELLED", "not-sent", /account was closed/],
    ["UND_ERR_INVALID_ARG", "BAD_CREDENTIALS", "rejected", /header/],
    ["BAD_URL", "MISSING_ACCOUNT", "rejected", /base URL/],
    ["E_UNHEARD_OF", "UNREACHABLE", "not-sent", /failed \(E_UNHEARD_OF\)/],
  ];
  const after: Row[] = [
    ["ECONNRESET", "UNREACHABLE", "unknown", /closed the connection without an answer/],
    ["EPIPE", "UNREACHABLE", "unknown", /closed the connection without an answer/],
    ["UND_ERR_SOCKET", "UNREACHABLE", "unknown", /closed the connection without an answer/],
    ["TIMEOUT", "TIMEOUT", "unknown", /did not answer in full within 8\.5 s/],
    ["UND_ERR_HEADERS_TIMEOUT", "TIMEOUT", "unknown", /did not answer/],
    ["UND_ERR_BODY_TIMEOUT", "TIMEOUT", "unknown", /did not answer/],
    ["ETIMEDOUT", "UNREACHABLE", "unknown", /failed \(ETIMEDOUT\)/],
    ["HPE_INVALID_CONSTANT", "BAD_REPLY", "unknown", /did not answer in HTTP/],
    ["HTTPParserError", "BAD_REPLY", "unknown", /did not answer in HTTP/],
    ["UND_ERR_HEADERS_OVERFLOW", "BAD_REPLY", "unknown", /did not answer in HTTP/],
    ["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", "BAD_REPLY", "unknown", /broke off/],
    ["REPLY_BROKEN", "BAD_REPLY", "unknown", /broke off/],
    ["REPLY_TOO_LARGE", "BAD_REPLY", "unknown", /larger than 5 MB/],
    ["ABORTED", "CANCELLED", "unknown", /cancelled/],
    ["CLOSED", "CANCELLED", "unknown", /account was closed/],
    ["CERT_HAS_EXPIRED", "UNREACHABLE", "unknown", /failed/],
    ["", "UNREACHABLE", "unknown", /failed \(no code\)/],
    ["some/path?key=secret", "UNREACHABLE", "unknown", /failed \(no code\)/],
  ];
  const all = [...before.map((row) => [false, ...row] as const), ...after.map((row) => [true, ...row] as const)];
  for (const [written, cause, code, outcome, words] of all) {
    it(`${written ? "after" : "before"} writing, of ${cause || "no code"}, is ${code}, ${outcome}`, () => {
      const verdict = failureVerdict(cause, { ...POST, written });
      assert.deepEqual([verdict.code, verdict.outcome], [code, outcome]);
      assert.match(verdict.message, words);
      assert.match(verdict.message, /^send_sms (was not sent|may or may not have been taken): .+\.( [A-Z][^.]*\.)?$/);
      assert.doesNotMatch(verdict.message, /[{}]|secret/);
    });
  }

  it("lets be tried again what was not sent, unless somebody wanted it to end or the account is wrong", () => {
    const retryable = (cause: string) => failureVerdict(cause, { ...POST, written: false }).retryable;
    assert.deepEqual(["ECONNREFUSED", "TIMEOUT", "PROXY_502", "CERT_HAS_EXPIRED"].map(retryable), [
      true,
      true,
      true,
      true,
    ]);
    assert.deepEqual(["ABORTED", "CLOSED", "PROXY_BAD_URL", "BAD_URL"].map(retryable), [false, false, false, false]);
  });

  it("lets only a question be tried again after it was written", () => {
    assert.equal(failureVerdict("ECONNRESET", POST).retryable, false);
    assert.equal(failureVerdict("ECONNRESET", GET).retryable, true);
    assert.equal(failureVerdict("REPLY_PAGE", GET).retryable, false);
    assert.equal(failureVerdict("ABORTED", GET).retryable, false);
  });

  it("becomes an error that holds all of it", () => {
    const error = asError(failureVerdict("ECONNREFUSED", { ...POST, written: false }), { attempts: 1 });
    assert.ok(error instanceof MessagingError);
    assert.deepEqual(error.cause, {
      code: "UNREACHABLE",
      outcome: "not-sent",
      retryable: true,
      attempts: 1,
      reason: "ECONNREFUSED",
    });
  });
});
