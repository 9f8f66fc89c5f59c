import { strict as assert } from "node:assert";
import { accountSettings, visibleProblem } from "../../nodes/kit/account-settings.ts";
import { asCutOff, closedByDeploy } from "../../nodes/kit/cut-off.ts";
import { plain } from "../../nodes/kit/fields.ts";
import { requireGsm7 } from "../../nodes/kit/gsm7.ts";
import { positive } from "../../nodes/kit/positive.ts";
import { sendOptions } from "../../nodes/kit/send-options.ts";
import { definition as connectusAccount } from "../../nodes/connectus-account/definition.ts";
import { asMessagingError, MessagingError, type Phrase } from "../../src/error.ts";
import { bulkDrafts } from "../../src/bulk.ts";
import { emailDrafts, smsDrafts } from "../../src/message.ts";
import { databaseError } from "../../src/outbox/postgres/errors.ts";
import { SetAside } from "../../src/outbox/set-aside.ts";
import { ended, tooOld, unusable } from "../../src/outbox/sqlite/errors.ts";
import { parseNumber } from "../../src/phone.ts";
import { providers } from "../../src/providers/index.ts";
import { pushDraft } from "../../src/push.ts";
import { batchSize } from "../../src/sending/deliver.ts";
import { off } from "../../src/sending/not-now.ts";
import { closed } from "../../src/sending/pace.ts";
import { queueFull } from "../../src/sending/queue-full.ts";
import { Route } from "../../src/sending/route.ts";
import { checkedSettings } from "../../src/sending/settings.ts";
import { assertSameProvider } from "../../src/status.ts";
import { parseTime } from "../../src/time.ts";
import { lookUp, runtimeCatalogue, type Catalogue } from "../../scripts/catalogue.ts";
import { languages } from "../../scripts/node-set.ts";

/** A phrase in the words of a catalogue; of English they must be the very message. */
function filled({ kind, values = {} }: Phrase, catalogue: Catalogue): string {
  const text = lookUp(catalogue, `error.${kind}`);
  assert.ok(typeof text === "string", `error.${kind}`);
  return text.replace(/__(\w+?)__/g, (blank, name: string) => {
    const value = values[name];
    assert.ok(value !== undefined, `${kind} has no ${blank}`);
    if (value instanceof MessagingError) return value.message;
    return typeof value === "object" ? filled(value, catalogue) : String(value);
  });
}

const account = { name: "Ops", credentials: {} };
const [provider] = providers;
assert.ok(provider);
const settings = (given: object) => () => checkedSettings(provider, { name: "Ops", ...given }, {});

/** Errors as a newcomer meets them. */
const MISTAKES: readonly (readonly [string, () => unknown])[] = [
  ["no number", () => parseNumber("", "CL")],
  ["a short number", () => parseNumber("12", "CL")],
  ["a text as number", () => parseNumber("twelve", "CL")],
  ["an array as number", () => parseNumber([], "CL")],
  ["an object as number", () => parseNumber({}, "CL")],
  ["a boolean as number", () => parseNumber(true, "CL")],
  ["a negative number", () => parseNumber(-5, "CL")],
  ["no number at all", () => parseNumber(NaN, "CL")],
  ["a number of an unknown country", () => parseNumber("12", "XX")],
  ["nobody", () => smsDrafts([], "x", "CL")],
  ["no text", () => smsDrafts("+56990324203", " ", "CL")],
  ["an object as text", () => smsDrafts("+56990324203", {}, "CL")],
  ["a buffer as text", () => smsDrafts("+56990324203", Buffer.from("x"), "CL")],
  ["a text that is too long", () => smsDrafts("+56990324203", "x".repeat(70_000), "CL")],
  ["a text of too many parts", () => smsDrafts("+56990324203", "x".repeat(60_000), "CL")],
  ["no subject", () => emailDrafts("a@example.com", "", "x")],
  ["a subject of two lines", () => emailDrafts("a@example.com", "x\ny", "x")],
  ["no body", () => emailDrafts("a@example.com", "x", undefined)],
  ["no address", () => emailDrafts("ana", "x", "x")],
  ["a number as address", () => emailDrafts([5], "x", "x")],
  ["a bulk that is a text", () => bulkDrafts("sms", "[]", {}, "CL")],
  ["a bulk that is no array", () => bulkDrafts("sms", {}, {}, "CL")],
  ["an empty bulk", () => bulkDrafts("sms", [], {}, "CL")],
  ["a bulk without text", () => bulkDrafts("sms", ["+56990324203"], {}, "CL")],
  ["a bulk without subject", () => bulkDrafts("email", ["a@example.com"], { text: "x" }, "CL")],
  ["an empty push", () => pushDraft({ to: "+56990324203", smsFallback: false }, {}, "CL")],
  ["a push without SMS text", () => pushDraft({ to: "+56990324203", text: "x", smsFallback: true }, {}, "CL")],
  ["a time that is an object", () => parseTime({}, "UTC")],
  ["a time that cannot be read", () => parseTime("tomorrow", "UTC")],
  ["a time in no zone", () => parseTime("2026-10-02T14:30", "Mars/Phobos")],
  ["a time that is in no calendar", () => parseTime("2026-02-31T14:30", "UTC")],
  ["a date that is none", () => parseTime(new Date(NaN), "UTC")],
  ["a time in seconds", () => parseTime(1_600_000, "UTC")],
  ["a time in microseconds", () => parseTime(1.7e15, "UTC")],
  ["characters that GSM-7 lacks", () => requireGsm7("á漢")],
  ["a count that is none", () => positive("everySeconds", -1)],
  ["a reference that is an array", () => sendOptions({ reference: [] }, { timeZone: "UTC" })],
  ["a reference that is too long", () => sendOptions({ reference: "x".repeat(61) }, { timeZone: "UTC" })],
  ["a batch of none", () => batchSize({ maxRecipients: 5 }, 0)],
  ["a result of another provider", () => assertSameProvider({ provider: "other" }, { name: "own", label: "Own" })],
  ["a setting that is no number", () => plain({ x: "many" }, "x", { kind: "number", value: 1 })],
  ["a choice that is none", () => plain({ x: "c" }, "x", { kind: "choice", options: ["a", "b"], value: "a" })],
  ["a setting that an account cannot use", () => accountSettings(connectusAccount, { name: "Ops", parameters: "c" })],
  ["an account without credentials", () => assertWell(visibleProblem(connectusAccount, account, {}))],
  ["a nameless account without credentials", () => assertWell(visibleProblem(connectusAccount, {}, {}))],
  ["a variable that is unset", () => assertWell(visibleProblem(connectusAccount, { country: "${NOWHERE}" }, {}))],
  ["an unknown mode", settings({ mode: "test" })],
  ["an unknown country", settings({ country: "XX" })],
  ["an unknown time zone", settings({ timeZone: "Mars/Phobos" })],
  ["a concurrency of none", settings({ concurrency: 0 })],
  ["a negative rate", settings({ ratePerSecond: -1 })],
  ["a base URL that is none", settings({ baseUrl: "here" })],
  ["a base URL of FTP", settings({ baseUrl: "ftp://example.com" })],
  ["a base URL with a user", settings({ baseUrl: "https://ana@example.com" })],
  ["a base URL with a query", settings({ baseUrl: "https://example.com?x" })],
  ["a base URL without TLS", settings({ baseUrl: "http://example.com" })],
  ["a route without accounts", () => new Route(ROUTE, [])],
  ["a PostgreSQL that is away", () => assertWell(databaseError({ code: "ECONNREFUSED" }))],
  ["a PostgreSQL that refuses", () => assertWell(databaseError({ code: "28P01" }))],
  ["a PostgreSQL without the database", () => assertWell(databaseError({ code: "3D000" }))],
  ["a PostgreSQL on no host", () => assertWell(databaseError({ code: "ENOTFOUND" }))],
  ["a PostgreSQL that is full", () => assertWell(databaseError({ code: "53300" }))],
  ["a PostgreSQL with a bad certificate", () => assertWell(databaseError({ code: "CERT_HAS_EXPIRED" }))],
  ["a PostgreSQL without rights", () => assertWell(databaseError({ code: "42501" }))],
  ["a PostgreSQL without room", () => assertWell(databaseError({ code: "53100" }))],
  ["an outbox on an old Node.js", () => assertWell(tooOld())],
  ["an outbox's file that is locked", () => assertWell(unusable({ message: "database is locked" }, "/a.sqlite"))],
  ["an outbox's file that is away", () => assertWell(unusable({ message: "no such folder" }, "/a.sqlite"))],
  ["an outbox's file that was damaged", () => assertWell(new SetAside("/a.sqlite"))],
  ["an outbox's store that ended", () => assertWell(ended("out of memory"))],
  ["an account that is off", () => assertWell(off("send_sms"))],
  ["an account that was closed", () => assertWell(closed())],
  ["a full account", () => assertWell(queueFull(5, "account"))],
  ["a full node", () => assertWell(queueFull(5, "node"))],
  ["a node that was closed", () => assertWell(closedByDeploy())],
  ["a node that was closed in doubt", () => assertWell(asCutOff(closed().with({ outcome: "unknown" })))],
];

/** What is made of a message, with an error in place of a bad recipient. */
interface Made {
  readonly drafts?: Iterable<{ readonly error?: MessagingError }>;
}

const ROUTE = { name: "Ops", strategy: "failover", failoverOnRejected: false, turns: new Map() } as const;

function assertWell(error: MessagingError | undefined): void {
  if (error) throw error;
}

describe("what the runtime says of a mistake", () => {
  const catalogues = new Map<string, Catalogue>();

  before(async () => {
    for (const language of languages) catalogues.set(language, await runtimeCatalogue(language));
  });

  const words = (language: string) => catalogues.get(language) ?? {};

  for (const [mistake, make] of MISTAKES) {
    it(`says of ${mistake} in the catalogue just what the error says`, async () => {
      const errors: MessagingError[] = [];
      try {
        const found = await make();
        const { drafts = [] } = (Array.isArray(found) ? { drafts: found } : Object(found)) as Made;
        errors.push(...[...drafts].flatMap(({ error }) => error ?? []));
      } catch (thrown) {
        errors.push(asMessagingError(thrown));
      }
      const [error] = errors;
      assert.ok(error?.phrase, error?.message ?? "no error");
      assert.equal(filled(error.phrase, words("en-US")), error.message);
      for (const language of ["es", "it"]) assert.doesNotMatch(filled(error.phrase, words(language)), /__/);
    });
  }

  it("tells no English words as a sentence of another language, where an error got new ones", () => {
    const error = closed();
    assert.equal(error.with({ attempts: 1 }).phrase, error.phrase);
    assert.equal(error.with({}, "Something else.").phrase, undefined);
  });

  it("shows no phrase where an error is printed", () => {
    assert.deepEqual(Object.keys(closed()).sort(), ["code", "name"]);
  });
});
