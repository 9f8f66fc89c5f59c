import { strict as assert } from "node:assert";
import fc from "fast-check";
import { failureVerdict, parseRetryAfter, statusVerdict, type Attempt } from "../../src/verdict.ts";
import { AFTER, BEFORE, POST, UNSENT } from "../support/failure-words.ts";

/** What a flow's author reads of each failure, word by word; and what nearly looks like one and is none. */

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
