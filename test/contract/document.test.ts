import { strict as assert } from "node:assert";
import { MessagingError } from "../../src/error.ts";
import { providers } from "../../src/providers/index.ts";
import { Account } from "../../src/sending/account.ts";
import { expected, operationNames, readAccount, readFixtures, run } from "./fixture.ts";
import type { Exchange } from "./fixture.ts";
import { startWire } from "./wire.ts";
import type { Received } from "./wire.ts";

/** What was sent, in the form in which a fixture writes it. */
function asWritten({ method, path, query, form, multipart, json }: Received): Exchange["request"] {
  return {
    method,
    path,
    ...(Object.keys(query).length > 0 && { query }),
    ...(form && { form }),
    ...(multipart && { multipart }),
    ...(json !== undefined && { json }),
  };
}

for (const provider of providers) {
  const { credentials, options, headers } = readAccount(provider);
  const fixtures = readFixtures(provider);

  describe(`${provider.label} over the wire, as its document has it`, () => {
    it("has a fixture for each of its operations", () => {
      const covered = new Set(fixtures.map(({ operation }) => operation));
      assert.deepEqual(
        operationNames(provider.operations).filter((name) => !covered.has(name)),
        [],
      );
    });

    for (const fixture of fixtures) {
      it(`${fixture.title} [${fixture.file}]`, async () => {
        const wire = await startWire((_received, index) => fixture.exchanges[index]?.reply ?? { status: 500 });
        const settings = { name: "contract", baseUrl: wire.url, options: { ...options, ...fixture.options } };
        const account = new Account(provider, settings, credentials);
        try {
          const outcome = await account
            .perform({}, (session) => run(provider, fixture, session))
            .catch((error: unknown) => error);
          assert.deepEqual(
            wire.received.map(asWritten),
            fixture.exchanges.map(({ request }) => request),
          );
          for (const { headers: sent } of wire.received) {
            assert.deepEqual(Object.fromEntries(Object.keys(headers).map((name) => [name, sent[name]])), headers);
          }
          if (fixture.error) {
            assert.ok(outcome instanceof MessagingError);
            const { code, outcome: what } = outcome.cause;
            assert.deepEqual({ code, outcome: what }, { code: fixture.error.code, outcome: fixture.error.outcome });
            assert.ok(outcome.message.includes(fixture.error.says ?? ""), outcome.message);
          } else {
            if (outcome instanceof Error) throw outcome;
            assert.deepEqual(outcome, expected(fixture));
          }
        } finally {
          await account.close();
          await wire.close();
        }
      });
    }
  });
}
