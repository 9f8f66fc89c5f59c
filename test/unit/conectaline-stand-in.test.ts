import { strict as assert } from "node:assert";
import { checkedCampaign } from "../../src/campaign.ts";
import { smsDrafts } from "../../src/message.ts";
import { conectaline } from "../../src/providers/conectaline/index.ts";
import { conectalineStandIn } from "../../src/providers/conectaline/stand-in.ts";
import { startSandbox } from "../../src/sandbox/index.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { Account } from "../../src/sending/account.ts";
import { deliver } from "../../src/sending/deliver.ts";

type Json = Record<string, unknown>;

const FORM = "application/x-www-form-urlencoded";
const SMS = { configuration_name: "alarmas", message: "Hola", numbers: "34600100100" };
const LIST = [{ number: "34600100100", message: "Hola" }];
const CAMPAIGN = { name: "Aviso", configuration_name: "alarmas", message: "Hola", available_groups: "3,4" };
const DRIP = { smsxblock: "10", minutesxblock: "5", days: "1,2,3", time_intervals: "09:00-13:00,17:00-21:00" };

describe("the stand-in for Conectaline", () => {
  let sandbox: Sandbox;
  let now: number;

  beforeEach(async () => {
    now = Date.parse("2026-07-01T12:00:00+02:00");
    sandbox = await startSandbox(conectalineStandIn(), { now: () => now });
  });

  afterEach(() => sandbox.close());

  /** A call with the fixed token, unless other headers are given. */
  async function call(
    path: string,
    parameters: Record<string, string> = {},
    method = "POST",
    headers?: Record<string, string>,
  ) {
    const token = headers ? {} : { api_token: sandbox.credentials.apiToken ?? "" };
    const encoded = new URLSearchParams({ ...parameters, ...token }).toString();
    const isPost = method === "POST";
    const answer = await fetch(`${sandbox.url}/${path}${isPost ? "" : `?${encoded}`}`, {
      method,
      headers: { ...(isPost && { "content-type": FORM }), ...headers },
      ...(isPost && { body: encoded }),
    });
    const body = (await answer.json()) as {
      data?: Json;
      error?: { code: string; http_code: number; validation_errors?: Json };
    };
    return { status: answer.status, headers: answer.headers, body };
  }

  const logIn = async (parameters: Record<string, string>) => call("login", parameters, "POST", {});

  /** Names of the parameters that were wrong. */
  async function wrong(path: string, parameters: Record<string, string>): Promise<string[]> {
    const { status, body } = await call(path, parameters);
    assert.equal(status, 422, JSON.stringify(body));
    return Object.keys(body.error?.validation_errors ?? {});
  }

  it("wants its fixed token, where it belongs", async () => {
    const { apiToken = "" } = sandbox.credentials;
    assert.equal((await call("push/simple", SMS)).status, 200);
    const bare = { ...SMS, api_token: "wrong" };
    assert.equal((await call("push/simple", bare, "POST", {})).status, 401);
    assert.equal((await call("push/simple", SMS, "POST", { authorization: `Bearer ${apiToken}` })).status, 401);
    const inQuery = await fetch(`${sandbox.url}/push/simple?api_token=${apiToken}`, {
      method: "POST",
      headers: { "content-type": FORM },
    });
    assert.equal(inQuery.status, 400);
    const { body } = await call("push/simple", SMS, "POST", {});
    assert.deepEqual([body.error?.code, body.error?.http_code], ["UNAUTHORIZED", 401]);
  });

  it("gives a token for its e-mail and password, good for an hour", async () => {
    const { email = "", password = "" } = sandbox.credentials;
    const { body } = await logIn({ email, password });
    assert.deepEqual([body.data?.expires_in, body.data?.expires_at], [3600, "2026-07-01 13:00:00"]);
    const header = { authorization: `Bearer ${String(body.data?.token)}` };
    now += 3_599_999;
    assert.equal((await call("push/simple", SMS, "POST", header)).status, 200);
    assert.equal((await call("balance", {}, "GET", header)).status, 200);
    const both = { ...SMS, api_token: sandbox.credentials.apiToken ?? "" };
    assert.equal((await call("push/simple", both, "POST", header)).status, 400);
    now += 1;
    assert.equal((await call("push/simple", SMS, "POST", header)).status, 401);
    assert.equal((await logIn({ email, password: "wrong" })).status, 401);
    assert.equal((await logIn({ email })).status, 422);
    assert.equal((await call("login", {}, "GET", {})).status, 405);
  });

  it("knows seven calls, each by its own method, and forms only", async () => {
    assert.equal((await call("push/fax")).status, 404);
    assert.equal((await call("constructor")).status, 404);
    assert.equal((await call("push/simple", SMS, "GET")).status, 405);
    assert.equal((await call("balance")).status, 405);
    const json = await fetch(`${sandbox.url}/push/simple`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...SMS, api_token: sandbox.credentials.apiToken }),
    });
    assert.equal(json.status, 415);
  });

  it("wants every parameter of push/simple as documented, and no other", async () => {
    assert.deepEqual(await wrong("push/simple", {}), ["configuration_name", "message", "numbers"]);
    assert.deepEqual(await wrong("push/simple", { ...SMS, from: "me" }), ["from"]);
    assert.deepEqual(await wrong("push/simple", { ...SMS, message: " " }), ["message"]);
    for (const numbers of [
      "+34600100100",
      "34600100100, 34600100200",
      "34600100100,",
      "600",
      "0034600100100",
      "34600100001",
    ]) {
      assert.deepEqual(await wrong("push/simple", { ...SMS, numbers }), ["numbers"], numbers);
    }
    for (const start_date of ["2026-07-01T12:00", "2026-07-01 12:00:00", "2026-13-01 12:00", "soon"]) {
      assert.deepEqual(await wrong("push/simple", { ...SMS, start_date }), ["start_date"], start_date);
    }
    const many = Array.from({ length: 1001 }, (_, index) => `346${String(10_000_000 + index)}`).join(",");
    assert.ok((await wrong("push/simple", { ...SMS, numbers: many })).includes("numbers"));
    assert.equal((await call("push/simple", { ...SMS, configuration_name: "unknown" })).status, 404);
    assert.equal(sandbox.messages().length, 0);
  });

  it("wants the list of push/multiple as documented", async () => {
    const multiple = { configuration_name: "alarmas", messages: JSON.stringify(LIST) };
    assert.equal((await call("push/multiple", multiple)).status, 200);
    const lists = [
      "[]",
      "x",
      "{}",
      [{ number: 34600100100, message: "a" }],
      [{ number: "34600100100" }],
      [{ ...LIST[0], x: 1 }],
      [1],
    ];
    for (const list of lists) {
      const messages = typeof list === "string" ? list : JSON.stringify(list);
      assert.deepEqual(await wrong("push/multiple", { ...multiple, messages }), ["messages"], messages);
    }
    assert.deepEqual(await wrong("push/multiple", { ...multiple, start_date: "2026-07-02 12:00" }), ["start_date"]);
  });

  it("wants both halves of a block, and days and hours as documented", async () => {
    assert.equal((await call("push/campaigns", CAMPAIGN)).status, 200);
    assert.equal((await call("push/campaigns", { ...CAMPAIGN, ...DRIP, start_date: "2026-07-02 12:00" })).status, 200);
    assert.deepEqual(await wrong("push/campaigns", { ...CAMPAIGN, smsxblock: "10" }), ["minutesxblock"]);
    assert.deepEqual(await wrong("push/campaigns", { ...CAMPAIGN, minutesxblock: "10" }), ["smsxblock"]);
    const cases = {
      smsxblock: "0",
      minutesxblock: "2.5",
      days: "8",
      time_intervals: "25:00-26:00",
      available_groups: "9",
      name: "",
    };
    for (const [name, value] of Object.entries(cases)) {
      assert.deepEqual(await wrong("push/campaigns", { ...CAMPAIGN, ...DRIP, [name]: value }), [name]);
    }
  });

  it("keeps what it took, with its time, and charges for it", async () => {
    await call("push/simple", { ...SMS, numbers: "34600100100,34600100004", start_date: "2026-07-02 09:00" });
    const [message, ...others] = sandbox.messages();
    assert.deepEqual(
      [message?.to, message?.text, message?.from, message?.deliverAt, others.length],
      ["+34600100100", "Hola", "alarmas", Date.parse("2026-07-02T09:00:00+02:00"), 0],
    );
    await call("push/campaigns", CAMPAIGN);
    assert.equal(sandbox.messages().length, 4);
    const { body } = await call("balance", {}, "GET");
    assert.deepEqual(body.data, { balance: 10_000 - 4 * 0.052, currency: "EUR" });
  });

  it("has numbers that go wrong", async () => {
    const results = [];
    for (const ending of ["0004", "0005", "0006", "0007", "0008"]) {
      const { status, body } = await call("push/simple", { ...SMS, numbers: `3460010${ending}` });
      results.push([status, body.error?.http_code ?? Object.keys(body.data ?? {}).includes("dlrs")]);
    }
    assert.deepEqual(results, [
      [200, true],
      [500, 500],
      [429, 429],
      [200, false],
      [200, 403],
    ]);
  });

  it("pages its lists", async () => {
    const { body } = await call("agendas", { per_page: "2", page: "2" }, "GET");
    assert.deepEqual(body.data, [{ id: 4, name: "Técnicos" }]);
    assert.equal((await call("agendas", { per_page: "101" }, "GET")).status, 422);
  });

  for (const auth of ["token", "login"]) {
    it(`takes all that the adapter sends, signed in by ${auth}`, async () => {
      const options = { auth, configurationName: "cualquiera" };
      const account = new Account(conectaline, { name: "sandbox", mode: "sandbox", options }, {});
      try {
        const send = (to: string, text: string, at?: Date) => {
          const drafts = smsDrafts(to, text, "ES");
          return deliver(account, "sms", drafts, drafts.length, at ? { at } : {});
        };
        const one = await send("600 100 100", "¡Ñandú! & 100 % +1 🚨");
        assert.deepEqual([one.accepted, one.messages[0]?.to, one.messages[0]?.status], [1, "+34600100100", "accepted"]);
        const later = await send("600100100, 600100004", "Más tarde", new Date(Date.now() + 3_600_000));
        assert.deepEqual(
          later.messages.map(({ status }) => status),
          ["scheduled", "rejected"],
        );
        const texts = ["uno", "dos"].flatMap((text) => smsDrafts("600100200", text, "ES"));
        for (const at of [undefined, new Date(Date.now() + 60_000)]) {
          assert.equal((await deliver(account, "sms", texts, 2, at ? { at } : {})).accepted, 2);
        }
        const fields = { campaignName: "Aviso", text: "Hola", groups: "3,4", start: Date.now() + 60_000 };
        const drip = { messagesPerBlock: 5, minutesPerBlock: 10, days: "1,7", timeIntervals: "9:00-13:00" };
        const { operations } = conectaline;
        for (const more of [{}, drip]) {
          const campaign = checkedCampaign({ ...fields, ...more }, account.timeZone);
          const reply = await account.perform({}, async (session) => operations.sendCampaign?.(session, campaign));
          assert.match(reply?.id ?? "", /^\d+$/);
        }
        await account.perform({}, async (session) => {
          assert.equal((await operations.checkBalance?.check(session, "sms"))?.currency, "EUR");
          assert.equal((await operations.lists?.groups?.(session))?.length, 3);
          assert.deepEqual((await operations.lists?.configurations?.(session))?.[0], {
            id: "sandbox",
            name: "sandbox (Sandbox)",
          });
        });
      } finally {
        await account.close();
      }
    });
  }
});
