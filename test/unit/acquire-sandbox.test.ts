import { strict as assert } from "node:assert";
import { providers } from "../../src/providers/index.ts";
import { acquireSandbox } from "../../src/sandbox/index.ts";

describe("the process's sandboxes", () => {
  const [provider] = providers;
  assert.ok(provider);

  it("are shared by all users of a provider and closed after the last", async () => {
    const [first, second] = await Promise.all([acquireSandbox(provider), acquireSandbox(provider)]);
    assert.equal(first.sandbox, second.sandbox);
    await first.release();
    await first.release();
    assert.equal((await fetch(first.sandbox.url)).status, 404);
    await second.release();
    await assert.rejects(fetch(first.sandbox.url));
  });

  it("start anew for a user who comes after the last has left", async () => {
    const first = await acquireSandbox(provider);
    const leaving = first.release();
    const second = await acquireSandbox(provider);
    await leaving;
    assert.notEqual(first.sandbox, second.sandbox);
    assert.equal((await fetch(second.sandbox.url)).status, 404);
    await second.release();
  });

  it("are not handed out again when they could not start", async () => {
    let tries = 0;
    const flaky = {
      ...provider,
      name: "flaky",
      sandbox: () => (tries++ === 0 ? Promise.reject(new Error("no")) : provider.sandbox()),
    };
    await assert.rejects(acquireSandbox(flaky), /no/);
    const { release } = await acquireSandbox(flaky);
    await release();
  });
});
