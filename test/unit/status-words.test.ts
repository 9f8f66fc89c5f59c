import { strict as assert } from "node:assert";
import type { ErrorCode, Outcome } from "../../src/error.ts";
import { statusVerdict } from "../../src/verdict.ts";
import { LOOK_UP, POST } from "../support/failure-words.ts";

/** What a flow's author reads of each status, word by word. */

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
