import { strict as assert } from "node:assert";
import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import { connectusStandIn } from "../../src/providers/connectus/stand-in.ts";
import { startSandbox } from "../../src/sandbox/index.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";

type Json = Record<string, unknown>;

describe("the stand-in for Connectus", () => {
  let sandbox: Sandbox;
  let now: number;

  beforeEach(async () => {
    now = Date.parse("2026-07-01T12:00:00-04:00");
    sandbox = await startSandbox(connectusStandIn(), { now: () => now });
  });

  afterEach(() => sandbox.close());

  async function call(method: string, path: string, parameters: Json = {}, place: "query" | "form" | "json" = "query") {
    const { accountId, apiKey } = sandbox.credentials;
    const pairs = Object.entries(parameters).map(([name, value]) => [name, String(value)]);
    const encoded = new URLSearchParams(pairs).toString();
    const answer = await fetch(`${sandbox.url}/${path}${place === "query" ? `?${encoded}` : ""}`, {
      method,
      headers: {
        authorization: `Basic ${btoa(`${accountId}:${apiKey}`)}`,
        ...(place === "form" && { "content-type": "application/x-www-form-urlencoded" }),
        ...(place === "json" && { "content-type": "application/json" }),
      },
      ...(place === "form" && { body: encoded }),
      ...(place === "json" && { body: JSON.stringify(parameters) }),
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Json };
  }

  const sms = (number: string | number, text = "Hola") => ({ dst_number: number, sms_content: text });
  const sendOne = async (number: string) => String((await call("POST", "send_sms", sms(number))).body.id_sms);
  const smsStatus = async (id: string) => (await call("GET", "check_sms_status", { id_sms: id })).body.status;

  it("wants its own account id and key", async () => {
    const answer = await fetch(`${sandbox.url}/check_balance`, { headers: { authorization: `Basic ${btoa("a:b")}` } });
    assert.equal(answer.status, 401);
    assert.deepEqual(sandbox.credentials, { accountId: "sandbox", apiKey: "sandbox-key" });
  });

  it("knows nine calls, each by its own method", async () => {
    assert.equal((await call("GET", "send_fax")).status, 404);
    assert.equal((await call("GET", "constructor")).status, 404);
    const wrong = await call("GET", "send_sms", sms("56990324203"));
    assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "POST"]);
    assert.equal((await call("POST", "check_balance")).status, 405);
  });

  it("takes an SMS from query, form and JSON, its number as a number too", async () => {
    for (const place of ["query", "form", "json"] as const) {
      const { status, body } = await call("POST", "send_sms", sms(56990324203, "ñ & 🚨"), place);
      assert.equal(status, 200);
      assert.match(String(body.id_sms), /^[0-9a-f]{32}$/);
    }
    assert.deepEqual(
      sandbox.messages().map(({ to, text, channel }) => [to, text, channel]),
      Array.from({ length: 3 }, () => ["+56990324203", "ñ & 🚨", "sms"]),
    );
  });

  it("names the parameter that is missing, empty or of the wrong kind", async () => {
    const cases: [string, Json, RegExp][] = [
      ["send_sms", { sms_content: "x" }, /dst_number is missing/],
      ["send_sms", sms("56990324203", " "), /sms_content is empty/],
      ["send_sms", sms("+5699032420"), /dst_number must have 11 digits/],
      ["send_sms", sms(569), /dst_number must have 11 digits/],
      ["send_sms", { dst_number: 56990324203, sms_content: { a: 1 } }, /sms_content must be a text/],
      ["send_sms_bulk", { messages: "[]", delivery_name: "d" }, /messages is empty/],
      ["send_sms_bulk", { messages: "{", delivery_name: "d" }, /messages is no JSON/],
      ["send_sms_bulk", { messages: "{}", delivery_name: "d" }, /messages must be a JSON array/],
      ["send_sms_bulk", { messages: "[1]" }, /delivery_name is missing/],
      ["send_sms_bulk", { messages: "[1]", delivery_name: "d", deliver_at: "" }, /deliver_at is empty/],
      [
        "send_sms_bulk",
        { messages: "[1]", delivery_name: "d", deliver_at: "2026-07-01T10:00:00Z" },
        /deliver_at must be/,
      ],
      [
        "send_sms_bulk",
        { messages: "[1]", delivery_name: "d", deliver_at: "2026-02-30 10:00:00" },
        /deliver_at must be/,
      ],
      ["send_email", { dst_email: "ana", subject: "s", email_content: "c" }, /dst_email must be an e-mail address/],
      ["send_email", { dst_email: "ana@example.com", email_content: "c" }, /subject is missing/],
      ["send_email", { dst_email: "ana@example.com", subject: "s", email_content: "c", sender: "" }, /sender is empty/],
    ];
    for (const [path, parameters, words] of cases) {
      const { status, body } = await call("POST", path, parameters, "json");
      assert.equal(status, 400, path);
      assert.match(String(body.error), words);
    }
    assert.equal(sandbox.messages().length, 0);
  });

  it("takes a bulk of 1,000 and no more", async () => {
    const messages = Array.from({ length: 1001 }, (_, index) => sms(String(56_910_000_000 + index)));
    const over = await call(
      "POST",
      "send_sms_bulk",
      { messages: JSON.stringify(messages), delivery_name: "d" },
      "form",
    );
    assert.deepEqual([over.status, over.body.error], [400, "messages has 1001 items, more than 1000"]);
    const most = { messages: JSON.stringify(messages.slice(1)), delivery_name: "d" };
    assert.equal(((await call("POST", "send_sms_bulk", most, "form")).body.messages as unknown[]).length, 1000);
  });

  it("reports a bad item inside the reply, and takes the others", async () => {
    const messages = JSON.stringify([sms("56990324203"), sms("123"), "x", sms("56900000004")]);
    const { status, body } = await call("POST", "send_sms_bulk", { messages, delivery_name: "Citas" });
    const [good, short, noItem, refused] = body.messages as Json[];
    assert.equal(status, 200);
    assert.match(String(body.id_delivery), /^[0-9a-f]{32}$/);
    assert.match(String(good?.id_sms), /^[0-9a-f]{32}$/);
    assert.deepEqual(short, { error: "dst_number must have 11 digits" });
    assert.deepEqual(noItem, { error: "the item is no dictionary" });
    assert.deepEqual(refused, { error: "dst_number is on the list of refused numbers" });
    const [kept, ...others] = sandbox.messages();
    assert.deepEqual([kept?.deliveryId, kept?.deliveryName, others.length], [body.id_delivery, "Citas", 0]);
  });

  it("moves an SMS through its states within three seconds", async () => {
    const id = await sendOne("56990324203");
    const seen: unknown[] = [];
    for (const wait of [0, 600, 1000, 1500]) {
      now += wait;
      seen.push(await smsStatus(id));
    }
    assert.deepEqual(seen, ["PROGRAMADO", "EN_COLA", "ENVIADO_A_CARRIER", "ENTREGADO"]);
  });

  it("keeps a scheduled bulk until its time, read as Chile's", async () => {
    const parameters = {
      messages: JSON.stringify([sms("56990324203")]),
      delivery_name: "d",
      deliver_at: "2026-07-01 13:00:00",
    };
    const { body } = await call("POST", "send_sms_bulk", parameters);
    const states = async () => {
      const { body: answer } = await call("GET", "check_delivery_status", { id_delivery: body.id_delivery });
      const { messages, ...delivery } = answer.delivery_status as Json & { messages: Json[] };
      assert.deepEqual(delivery, { id_delivery: body.id_delivery, delivery_name: "d" });
      return messages.map(({ status }) => status);
    };
    now += 59 * 60_000;
    assert.deepEqual(await states(), ["PROGRAMADO"]);
    now += 61_000;
    assert.deepEqual(await states(), ["EN_COLA"]);
    now += 3000;
    assert.deepEqual(await states(), ["ENTREGADO"]);
  });

  it("does to certain numbers what its table says", async () => {
    const [invalid, lost, waiting] = await Promise.all(["56900000001", "56900000002", "56900000003"].map(sendOne));
    now += 60_000;
    assert.deepEqual(await Promise.all([invalid, lost, waiting].map((id) => smsStatus(String(id)))), [
      "NUMERO_INVALIDO",
      "NO_ENTREGABLE",
      "ESPERANDO_RESPUESTA",
    ]);
    const refused = await call("POST", "send_sms", sms("56900000004"));
    const broken = await call("POST", "send_sms", sms("56900000005"));
    const busy = await call("POST", "send_sms", sms("56900000006"));
    const bare = await call("POST", "send_sms", sms("56900000007"));
    assert.deepEqual([refused.status, broken.status, busy.status, bare.status], [400, 500, 429, 200]);
    assert.equal(busy.headers.get("retry-after"), "1");
    assert.equal(bare.body.id_sms, undefined);
  });

  it("has magic numbers that are valid numbers of Chile", () => {
    for (const ending of [1, 2, 3, 4, 5, 6, 7]) {
      assert.equal(parsePhoneNumberFromString(`+5690000000${ending}`)?.isValid(), true);
    }
  });

  it("knows only ids of the right kind", async () => {
    const id = await sendOne("56990324203");
    const statuses = await Promise.all([
      call("GET", "check_sms_status", { id_sms: "0".repeat(32) }),
      call("GET", "check_email_status_events", { id_email: id }),
      call("GET", "check_delivery_status", { id_delivery: id }),
      call("GET", "check_sms_status"),
    ]);
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [404, 404, 404, 400],
    );
  });

  it("delivers an e-mail, and somebody opens it", async () => {
    const mail = {
      dst_email: "ana@example.com",
      subject: "Hola",
      email_content: "<p>ñ</p>",
      sender: "Juan",
      src_email: "j@e.cl",
    };
    const { body } = await call("POST", "send_email", mail);
    const state = async () => (await call("GET", "check_email_status_events", { id_email: body.id_email })).body;
    assert.deepEqual(await state(), { status: "PROGRAMADO", events: [] });
    now += 2000;
    assert.deepEqual(await state(), { status: "NUMERO_ENVIADO", events: [] });
    now += 3000;
    assert.deepEqual(await state(), {
      status: "ENTREGADO",
      events: [{ email_event: "ABIERTO", event_timestamp: "2026-07-01 12:00:04" }],
    });
    const [kept] = sandbox.messages();
    assert.deepEqual([kept?.from, kept?.subject, kept?.text], ["Juan <j@e.cl>", "Hola", "<p>ñ</p>"]);
  });

  it("takes a bulk of e-mails, whose source address stands beside the list", async () => {
    const mail = (to: string, more: Json = {}) => ({ dst_email: to, subject: "s", email_content: "c", ...more });
    const emails = [
      mail("a@example.com"),
      mail("refused@example.com"),
      mail("bounce@example.com"),
      mail("b@example.com", { src_email: "x@y.cl" }),
    ];
    const { body } = await call(
      "POST",
      "send_email_bulk",
      { emails: JSON.stringify(emails), delivery_name: "d", src_email: "j@e.cl" },
      "form",
    );
    const [first, refused, bounced, misplaced] = body.messages as Json[];
    now += 60_000;
    const state = async (item: Json | undefined) =>
      (await call("GET", "check_email_status_events", { id_email: item?.id_email })).body.status;
    assert.deepEqual([await state(first), await state(bounced)], ["ENTREGADO", "NO_ENTREGABLE"]);
    assert.match(String(refused?.error), /dst_email is on the list/);
    assert.match(String(misplaced?.error), /src_email belongs beside/);
    assert.equal(sandbox.messages()[0]?.from, "j@e.cl");
  });

  it("counts each message off its balance", async () => {
    const balance = async (path: string) => (await call("GET", path)).body;
    await sendOne("56990324203");
    await call("POST", "send_sms", sms("56900000004"));
    assert.deepEqual(await balance("check_balance"), { balance: "99999" });
    assert.deepEqual(await balance("check_email_balance"), { balance: "100000" });
  });

  it("refuses what there is no balance for", async () => {
    await sandbox.close();
    sandbox = await startSandbox(connectusStandIn(1));
    const messages = JSON.stringify([sms("56990324203"), sms("56990324204")]);
    const { body } = await call("POST", "send_sms_bulk", { messages, delivery_name: "d" });
    assert.deepEqual((body.messages as Json[])[1], { error: "saldo insuficiente" });
    const { status, body: refusal } = await call("POST", "send_sms", sms("56990324203"));
    assert.deepEqual([status, refusal], [402, { error: "saldo insuficiente" }]);
  });
});
