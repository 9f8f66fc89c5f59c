import { strict as assert } from "node:assert";
import fc from "fast-check";
import type { ErrorCode, Outcome } from "../../src/error.ts";
import { failureVerdict, parseRetryAfter, statusVerdict, type Attempt } from "../../src/verdict.ts";

/** What a flow's author reads of each failure, word by word; and what nearly looks like one and is none. */

const POST: Attempt = { operation: "send_sms", asks: false, host: "the host", written: true, timeoutMs: 8460 };
const UNSENT: Attempt = { ...POST, written: false };

const CHECK_URL = "Check the base URL.";
const LOOK_UP = "Look it up at the provider before you send it again.";
const BROKEN = `closed the connection without an answer. ${LOOK_UP}`;

type Failure = [causes: string[], code: ErrorCode, outcome: Outcome, retryable: boolean, words: string];

const BEFORE: Failure[] = [
  [["ABORTED"], "CANCELLED", "not-sent", false, "it was cancelled first."],
  [["CLOSED", "UND_ERR_DESTROYED", "UND_ERR_CLOSED"], "CANCELLED", "not-sent", false, "its account was closed first."],
  [
    ["TIMEOUT"],
    "TIMEOUT",
    "not-sent",
    true,
    "no connection to the host was ready within 8.5 s. Check the base URL, the network and any firewall.",
  ],
  [
    ["BAD_URL"],
    "MISSING_ACCOUNT",
    "rejected",
    false,
    "its address is not an http or https URL. Check the account's base URL.",
  ],
  [
    ["UND_ERR_INVALID_ARG", "UND_ERR_NOT_SUPPORTED"],
    "BAD_CREDENTIALS",
    "rejected",
    false,
    "a header would hold a character that HTTP does not allow. Check the account's credentials for line breaks and stray characters.",
  ],
  [
    ["PROXY_BAD_URL"],
    "UNREACHABLE",
    "not-sent",
    false,
    "the proxy in the environment is not an http or https URL. Check HTTPS_PROXY and HTTP_PROXY.",
  ],
  [
    ["PROXY_407"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the proxy asks for a name and password (HTTP 407). Put them into HTTPS_PROXY.",
  ],
  [
    ["PROXY_502"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the proxy did not open the way to the host (HTTP 502). Check HTTPS_PROXY and NO_PROXY, and what the proxy allows.",
  ],
  [
    ["PROXY_ECONNRESET"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the proxy on the way to the host could not be used (ECONNRESET). Check HTTPS_PROXY and NO_PROXY.",
  ],
  [
    ["ENOTFOUND"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the host name the host was not found. Check the base URL and this machine's DNS.",
  ],
  [
    ["EAI_AGAIN", "EAI_FAIL"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the host name the host could not be looked up. Check this machine's network and DNS.",
  ],
  [
    ["ECONNREFUSED"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the host refused the connection. Check the base URL and its port.",
  ],
  [
    ["EHOSTUNREACH", "EHOSTDOWN", "ENETUNREACH", "ENETDOWN", "EADDRNOTAVAIL"],
    "UNREACHABLE",
    "not-sent",
    true,
    "there is no network route to the host. Check this machine's network.",
  ],
  [
    ["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the host did not answer the connection. Check the base URL, the network and any firewall.",
  ],
  [
    ["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the certificate of the host has expired or is not valid yet. Check this machine's clock, or tell the provider.",
  ],
  [
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_GET_ISSUER_CERT"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the certificate of the host comes from an unknown authority. Check the base URL; for an authority of your own set NODE_EXTRA_CA_CERTS.",
  ],
  [
    ["ERR_TLS_CERT_ALTNAME_INVALID"],
    "UNREACHABLE",
    "not-sent",
    true,
    `the certificate of the host is made out to another name. ${CHECK_URL}`,
  ],
  ...["CERT_REVOKED", "CRL_HAS_EXPIRED", "INVALID_PURPOSE", "PATH_LENGTH_EXCEEDED"].map((cause): Failure => [
    [cause],
    "UNREACHABLE",
    "not-sent",
    true,
    `the certificate of the host is not acceptable (${cause}). Check the base URL, or tell the provider.`,
  ]),
  ...["EPROTO", "ERR_SSL_WRONG_VERSION_NUMBER", "ERR_TLS_HANDSHAKE_TIMEOUT"].map((cause): Failure => [
    [cause],
    "UNREACHABLE",
    "not-sent",
    true,
    `the host could not agree on encryption (${cause}). Check that the base URL's port speaks https.`,
  ]),
  [
    ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"],
    "UNREACHABLE",
    "not-sent",
    true,
    "the host closed the connection at once. Check the base URL and its port, and any firewall.",
  ],
  ...["EMFILE", "ENFILE"].map((cause): Failure => [
    [cause],
    "UNREACHABLE",
    "not-sent",
    true,
    `this machine has too many open files (${cause}). Try again later.`,
  ]),
];

const AFTER: Failure[] = [
  [["ABORTED"], "CANCELLED", "unknown", false, `it was cancelled before the host answered. ${LOOK_UP}`],
  [
    ["CLOSED", "UND_ERR_DESTROYED", "UND_ERR_CLOSED"],
    "CANCELLED",
    "unknown",
    false,
    `its account was closed before the host answered. ${LOOK_UP}`,
  ],
  [
    ["TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"],
    "TIMEOUT",
    "unknown",
    false,
    `the host did not answer in full within 8.5 s. ${LOOK_UP}`,
  ],
  ...(
    [
      ["REPLY_TOO_LARGE", "the answer of the host is larger than 5 MB", true],
      ["REPLY_ENCODING", "the answer of the host is compressed in an unknown way", true],
      ["REPLY_COMPRESSION", "the compressed answer of the host is damaged or broke off", false],
      ["REPLY_EMPTY", "the host gave an empty answer instead of JSON", true],
      ["REPLY_CUT", "the JSON that the host answered with is damaged or broke off", false],
      ["REPLY_DEEP", "the JSON that the host answered with is nested too deep", false],
      ["REPLY_TEXT", "the host answered with something other than JSON", true],
      ["REPLY_BROKEN", "the answer of the host broke off", false],
      ["UND_ERR_RES_EXCEEDED_MAX_SIZE", "the answer of the host broke off", false],
      ["HPE_INVALID_VERSION", "the host did not answer in HTTP", true],
      ["HTTPParserError", "the host did not answer in HTTP", true],
      ["UND_ERR_HEADERS_OVERFLOW", "the host did not answer in HTTP", true],
    ] as const
  ).map(([cause, what, isUrl]): Failure => [
    [cause],
    "BAD_REPLY",
    "unknown",
    false,
    isUrl
      ? `${what}. Check the base URL, and look it up at the provider before you send it again.`
      : `${what}. ${LOOK_UP}`,
  ]),
  [
    ["REPLY_PAGE"],
    "BAD_REPLY",
    "unknown",
    false,
    `the host answered with a web page instead of JSON: is the base URL right? ${LOOK_UP}`,
  ],
  [["ECONNRESET", "ECONNABORTED", "EPIPE", "UND_ERR_SOCKET"], "UNREACHABLE", "unknown", false, `the host ${BROKEN}`],
  ...["ENOENT", "EACCES", "EPERM", "EISDIR", "EIO", "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"].map((cause): Failure => [
    [cause],
    "INVALID_MESSAGE",
    "unknown",
    false,
    `its file could not be read to the end (${cause}). Check the file, and look it up at the provider before you send it again.`,
  ]),
];

/** Causes that are known by how they begin or end, or by a part. */
const BY_A_PART =
  /^(PROXY_|EAI_|EHOST|ENET|EADDR|ECONN|EPIPE|EPROTO|ERR_|UND_ERR_|HPE_|REPLY_BROKEN|.*(CERT|CRL|SIGNED|INVALID_|PATH_)|UNABLE_)/;

describe("the words about a failure", () => {
  for (const [attempt, lead, rows] of [
    [UNSENT, "was not sent", BEFORE],
    [POST, "may or may not have been taken", AFTER],
  ] as const) {
    for (const [causes, code, outcome, retryable, words] of rows) {
      it(`${attempt.written ? "after" : "before"} it was written tell of ${causes.join(" or ")}`, () => {
        for (const cause of causes) {
          assert.deepEqual(failureVerdict(cause, attempt), {
            code,
            outcome,
            retryable,
            ...(cause !== "HTTPParserError" && { reason: cause }),
            message: `send_sms ${lead}: ${words}`,
          });
        }
      });
    }

    it(`${attempt.written ? "after" : "before"} it was written are not those of a cause that only resembles one`, () => {
      const whole = rows.flatMap(([causes]) => causes).filter((cause) => !BY_A_PART.test(cause));
      for (const cause of whole.flatMap((name) => [`X${name}`, `${name}X`])) {
        assert.match(failureVerdict(cause, attempt).message, /: the connection to the host failed \(/, cause);
      }
      const begun = rows
        .flatMap(([causes]) => causes)
        .filter((cause) => BY_A_PART.test(cause) && !/CERT|CRL/.test(cause));
      for (const cause of begun.map((name) => `X${name}`)) {
        assert.match(failureVerdict(cause, attempt).message, /failed \(|in full within/, cause);
      }
    });
  }

  it("are those of the row beside where a cause only begins or ends as another", () => {
    const nearly: [attempt: Attempt, cause: string, words: RegExp][] = [
      [UNSENT, "UND_ERR_INVALID_ARGUMENT", /failed \(/],
      [UNSENT, "PROXY_BAD_URLS", /could not be used/],
      [UNSENT, "PROXY_407X", /could not be used/],
      [UNSENT, "PROXY_502X", /could not be used/],
      [UNSENT, "ECONNREFUSEDX", /failed \(/],
      [UNSENT, "CERT_HAS_EXPIREDX", /not acceptable/],
      [UNSENT, "XCERT_HAS_EXPIRED", /not acceptable/],
      [UNSENT, "XDEPTH_ZERO_SELF_SIGNED", /failed \(/],
      [UNSENT, "XUNABLE_TO_VERIFY", /failed \(/],
      [UNSENT, "ECONNRESETX", /failed \(/],
      [POST, "UND_TIMEOUT_X", /failed \(/],
      [POST, "UND_ERR_HEADERS_OVERFLOWX", /failed \(/],
    ];
    for (const [attempt, cause, words] of nearly) assert.match(failureVerdict(cause, attempt).message, words, cause);
  });

  it("tell no more of an unknown cause than its code", () => {
    const reason = (cause: string) => {
      const { reason: code, message } = failureVerdict(cause, UNSENT);
      return [code, /failed \((.*)\)\.$/.exec(message)?.[1]];
    };
    assert.deepEqual(reason("E_NEW_1"), ["E_NEW_1", "E_NEW_1"]);
    assert.deepEqual(reason("A1"), ["A1", "A1"]);
    assert.deepEqual(reason("X_PROXY_9"), ["X_PROXY_9", "X_PROXY_9"]);
    for (const odd of ["", "A", "a1", "1A", " E_NEW", "E_NEW ", "E_new", "xE_NEW", "E-NEW", "E".repeat(61)]) {
      assert.deepEqual(reason(odd), [undefined, "no code"], odd);
    }
  });
});

type Status = [status: number, code: ErrorCode, outcome: Outcome, retryable: boolean, words: string];

const REFUSED = "gave no reason. Check the values that you gave.";
const NO_SENSE = `the host gave an answer that makes no sense. ${LOOK_UP}`;
const OWN_ERROR = `the host had an error of its own. ${LOOK_UP}`;
const ELSEWHERE = "the host redirects elsewhere, which is not followed. Check the base URL";
const CREDENTIALS = "Check the account's credentials";
const IN_BODY = "Let the account send its parameters in the body.";

const STATUSES: Status[] = [
  ...[300, 304, 306, 309, 399, 600].map((status): Status => [status, "BAD_REPLY", "unknown", false, NO_SENSE]),
  ...[301, 307, 308].map((status): Status => [status, "BAD_REPLY", "rejected", false, `${ELSEWHERE}.`]),
  ...[302, 303].map((status): Status => [
    status,
    "BAD_REPLY",
    "unknown",
    false,
    `${ELSEWHERE}, and look it up at the provider before you send it again.`,
  ]),
  ...[400, 406, 407, 409, 415, 422, 430, 432, 499].map((status): Status => [
    status,
    "REJECTED",
    "rejected",
    false,
    `the host ${REFUSED}`,
  ]),
  [401, "BAD_CREDENTIALS", "rejected", false, `the credentials are not accepted. ${CREDENTIALS}.`],
  [402, "NO_CREDIT", "rejected", false, "the account has no credit left. Top it up at the provider."],
  [
    403,
    "BAD_CREDENTIALS",
    "rejected",
    false,
    `the credentials do not allow this. ${CREDENTIALS}, and at the provider what they may do and from which addresses.`,
  ],
  ...[404, 405].map((status): Status => [
    status,
    "REJECTED",
    "rejected",
    false,
    "the host does not know this call or what it asks for. Check the base URL and the id or name that you gave.",
  ]),
  [408, "TIMEOUT", "unknown", false, `the host gave up waiting for the request. ${LOOK_UP}`],
  [413, "REJECTED", "rejected", false, "it is larger than the host takes. Send fewer or shorter messages at once."],
  [414, "REJECTED", "not-sent", false, `its URL is longer than the host takes. ${IN_BODY}`],
  [431, "REJECTED", "not-sent", false, `its URL and headers are longer than the host takes. ${IN_BODY}`],
  [429, "RATE_LIMITED", "not-sent", true, "the host gets too many requests. Lower the account's rate."],
  ...[500, 502, 503, 504, 599].map((status): Status => [status, "PROVIDER_ERROR", "unknown", false, OWN_ERROR]),
];

const LEADS = { "not-sent": "was turned away", rejected: "was refused", unknown: "may or may not have been taken" };

describe("the words about a status", () => {
  for (const [status, code, outcome, retryable, words] of STATUSES) {
    it(`tell of ${status}`, () => {
      const message = `send_sms ${LEADS[outcome]} (HTTP ${status}): ${words}`;
      assert.deepEqual(statusVerdict({ status, headers: {} }, POST, {}, 0), { code, outcome, retryable, message });
    });
  }

  const asked = (wait: string, status = 503) =>
    statusVerdict({ status, headers: { "retry-after": wait } }, POST, {}, 0)?.message.replace(/^.*maintenance\. /, "");

  it("tell when to come back where that is not soon, in the largest unit that fits twice", () => {
    assert.equal(asked("59"), "Try again later.");
    const waits: [seconds: number, words: string][] = [
      [60, "1 minute"],
      [61, "2 minutes"],
      [7199, "120 minutes"],
      [7200, "2 hours"],
      [172_799, "48 hours"],
      [172_800, "2 days"],
      [8_640_001, "101 days"],
    ];
    for (const [seconds, words] of waits) {
      assert.equal(asked(String(seconds)), `Try again later, and come back in ${words}.`, words);
    }
  });

  it("tell where to top up, whatever the status that says so", () => {
    const verdict = statusVerdict({ status: 400, headers: {} }, POST, { code: "NO_CREDIT" }, 0);
    assert.equal(
      verdict?.message,
      "send_sms was refused (HTTP 400): the host gave no reason. Top it up at the provider.",
    );
  });

  it("end a provider's question with its own mark, and put a blank for what cannot be seen", () => {
    const said = (text: string) => statusVerdict({ status: 400, headers: {} }, POST, { text }, 0)?.message;
    assert.equal(
      said("a\u0000\u202e\nb"),
      'send_sms was refused (HTTP 400): the provider says "a b". Check the values that you gave.',
    );
  });

  it("hold no wait where it is not for us to come back", () => {
    const verdict = statusVerdict({ status: 500, headers: { "retry-after": "7" } }, POST, {}, 0);
    assert.equal(verdict?.retryAfterMs, undefined);
    assert.ok(!("retryAfterMs" in (verdict ?? {})));
  });
});

describe("a question in doubt", () => {
  const asks = { ...POST, asks: true };

  it("may be asked again after what passes, and after nothing else", () => {
    const again = (cause: string) => failureVerdict(cause, asks).retryable;
    assert.deepEqual(["TIMEOUT", "ECONNRESET"].map(again), [true, true]);
    assert.deepEqual(["REPLY_CUT", "CLOSED", "ENOENT"].map(again), [false, false, false]);
    const after = (status: number) => statusVerdict({ status, headers: {} }, asks, {}, 0)?.retryable;
    assert.deepEqual([408, 500, 302, 600].map(after), [true, true, false, false]);
    const explained = { code: "PROVIDER_ERROR", outcome: "rejected" } as const;
    assert.equal(statusVerdict({ status: 500, headers: {} }, asks, explained, 0)?.retryable, false);
  });

  it("got no usable answer, and is not to be looked up", () => {
    assert.equal(
      failureVerdict("TIMEOUT", asks).message,
      "send_sms got no usable answer: the host did not answer in full within 8.5 s.",
    );
  });
});

describe("a wait", () => {
  it("is a date of HTTP or ISO 8601 that stands alone, or seconds", () => {
    const now = Date.parse("2026-03-01T12:00:00Z");
    const wait = (text: string) => parseRetryAfter(text, now);
    assert.equal(wait("Sun Mar 01 2026 12:00:09 GMT"), 9000);
    assert.equal(wait("+2.25"), 2250);
    for (const odd of ["12:00:09 2026-03-01", "1 Mar 2026 12:00:09 GMT", "on Sun, 01 Mar 2026 12:00:09 GMT", "2 s"]) {
      assert.equal(wait(odd), undefined, odd);
    }
  });
});

describe("any verdict", () => {
  const cause = fc.oneof(
    fc.string(),
    fc.constantFrom(...[...BEFORE, ...AFTER].flatMap(([causes]) => causes)),
    fc.stringMatching(/^[A-Z_]{1,20}$/),
  );

  it("on a failure calls nothing sent that was not written, nor anything unsent that was", () => {
    fc.assert(
      fc.property(cause, fc.boolean(), fc.boolean(), (code, written, asks) => {
        const { outcome, retryable, message } = failureVerdict(code, { ...POST, written, asks });
        assert.ok(written ? outcome === "unknown" : outcome !== "unknown");
        assert.ok(!retryable || outcome === "not-sent" || asks);
        assert.match(message, /^send_sms [^\n{}]+[.?]$/);
      }),
    );
  });

  it("on a status is none for a success alone, and lets only what was turned away be sent again", () => {
    const headers = fc.record({ "retry-after": fc.oneof(fc.string(), fc.nat().map(String)) }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 999 }), headers, fc.string(), (status, given, text) => {
        const verdict = statusVerdict({ status, headers: given }, POST, { text }, 0);
        assert.equal(verdict === undefined, status < 300);
        if (!verdict) return;
        assert.ok(!verdict.retryable || verdict.outcome === "not-sent");
        const { retryAfterMs = 0 } = verdict;
        assert.ok(retryAfterMs >= 0 && retryAfterMs <= 3_600_000);
        assert.match(verdict.message, /^send_sms [^\n]+[.?]$/);
      }),
    );
  });
});
