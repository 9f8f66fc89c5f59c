import { strict as assert } from "node:assert";
import { MessagingError } from "../../src/error.ts";
import { providers } from "../../src/providers/index.ts";
import { Account } from "../../src/sending/account.ts";
import { expected, readAccount, run } from "../contract/fixture.ts";
import { startWire } from "../contract/wire.ts";
import type { Arranged, Spare } from "./arrange.ts";
import { CALLS, spared, uncovered } from "./calls.ts";
import type { Call } from "./calls.ts";
import { secretsOf, shownOf } from "./secrets.ts";
import { FAULTS_AFTER, FAULTS_BEFORE } from "./table.ts";
import type { Fault } from "./table.ts";
import { verdictOn } from "./verdict-on.ts";

/** Of a call that only its time limit ends: enough for all that are struck at once on a slow machine. */
const DEADLINE_MS = 600;

/** Each call has a base URL of its own: `/7` for the one in place 7. */
function asked(calls: readonly Call[], head: string) {
  const [, method = "", place = "", target = ""] = /^(\S+) \/(\d+)(\S*)/.exec(head) ?? [];
  return { call: calls[Number(place)], method, target };
}

/** Runs a call against the fault and tells what came of it, in words that the expectation has too. */
async function strike(call: Call, fault: Fault, baseUrl: string) {
  const { credentials, options } = readAccount(call.provider);
  const settings = { name: "struck", baseUrl, options: { ...options, ...call.fixture.options } };
  const account = new Account(call.provider, settings, credentials);
  // Waiting for more tries is the business of another test; what may not be tried again is left free to be.
  const attempts = verdictOn(fault, call).outcome === "not-sent" ? 1 : undefined;
  const limits = { ...(attempts && { attempts }), ...(fault.needsDeadline && { budgetMs: DEADLINE_MS }) };
  try {
    return await account
      .perform(limits, (session) => run(call.provider, call.fixture, session))
      .then(
        (result) => `gave a result: ${JSON.stringify(result)}`,
        (error: unknown) => error,
      );
  } finally {
    await account.close();
  }
}

function described(error: unknown): string {
  if (!(error instanceof MessagingError)) return String(error);
  const { code, outcome, retryable, provider, account } = error.cause;
  return `${code}, ${outcome}, ${retryable ? "may be tried again" : "final"} (${provider}, ${account})`;
}

function expectation(fault: Fault, call: Call): string {
  const { code, outcome, retryable } = verdictOn(fault, call);
  const again = retryable === "always" || (retryable === "readings" && call.reads);
  return `${code}, ${outcome}, ${again ? "may be tried again" : "final"} (${call.provider.name}, struck)`;
}

/** The requests that a call made, in order. */
function requestsOf(place: number, arranged: Arranged): string[] {
  return arranged.heads().flatMap((head) => {
    const line = head.slice(0, head.indexOf(" HTTP/1.1"));
    return line.includes(` /${place}/`) ? line : [];
  });
}

function strikesAll(fault: Fault, calls: readonly Call[]): void {
  it(`has one verdict on every call: ${fault.name}`, async () => {
    const spare: Spare = (head) => {
      const { call, method, target } = asked(calls, head);
      return call && spared(call, method, target);
    };
    const arranged = await fault.arrange(spare);
    try {
      const errors = await Promise.all(calls.map((call, place) => strike(call, fault, `${arranged.url}/${place}`)));
      assert.deepEqual(
        errors.map((error, place) => `${calls[place]?.name}: ${described(error)}`),
        calls.map((call) => `${call.name}: ${expectation(fault, call)}`),
      );
      calls.forEach((call, place) => {
        const requests = requestsOf(place, arranged);
        // A login sends no message, so that one whose answer was lost is made again.
        const sends = requests.filter((line) => !line.endsWith("/login"));
        assert.equal(new Set(sends).size, sends.length, `${call.name} must send nothing twice: ${sends.join(", ")}`);
        const error = errors[place] as MessagingError;
        assert.ok(error.cause.attempts >= Math.max(1, requests.length), `${call.name} must count its attempts`);
        const shown = shownOf(error);
        for (const secret of secretsOf(call)) assert.ok(!shown.includes(secret), `${shown} holds ${secret}`);
        assert.match(error.message, /[.?]$/, call.name);
        assert.doesNotMatch(error.message, /:\/\//, call.name);
      });
    } finally {
      await arranged.close();
    }
  });
}

describe("each fault of the network or the provider", () => {
  it("is tried on every operation that makes a request", () => {
    assert.deepEqual(Object.fromEntries(providers.map((provider) => [provider.name, uncovered(provider)])), {
      ...Object.fromEntries(providers.map(({ name }) => [name, []])),
    });
  });

  const first = CALLS.filter(({ before }) => before.length === 0);
  for (const fault of FAULTS_BEFORE) strikesAll(fault, first);
  for (const fault of FAULTS_AFTER) strikesAll(fault, CALLS);

  it("that is over before the next try is no failure", async () => {
    const calls = CALLS.filter(({ fixture, before }) => fixture.exchanges.length === 1 && before.length === 0);
    const outcomes = await Promise.all(calls.map(turnedAwayOnce));
    assert.deepEqual(
      outcomes,
      calls.map(({ fixture }) => ({ result: expected(fixture), requests: 2 })),
    );
  });
});

/** A call that is told to come back at once, and then gets its usual reply. */
async function turnedAwayOnce({ provider, fixture, struck }: Call) {
  const { credentials, options } = readAccount(provider);
  const busy = { status: 429, headers: { "retry-after": "0" } };
  const wire = await startWire((_received, index) => (index === 0 ? busy : struck.reply));
  const settings = { name: "struck", baseUrl: wire.url, options: { ...options, ...fixture.options } };
  const account = new Account(provider, settings, credentials);
  try {
    const result = await account.perform({}, (session) => run(provider, fixture, session));
    return { result, requests: wire.received.length };
  } finally {
    await account.close();
    await wire.close();
  }
}
