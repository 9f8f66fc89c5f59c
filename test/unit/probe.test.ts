import { strict as assert } from "node:assert";
import { conectaline } from "../../src/providers/conectaline/index.ts";
import { conectalineStandIn } from "../../src/providers/conectaline/stand-in.ts";
import { connectus } from "../../src/providers/connectus/index.ts";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { Account } from "../../src/sending/account.ts";
import { listOf, probe } from "../../src/sending/probe.ts";

const ONCE = { attempts: 1 };

describe("asking whether an account works", () => {
  let sandbox: Sandbox;
  let account: Account;

  async function openConectaline(credentials: Record<string, string> = { apiToken: "sandbox-token" }) {
    sandbox = await startSandbox(conectalineStandIn());
    const auth = "email" in credentials ? "login" : "token";
    account = new Account(conectaline, { name: "A", baseUrl: sandbox.url, options: { auth } }, credentials);
  }

  async function openConnectus() {
    sandbox = await startSandbox(connectusStandIn());
    const credentials = { accountId: "sandbox", apiKey: "sandbox-key" };
    account = new Account(connectus, { name: "A", baseUrl: sandbox.url }, credentials);
  }

  afterEach(async () => {
    await account.close();
    await sandbox.close();
  });

  it("takes a list for an answer where the provider's label has no balance", async () => {
    await openConectaline();
    sandbox.misbehave({ kind: "status", status: 404 }, { path: "balance" });
    assert.deepEqual(await probe(account, {}, ONCE), { balances: [], unlisted: [] });
  });

  it("tells of a wrong address where neither is there", async () => {
    await openConectaline();
    sandbox.misbehave({ kind: "status", status: 404 }, { times: 2 });
    await assert.rejects(probe(account, {}, ONCE), { code: "REJECTED" });
  });

  it("does without the second balance, but not without the first", async () => {
    await openConnectus();
    sandbox.misbehave({ kind: "status", status: 403 }, { path: "check_email_balance" });
    const { balances } = await probe(account, {}, ONCE);
    assert.deepEqual(
      balances.map(({ channel }) => channel),
      ["sms"],
    );
    sandbox.misbehave({ kind: "status", status: 403 }, { path: "check_balance" });
    await assert.rejects(probe(account, {}, ONCE), { code: "BAD_CREDENTIALS" });
    assert.equal(sandbox.messages().length, 0);
  });

  it("says nothing of a name whose list cannot be had", async () => {
    await openConectaline();
    sandbox.misbehave({ kind: "status", status: 500 }, { path: "api_configurations" });
    assert.deepEqual((await probe(account, { configurations: "mine" }, ONCE)).unlisted, []);
    const [unlisted] = (await probe(account, { configurations: "mine" }, ONCE)).unlisted;
    assert.deepEqual(unlisted, { list: "configurations", name: "mine", known: ["sandbox", "alarms"] });
  });

  it("tells how many names there are besides those that it tells", async () => {
    await openConectaline();
    const items = Array.from({ length: 12 }, (_, index) => ({ name: `line ${index}` }));
    const page = { data: items };
    sandbox.misbehave({ kind: "status", status: 200, body: page }, { path: "api_configurations" });
    const [unlisted] = (await probe(account, { configurations: "mine" }, ONCE)).unlisted;
    assert.deepEqual([unlisted?.known.length, unlisted?.known.at(-1), unlisted?.more], [8, "line 7", 4]);
  });

  it("gives out no list that is none", async () => {
    await openConnectus();
    for (const name of ["groups", "constructor", "__proto__"]) {
      await assert.rejects(listOf(account, name as "groups", ONCE), { code: "NOT_SUPPORTED" });
    }
  });

  it("leaves its traces in the account's health: answers, errors without secrets, and the token", async () => {
    await openConectaline({ email: "sandbox@example.com", password: "sandbox-password" });
    assert.deepEqual(await account.health(), { signIn: {} });
    await probe(account, {}, ONCE);
    const { signIn, lastSuccessAt = 0, lastError } = await account.health();
    assert.equal((signIn?.until ?? 0) - (signIn?.since ?? 0), 3_600_000);
    assert.ok(lastSuccessAt >= (signIn?.since ?? Infinity));
    assert.equal(lastError, undefined);

    sandbox.misbehave({ kind: "status", status: 422, body: { error: { message: "bad sandbox-password" } } });
    await assert.rejects(probe(account, {}, ONCE));
    const { lastError: error } = await account.health();
    assert.equal(error?.code, "REJECTED");
    assert.ok(!error.message.includes("sandbox-password"), error.message);
  });

  it("takes neither a web page nor a refusal for a success", async () => {
    await openConnectus();
    sandbox.misbehave({ kind: "html" });
    await assert.rejects(probe(account, {}, ONCE), { code: "BAD_REPLY" });
    sandbox.misbehave({ kind: "status", status: 500, body: { error: "boom" } });
    await assert.rejects(probe(account, {}, ONCE), { code: "PROVIDER_ERROR" });
    const { lastSuccessAt, lastError } = await account.health();
    assert.deepEqual([lastSuccessAt, lastError?.code], [undefined, "PROVIDER_ERROR"]);
  });

  it("keeps what never left out of the account's health", async () => {
    await openConnectus();
    const stop = new AbortController();
    stop.abort();
    await assert.rejects(probe(account, {}, { signal: stop.signal }), { code: "CANCELLED" });
    assert.deepEqual(await account.health(), {});
  });
});
