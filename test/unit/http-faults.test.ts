import { strict as assert } from "node:assert";
import { MessagingError } from "../../src/error.ts";
import { HttpClient } from "../../src/http.ts";
import { FAULTS } from "../support/faults.ts";
import type { Fault } from "../support/faults.ts";

const SECRETS = { text: "Bomba 3 sin agua", number: "56990324203", key: "k3y-of-the-account" };
const query = new URLSearchParams({ dst_number: SECRETS.number, sms_content: SECRETS.text });

/** How many requests may have reached the provider: never two. */
function mayHaveReceived({ name, expected: { code, outcome } }: Fault): number[] {
  if (outcome === "not-sent" && (code === "UNREACHABLE" || code === "TIMEOUT")) return [0];
  return /before the request is read|as soon as it is made/.test(name) ? [0, 1] : [1];
}

function assertSilent(error: MessagingError): void {
  const said = JSON.stringify([error.message, error.cause, error.stack]);
  const forms = Object.values(SECRETS).flatMap((secret) => {
    return [secret, encodeURIComponent(secret), secret.replaceAll(" ", "+"), Buffer.from(secret).toString("base64")];
  });
  for (const form of forms) assert.ok(!said.includes(form), `${said} holds ${form}`);
  assert.doesNotMatch(error.message, /:\/\/|\/send_sms|\?\S/);
}

describe("each fault of the network or the provider", () => {
  for (const fault of FAULTS) {
    it(`has its one verdict: ${fault.name}`, async () => {
      const arranged = await fault.arrange();
      const client = new HttpClient({ connections: 2 });
      try {
        const sending = client.send(
          {
            operation: "send_sms",
            method: "POST",
            url: `${arranged.url}/send_sms?${query}`,
            headers: { authorization: `Basic ${Buffer.from(`me:${SECRETS.key}`).toString("base64")}` },
            body: query.toString(),
          },
          { timeoutMs: fault.needsDeadline ? 250 : 5000 },
        );
        if (fault.seenBy === "adapter") {
          assert.ok((await sending).json());
        } else if (fault.seenBy === "json") {
          const reply = await sending;
          assert.throws(() => reply.json(), isExpected);
        } else {
          await assert.rejects(sending, isExpected);
        }
        assert.ok(mayHaveReceived(fault).includes(arranged.received()), `${arranged.received()} requests`);
      } finally {
        await client.close();
        await arranged.close();
      }

      function isExpected(error: unknown): true {
        assert.ok(error instanceof MessagingError, String(error));
        const { code, outcome } = error.cause;
        assert.deepEqual({ code, outcome }, fault.expected, error.message);
        assert.match(error.message, /^send_sms .+[.?]$/);
        assertSilent(error);
        return true;
      }
    });
  }
});
