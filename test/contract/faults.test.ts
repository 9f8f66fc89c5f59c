import { strict as assert } from "node:assert";
import { MessagingError } from "../../src/error.ts";
import type { Provider } from "../../src/provider.ts";
import { providers } from "../../src/providers/index.ts";
import { Account } from "../../src/sending/account.ts";
import { expected, readAccount, readFixtures, run } from "./fixture.ts";
import type { Fixture } from "./fixture.ts";
import { startWire } from "./wire.ts";
import type { Answer } from "./wire.ts";

interface Fault {
  title: string;
  answer(fixture: Fixture): Answer;
  code: string;
  outcome: string;
}

/** What each failure means (reliability.md), whatever the provider and the operation. */
const FAULTS: readonly Fault[] = [
  {
    title: "a 401 is a matter of credentials",
    answer: () => ({ status: 401, body: { error: "no" } }),
    code: "BAD_CREDENTIALS",
    outcome: "rejected",
  },
  {
    title: "a 429 is not sent, however often",
    answer: () => ({ status: 429, headers: { "retry-after": "0" } }),
    code: "RATE_LIMITED",
    outcome: "not-sent",
  },
  { title: "a 500 is in doubt", answer: () => ({ status: 500 }), code: "PROVIDER_ERROR", outcome: "unknown" },
  { title: "silence is in doubt", answer: () => "silence", code: "TIMEOUT", outcome: "unknown" },
  {
    title: "a page of HTML is in doubt",
    answer: () => ({ body: "<!doctype html><title>Sign in</title>", type: "text/html" }),
    code: "BAD_REPLY",
    outcome: "unknown",
  },
  {
    title: "half a reply is in doubt",
    answer: ({ exchanges }) => ({ body: JSON.stringify(exchanges[0]?.reply.body).slice(0, -2) }),
    code: "BAD_REPLY",
    outcome: "unknown",
  },
  { title: "an empty reply is in doubt", answer: () => ({ body: "" }), code: "BAD_REPLY", outcome: "unknown" },
  {
    title: "a reply with none of the expected fields is in doubt",
    answer: () => ({ body: { unexpected: true } }),
    code: "BAD_REPLY",
    outcome: "unknown",
  },
  {
    title: "a connection reset after the request was read is in doubt",
    answer: () => "reset",
    code: "UNREACHABLE",
    outcome: "unknown",
  },
];

/** Long enough for a loopback server; an attempt may take 4 s more. */
const BUDGET_MS = 400;

/** One plain fixture of each call that a provider has. */
function calls(fixtures: readonly Fixture[]): Fixture[] {
  const plain = fixtures.filter(({ exchanges, result, options }) => exchanges.length === 1 && result && !options);
  return [...new Map(plain.map((fixture) => [fixture.exchanges[0]?.request.path, fixture])).values()];
}

/** Runs a fixture's call against a server of its own; gives its result or error, and how many requests there were. */
async function strike(provider: Provider, fixture: Fixture, answer: (index: number) => Answer, budgetMs: number) {
  const { credentials, options } = readAccount(provider);
  const wire = await startWire((_received, index) => answer(index));
  const settings = { name: "contract", baseUrl: wire.url, ...(options && { options }) };
  const account = new Account(provider, settings, credentials);
  try {
    const result = await account
      .perform({ budgetMs }, (session) => run(provider, fixture, session))
      .catch((error: unknown) => error);
    return { result, requests: wire.received.length };
  } finally {
    await account.close();
    await wire.close();
  }
}

for (const provider of providers) {
  const each = calls(readFixtures(provider));
  const nameOf = ({ operation, exchanges }: Fixture) => `${operation}, ${exchanges[0]?.request.path}`;

  describe(`${provider.label}, struck at each of its ${each.length} calls`, () => {
    for (const fault of FAULTS) {
      it(`${fault.title}, and nothing is sent twice`, async () => {
        const outcomes = await Promise.all(
          each.map(async (fixture) => {
            const { result: error, requests } = await strike(provider, fixture, () => fault.answer(fixture), BUDGET_MS);
            assert.ok(error instanceof MessagingError, `${nameOf(fixture)} must fail with a MessagingError`);
            const { code, outcome, account, attempts } = error.cause;
            assert.equal(attempts, requests, `${nameOf(fixture)} must tell how many requests were made`);
            const isOnce = outcome === "not-sent" ? requests <= 3 : requests === 1;
            return { call: nameOf(fixture), code, outcome, provider: error.cause.provider, account, isOnce };
          }),
        );
        assert.deepEqual(
          outcomes,
          each.map((fixture) => ({
            call: nameOf(fixture),
            code: fault.code,
            outcome: fault.outcome,
            provider: provider.name,
            account: "contract",
            isOnce: true,
          })),
        );
      });
    }

    it("a 429 and then the usual reply is a success with two requests", async () => {
      const busy = { status: 429, headers: { "retry-after": "0" } };
      const outcomes = await Promise.all(
        each.map((fixture) =>
          strike(provider, fixture, (index) => (index > 0 && fixture.exchanges[0]?.reply) || busy, 10_000),
        ),
      );
      assert.deepEqual(
        outcomes,
        each.map((fixture) => ({ result: expected(fixture), requests: 2 })),
      );
    });
  });
}
