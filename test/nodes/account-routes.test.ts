import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { conectalineStandIn } from "../../src/providers/conectaline/stand-in.ts";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { smshostingStandIn } from "../../src/providers/smshosting/stand-in.ts";
import { startSandbox, type Sandbox } from "../../src/sandbox/index.ts";
import { AccountRoutes, guarded, logIn } from "../support/account-routes.ts";
import { selfSigned } from "../support/certificate.ts";
import { freePort, NodeRedProcess } from "../support/node-red-process.ts";
import { rawServer, reply, setEnvironment } from "../support/raw-server.ts";

const STORED = "__PWRD__";
const GOOD = { accountId: "sandbox", apiKey: "sandbox-key" };
/** Shaped like what people paste; none of them may ever be seen again. */
const CANARY = "canary-4f0b7d21-secret";

describe("an account's own questions", function () {
  this.timeout(60_000);
  let connectus: Sandbox;
  let smshosting: Sandbox;
  let conectaline: Sandbox;
  let nodeRed: NodeRedProcess;
  let restore: () => void;
  let admin: Record<string, string>;
  const routes = (type: string) => new AccountRoutes(nodeRed.url, type, admin);
  const said: string[] = [];
  const test = async (type: string, id: string, config: object, credentials: object) => {
    const report = await routes(type).test(id, { config: { ...config }, credentials: { ...credentials } });
    said.push(JSON.stringify(report));
    return report;
  };

  before(async () => {
    [connectus, smshosting, conectaline] = await Promise.all([
      startSandbox(connectusStandIn()),
      startSandbox(smshostingStandIn()),
      startSandbox(conectalineStandIn()),
    ]);
    restore = setEnvironment({ TEST_API_KEY: GOOD.apiKey });
    nodeRed = await NodeRedProcess.start({
      settings: guarded(),
      flows: [
        { id: "tab", type: "tab", label: "Test" },
        { id: "deployed", type: "connectus-account", name: "Alarms", baseUrl: connectus.url },
        {
          id: "by-login",
          type: "conectaline-account",
          baseUrl: conectaline.url,
          auth: "login",
          configurationName: "alarms",
        },
      ],
      credentials: {
        deployed: GOOD,
        "by-login": { email: "sandbox@example.com", password: "sandbox-password" },
      },
    });
    admin = await logIn(nodeRed.url, "admin");
  });

  after(async () => {
    await nodeRed.stop();
    restore();
    await Promise.all([connectus, smshosting, conectaline].map((sandbox) => sandbox.close()));
  });

  it("are answered to those only who may deploy; others may see how it fares", async () => {
    const draft = { config: { baseUrl: connectus.url }, credentials: GOOD };
    const reader = new AccountRoutes(nodeRed.url, "connectus-account", await logIn(nodeRed.url, "reader"));
    const nobody = new AccountRoutes(nodeRed.url, "connectus-account");
    const asked = connectus.requests().length;
    for (const path of ["deployed/test", "deployed/lists/groups"]) {
      assert.equal((await nobody.post(path, draft)).status, 401, path);
      assert.ok([401, 403].includes((await reader.post(path, draft)).status), path);
    }
    assert.equal(connectus.requests().length, asked, "nothing was asked for them");
    assert.equal((await fetch(`${nodeRed.url}messaging/connectus-account/deployed`)).status, 401);
    assert.deepEqual(await reader.state("deployed"), { mode: "live" });
    assert.deepEqual(await reader.state("another"), {});
    assert.equal((await routes("connectus-account").post("deployed/test", draft, "text/plain")).status, 415);
    assert.equal((await routes("connectus-account").post("deployed/test", { config: [] })).status, 400);
  });

  it("test what is in the form before it was ever deployed, and send nothing", async () => {
    const report = await test("connectus-account", "new", { name: "New", baseUrl: connectus.url }, GOOD);
    assert.deepEqual(report, {
      mode: "live",
      host: new URL(connectus.url).host,
      balances: [
        { channel: "sms", unit: "messages", balance: 100_000 },
        { channel: "email", unit: "messages", balance: 100_000 },
      ],
      unlisted: [],
    });
    assert.deepEqual(
      connectus.requests().map(({ method, path }) => `${method} ${path}`),
      ["GET check_balance", "GET check_email_balance"],
    );
    assert.equal(connectus.messages().length, 0);
  });

  it("take the stored credential where the form holds only its placeholder, and only of that node and type", async () => {
    const config = { name: "Alarms", baseUrl: connectus.url };
    const withStored = await test("connectus-account", "deployed", config, { accountId: "sandbox", apiKey: STORED });
    assert.equal(withStored.error, undefined);
    assert.equal(withStored.balances.length, 2);
    const changed = await test("connectus-account", "deployed", config, { accountId: "sandbox", apiKey: CANARY });
    assert.deepEqual([changed.error?.code, changed.error?.httpStatus], ["BAD_CREDENTIALS", 401]);
    const asked = connectus.requests().length;
    const foreign = await test("connectus-account", "by-login", config, { accountId: STORED, apiKey: STORED });
    assert.equal(foreign.error?.code, "BAD_CREDENTIALS");
    const emptied = await test("connectus-account", "deployed", config, { accountId: "sandbox", apiKey: "" });
    assert.equal(emptied.error?.code, "BAD_CREDENTIALS");
    assert.equal(connectus.requests().length, asked);
  });

  it("take environment variables as a deploy does", async () => {
    const config = { baseUrl: connectus.url };
    const report = await test("connectus-account", "new", config, { ...GOOD, apiKey: "${TEST_API_KEY}" });
    assert.equal(report.balances.length, 2);
    const unset = await test("connectus-account", "new", config, { ...GOOD, apiKey: "${NO_SUCH_NAME}" });
    assert.deepEqual([unset.error?.code, unset.error?.reason], ["MISSING_ACCOUNT", "ENV_UNSET"]);
    assert.match(unset.error?.message ?? "", /\$\{NO_SUCH_NAME\}/);
  });

  it("go nowhere that an account could not go", async () => {
    const asked = connectus.requests().length;
    for (const baseUrl of [
      "http://example.com/api",
      "ftp://127.0.0.1",
      "https://user:word@127.0.0.1/",
      "file:///etc",
    ]) {
      const { error } = await test("connectus-account", "new", { baseUrl }, GOOD);
      assert.deepEqual([error?.code, error?.httpStatus], ["MISSING_ACCOUNT", undefined], baseUrl);
    }
    const moved = await rawServer({
      onRequest: (socket) => void socket.end(reply(302, "", `location: ${connectus.url}/check_balance`)),
    });
    const { error } = await test("connectus-account", "new", { baseUrl: moved.url }, GOOD);
    assert.deepEqual([error?.code, error?.httpStatus], ["BAD_REPLY", 302]);
    await moved.close();
    assert.equal(connectus.requests().length, asked);
  });

  it("say why it does not work", async () => {
    const reasonAt = async (baseUrl: string, credentials: object = GOOD) => {
      const { error } = await test("connectus-account", "new", { baseUrl }, credentials);
      return [error?.code, error?.reason ?? error?.httpStatus];
    };
    assert.deepEqual(await reasonAt(`http://127.0.0.1:${await freePort()}`, { ...GOOD, apiKey: CANARY }), [
      "UNREACHABLE",
      "ECONNREFUSED",
    ]);
    assert.deepEqual(await reasonAt(`${connectus.url}/v9`), ["REJECTED", 404]);
    for (const [certificate, reason] of [
      [selfSigned(), "DEPTH_ZERO_SELF_SIGNED_CERT"],
      [undefined, "ERR_SSL_PACKET_LENGTH_TOO_LONG"],
    ] as const) {
      const server = await rawServer({
        ...(certificate && { certificate }),
        onConnect: (socket) => void socket.end("x"),
      });
      const [code, found] = await reasonAt(`https://127.0.0.1:${server.port}`);
      assert.deepEqual([code, certificate ? found : reason], ["UNREACHABLE", reason]);
      await server.close();
    }
    connectus.misbehave({ kind: "html" });
    assert.deepEqual(await reasonAt(connectus.url), ["BAD_REPLY", "REPLY_PAGE"]);
  });

  it("ask one thing of an account at a time", async () => {
    connectus.misbehave({ kind: "slow", ms: 500 });
    const draft = { config: { baseUrl: connectus.url }, credentials: GOOD };
    const both = await Promise.all([1, 2].map(() => routes("connectus-account").post("new/test", draft)));
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409]);
    assert.equal((await routes("connectus-account").post("new/test", draft)).status, 200);
  });

  it("end by themselves where nobody answers", async () => {
    const server = await rawServer({});
    const { error } = await test("connectus-account", "new", { baseUrl: server.url }, GOOD);
    assert.equal(error?.code, "TIMEOUT");
    await server.close();
  });

  it("ask the sandbox in sandbox mode, and nobody when it is off", async () => {
    const sandbox = await test("smshosting-account", "new", { mode: "sandbox" }, {});
    assert.deepEqual(sandbox, {
      mode: "sandbox",
      balances: [{ channel: "sms", unit: "money", balance: 10_000 }],
      unlisted: [],
    });
    const off = await test("smshosting-account", "new", { mode: "off", baseUrl: smshosting.url }, {});
    assert.deepEqual([off.mode, off.balances, off.error], ["off", [], undefined]);
    assert.equal(smshosting.requests().length, 0);
  });

  it("sign in where the account does, tell until when, and name a configuration that is not there", async () => {
    const config = { baseUrl: conectaline.url, auth: "login", configurationName: "alarms" };
    const credentials = { email: "sandbox@example.com", password: STORED };
    assert.deepEqual((await routes("conectaline-account").state("by-login")).signIn, undefined);
    const report = await test("conectaline-account", "by-login", config, credentials);
    assert.deepEqual(report.balances, [{ channel: "sms", unit: "money", balance: 10_000, currency: "EUR" }]);
    assert.deepEqual(report.unlisted, []);
    const { since = 0, until = 0 } = report.signIn ?? {};
    assert.equal(until - since, 3_600_000);

    // The form is as deployed, so that the deployed account itself signed in, and shows it.
    const { mode, signIn, lastSuccessAt = 0, lastError } = await routes("conectaline-account").state("by-login");
    assert.deepEqual([mode, signIn, lastError], ["live", report.signIn, undefined]);
    assert.ok(lastSuccessAt >= since);

    const misnamed = await test(
      "conectaline-account",
      "by-login",
      { ...config, configurationName: "alarm" },
      credentials,
    );
    assert.deepEqual(misnamed.unlisted, [{ list: "configurations", name: "alarm", known: ["sandbox", "alarms"] }]);
    const wrong = await test("conectaline-account", "by-login", config, { ...credentials, password: CANARY });
    assert.equal(wrong.error?.code, "BAD_CREDENTIALS");
    assert.deepEqual(
      (await routes("conectaline-account").state("by-login")).lastError,
      undefined,
      "that was another account",
    );
  });

  it("list what the provider has to choose from", async () => {
    const draft = { config: { mode: "sandbox" }, credentials: {} };
    const [senders, groups] = await Promise.all([
      routes("smshosting-account").list("new", "senders", draft),
      routes("smshosting-account").list("new", "groups", draft),
    ]);
    assert.deepEqual(
      senders.entries?.map(({ id }) => id),
      ["Sandbox", "INFO", "ALARM"],
    );
    assert.equal(groups.entries?.[0]?.id, "1");
    const stored = { config: { baseUrl: conectaline.url, auth: "login" }, credentials: {} };
    const configurations = await routes("conectaline-account").list("by-login", "configurations", stored);
    assert.deepEqual(
      configurations.entries?.map(({ id }) => id),
      ["sandbox", "alarms"],
    );
    for (const name of ["senders", "constructor", "__proto__"]) {
      const { error, entries } = await routes("conectaline-account").list("by-login", name, stored);
      assert.deepEqual([error?.code, entries], ["NOT_SUPPORTED", undefined], name);
    }
  });

  it("remember the last error of a deployed account, without its secrets", async () => {
    connectus.misbehave({ kind: "status", status: 503 });
    const before = Date.now();
    await test("connectus-account", "deployed", { name: "Alarms", baseUrl: connectus.url }, {});
    const { lastError, lastSuccessAt = 0 } = await routes("connectus-account").state("deployed");
    assert.equal(lastError?.code, "PROVIDER_ERROR");
    assert.ok(lastError.at >= before && lastSuccessAt < lastError.at);
    said.push(JSON.stringify(lastError));
  });

  it("say no credential, nor write one anywhere", async () => {
    const flows = await readFile(join(nodeRed.userDir, "flows.json"), "utf8");
    const shown = [...said, nodeRed.output, flows].join("\n");
    const secrets = [CANARY, GOOD.apiKey, "sandbox-password"];
    const forms = secrets.flatMap((secret) => [
      secret,
      Buffer.from(secret).toString("base64"),
      encodeURIComponent(secret),
    ]);
    assert.deepEqual(
      forms.filter((form) => shown.includes(form)),
      [],
    );
  });
});
