import { strict as assert } from "node:assert";
import { connectus } from "../../src/providers/connectus/index.ts";
import type { Provider } from "../../src/provider.ts";
import { acquireSandbox, phoneMessage, phones, replyFrom, type Phones } from "../../src/sandbox/index.ts";
import type { SandboxMessage, SandboxState } from "../../src/sandbox/stand-in.ts";

/** A provider of its own for each test, whose sandbox keeps what is given to it. */
function providerWith(name: string, messages: readonly Partial<SandboxMessage>[], state?: SandboxState): Provider {
  return {
    ...connectus,
    name,
    sandbox: () =>
      Promise.resolve({
        credentials: {},
        ...(state && { stateOf: () => state }),
        answer: (_request, desk) => {
          const common = { channel: "sms", to: "+56900000000", text: "x", receivedAt: desk.now() } as const;
          messages.forEach((message, index) => desk.keep({ id: String(index), ...common, ...message }));
          return { status: 200, body: {} };
        },
      }),
  };
}

async function used(provider: Provider): Promise<Phones> {
  const { sandbox, release } = await acquireSandbox(provider);
  await fetch(`${sandbox.url}/send`);
  await release();
  const found = (await phones()).find((one) => one.provider === provider.name);
  assert.ok(found);
  return found;
}

describe("the phones of a sandbox", () => {
  it("show what it took, also once nobody uses it", async () => {
    const { label, canBeAsked, messages } = await used(providerWith("phones-a", [{ text: "Hello", from: "ACME" }]));
    assert.deepEqual([label, canBeAsked], ["Connectus", false]);
    assert.deepEqual(
      messages.map(({ id, channel, to, from, text, state }) => ({ id, channel, to, from, text, state })),
      [{ id: "0", channel: "sms", to: "+56900000000", from: "ACME", text: "Hello", state: "accepted" }],
    );
  });

  it("show the newest 200 of each, and no more are kept while nobody uses the sandbox", async () => {
    const many = Array.from({ length: 250 }, (_, index) => ({ text: `Message ${index}` }));
    const { messages } = await used(providerWith("phones-b", many));
    assert.equal(messages.length, 200);
    assert.equal(messages[0]?.text, "Message 50");
    assert.equal(await phoneMessage("phones-b", "49"), undefined);
  });

  it("list the beginning of a long e-mail, and give all of it on demand", async () => {
    const text = `${"a".repeat(199)}🚨${"b".repeat(100)}`;
    const { messages } = await used(providerWith("phones-c", [{ channel: "email", to: "a@example.com", text }]));
    assert.deepEqual([messages[0]?.text, messages[0]?.isCut], ["a".repeat(199), true]);
    assert.equal((await phoneMessage("phones-c", "0"))?.text, text);
    assert.equal(await phoneMessage("nobody", "0"), undefined);
  });

  for (const [told, deliverAt, state] of [
    ["queued", Date.now() + 3_600_000, "scheduled"],
    ["scheduled", undefined, "accepted"],
    ["cancelled", Date.now() + 3_600_000, "cancelled"],
    ["delivered", Date.now() - 60_000, "delivered"],
  ] as const) {
    it(`say "${state}" of what the provider calls ${told} and is ${deliverAt ? "for another time" : "for now"}`, async () => {
      const message = deliverAt === undefined ? {} : { deliverAt };
      const { messages } = await used(providerWith(`phones-${told}-${state}`, [message], told));
      assert.equal(messages[0]?.state, state);
    });
  }

  it("take a reply before the next message, and keep it", async () => {
    const provider = providerWith("phones-d", [{}]);
    await used(provider);
    assert.equal(await replyFrom("phones-d", { from: "+56900000000", text: "Yes" }), 0);
    const found = (await phones()).find((one) => one.provider === "phones-d");
    assert.deepEqual(
      found?.replies.map(({ from, text }) => ({ from, text })),
      [{ from: "+56900000000", text: "Yes" }],
    );
    assert.equal(await replyFrom("nobody", { from: "+56900000000", text: "Yes" }), undefined);
  });
});
