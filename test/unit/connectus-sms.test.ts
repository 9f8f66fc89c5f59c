import { strict as assert } from "node:assert";
import fc from "fast-check";
import { MessagingError } from "../../src/error.ts";
import type { SendOptions, SmsMessage } from "../../src/message.ts";
import type { SendReply, Session } from "../../src/provider.ts";
import { connectus } from "../../src/providers/connectus/index.ts";
import { sendSms } from "../../src/providers/connectus/sms.ts";
import { Account } from "../../src/sending/account.ts";
import { atWire } from "../contract/at-wire.ts";
import type { Answer } from "../contract/wire.ts";
import { failure } from "../support/failure.ts";

const TO = "+56990324203";
const TEXT = "La caldera 3 se detuvo";
const ONE: SmsMessage[] = [{ to: TO, text: TEXT }];
const TWO: SmsMessage[] = [
  { to: "+56911111111", text: "uno" },
  { to: "+56922222222", text: "dos" },
];

describe("Connectus, sending SMS", () => {
  const wire = atWire(connectus, { accountId: "cuenta", apiKey: "llave-secreta" });

  const send = async (messages = ONE, options: SendOptions = {}, session?: Session) =>
    sendSms(session ?? (await wire.open()), messages, options);

  it("names a bulk after the delivery's name, else the reference, else after Node-RED", async () => {
    wire.reply({ id_delivery: "d", messages: [{ id_sms: "1" }, { id_sms: "2" }] });
    await send(TWO, { deliveryName: "Citas", reference: "r-1" });
    await send(TWO, { reference: "r-1" });
    await send(TWO);
    assert.deepEqual(
      wire.received.map(({ query }) => query.delivery_name),
      ["Citas", "r-1", "Node-RED"],
    );
    assert.ok(wire.received.every(({ query }) => !("deliver_at" in query)));
  });

  it("schedules at the time that the clocks of the account's zone show", async () => {
    wire.reply({ id_delivery: "d", messages: [{ id_sms: "1" }] });
    const at = new Date("2026-12-31T23:30:00-05:00");
    await send(ONE, { at });
    await send(ONE, { at }, await wire.open({ timeZone: "Europe/Madrid" }));
    assert.deepEqual(
      wire.received.map(({ query }) => query.deliver_at),
      ["2027-01-01 01:30:00", "2027-01-01 05:30:00"],
    );
  });

  it("gives ids as text, of any length and JSON type", async () => {
    const cases = [
      [17, "17"],
      ["a".repeat(33), "a".repeat(33)],
    ];
    for (const [id, expected] of cases) {
      wire.reply({ id_sms: id });
      assert.deepEqual((await send()).recipients, [{ id: expected, status: "accepted" }]);
    }
  });

  it("takes a 200 without an id for a failure in doubt", async () => {
    const bodies = [{}, { id_sms: null }, { id_sms: " " }, { id_sms: { a: 1 } }, [], '"OK"', "5", { result: "OK" }];
    for (const body of bodies) {
      wire.reply(body);
      const error = await failure(send());
      assert.deepEqual([error.code, error.cause.outcome], ["BAD_REPLY", "unknown"], JSON.stringify(body));
      assert.match(error.message, /the reply has no "id_sms".* before you send it again/);
    }
  });

  it("takes an error inside a 200 for a refusal, with the provider's words", async () => {
    const cases: [unknown, string, string | undefined][] = [
      [{ error: "Número inválido" }, "Número inválido", undefined],
      [{ error: { code: 17, message: "mal", param: "dst_number" } }, "mal (dst_number)", "17"],
      [{ error: { type: "auth", message: "mal" }, id_sms: null }, "mal", "auth"],
      [{ error: true, message: "sin ruta" }, "sin ruta", undefined],
    ];
    for (const [body, words, providerCode] of cases) {
      wire.reply(body);
      const error = await failure(send());
      assert.deepEqual([error.code, error.cause.outcome], ["REJECTED", "rejected"]);
      assert.equal(error.cause.providerCode, providerCode);
      assert.ok(error.message.includes(`says "${words}"`), error.message);
    }
  });

  it("takes an error beside what is no id for a refusal, and beside an id for a doubt", async () => {
    for (const id of [0, "0", -1, "-1", "null", "undefined", "false", "", " ", null, false]) {
      wire.reply({ id_sms: id, error: "saldo insuficiente" });
      const { code, cause, message } = await failure(send());
      assert.deepEqual([code, cause.outcome], ["NO_CREDIT", "rejected"], JSON.stringify(id));
      assert.match(message, /says "saldo insuficiente"\. Top it up at the provider\.$/);
      wire.reply({ id_sms: id });
      assert.equal((await failure(send())).cause.outcome, "unknown", JSON.stringify(id));
    }
    wire.reply({ id_sms: "17", error: "sin ruta" });
    const { code, cause, message } = await failure(send());
    assert.deepEqual([code, cause.outcome, cause.retryable], ["BAD_REPLY", "unknown", false]);
    assert.match(message, /both an id and an error, "sin ruta"\. Look it up/);
    for (const error of [null, false, 0, "", "0", "OK", "none"]) {
      wire.reply({ id_sms: "17", error });
      assert.deepEqual((await send()).recipients, [{ id: "17", status: "accepted" }], JSON.stringify(error));
    }
  });

  it("keeps every digit of an id that is a large number", async () => {
    wire.reply('{"id_sms": 12345678901234567890}');
    assert.deepEqual((await send()).recipients, [{ id: "12345678901234567890", status: "accepted" }]);
  });

  it("does not repeat a short text, nor a number with separators", async () => {
    for (const text of ["482913", "Fuego 4D", "AB12"]) {
      for (const words of [`texto "${text}" no`, `mal: ${text}.`, text, `(${encodeURIComponent(text)})`]) {
        wire.answer(() => ({ status: 400, body: { error: words } }));
        const { message } = await failure(send([{ to: TO, text }]));
        assert.ok(!message.includes(text) && !message.includes(encodeURIComponent(text)), message);
      }
    }
    for (const number of ["9 9032 4203", "+56 9 9032-4203", "(56) 990.32.42.03", "56-990324203"]) {
      wire.reply({ error: `número ${number} inválido desde 2026-01-31 10:00` });
      const { message } = await failure(send());
      assert.match(message, /número … inválido desde 2026-01-31 10:00/);
    }
    wire.answer(() => ({ status: 400, body: { error: "unalarma no es alarmas" } }));
    assert.match((await failure(send([{ to: TO, text: "alarma" }]))).message, /unalarma no es alarmas/);
  });

  it("sends what is left of many, and what has a delivery's name, as a bulk", async () => {
    wire.reply({ id_delivery: "d", messages: [{ id_sms: "1" }] });
    await sendSms(await wire.open(), ONE, {}, { total: 3 });
    await send(ONE, { deliveryName: "Citas" });
    wire.reply({ id_sms: "1" });
    await sendSms(await wire.open(), ONE, { reference: "r-1" }, { total: 1 });
    assert.deepEqual(
      wire.received.map(({ path }) => path.split("/").at(-1)),
      ["send_sms_bulk", "send_sms_bulk", "send_sms"],
    );
  });

  it("calls a refusal NO_CREDIT when its words say so", async () => {
    wire.reply({ error: "Saldo insuficiente" });
    assert.equal((await failure(send())).code, "NO_CREDIT");
    wire.answer(() => ({ status: 400, body: { error: "not enough credits" } }));
    const error = await failure(send());
    assert.equal(error.code, "NO_CREDIT");
    assert.match(error.message, /Top it up at the provider\.$/);
    wire.answer(() => ({ status: 500, body: { error: "not enough credits" } }));
    assert.equal((await failure(send())).code, "PROVIDER_ERROR");
  });

  it("quotes a refusal in any form, but no page, no message text and no number", async () => {
    const cases: [Answer, RegExp][] = [
      [{ status: 400, body: { error: "dst_number inválido" } }, /dst_number inválido/],
      [
        { status: 422, body: { error: { code: "E7", message: "largo", param: "sms_content" } } },
        /largo \(sms_content\)/,
      ],
      [{ status: 400, body: { message: "falta algo" } }, /falta algo/],
      [{ status: 400, body: "texto plano", type: "text/plain" }, /texto plano/],
      [{ status: 404, body: "<html><body><h1>Página</h1></body></html>", type: "text/html" }, /404/],
      [{ status: 400, body: { error: `no salió "${TEXT}" a 56990324203 ${"x".repeat(500)}` } }, /no salió/],
    ];
    for (const [what, words] of cases) {
      wire.answer(() => what);
      const error = await failure(send());
      assert.equal(error.cause.outcome, "rejected");
      assert.match(error.message, words);
      assert.ok(error.message.length < 400, error.message);
      assert.ok(!/Página|caldera|90324203|llave/.test(error.message), error.message);
    }
  });

  it("tells of each recipient or fails as it should, whatever JSON comes back", async () => {
    const item = fc.oneof(fc.jsonValue(), fc.record({ id_sms: fc.jsonValue(), dst_number: fc.jsonValue() }));
    const fields = {
      id_delivery: fc.jsonValue(),
      id_sms: fc.jsonValue(),
      messages: fc.array(item),
      error: fc.jsonValue(),
    };
    const body = fc.oneof(fc.jsonValue(), fc.record(fields, { requiredKeys: [] }));
    const session = await wire.open();
    await fc.assert(
      fc.asyncProperty(body, fc.constantFrom(TWO, ONE), async (value, messages) => {
        wire.reply(JSON.stringify(value));
        const result = await send(messages, {}, session).catch((error: unknown) => error);
        if (result instanceof Error) {
          assert.ok(result instanceof MessagingError, result.stack);
          assert.ok(["REJECTED", "BAD_REPLY", "NO_CREDIT"].includes(result.code));
          return;
        }
        const { recipients } = result as SendReply;
        assert.equal(recipients.length, messages.length);
        assert.ok(recipients.every(({ id, status }) => (status === "accepted") === (typeof id === "string")));
      }),
      { numRuns: 200 },
    );
  });

  it("gets on with its stand-in", async () => {
    const account = new Account(connectus, { name: "s", mode: "sandbox" }, {});
    try {
      const session = await account.open();
      const [sent] = (await send(ONE, {}, session)).recipients;
      const lookup = { kind: "auto", id: sent?.id ?? "" } as const;
      const found = await connectus.operations.checkStatus?.(session, lookup);
      assert.equal(found?.messages[0]?.status, "scheduled");
      assert.equal((await connectus.operations.checkBalance?.check(session, "sms"))?.balance, 99_999);
      assert.equal((await failure(send([{ to: "+56900000004", text: TEXT }], {}, session))).code, "REJECTED");
    } finally {
      await account.close();
    }
  });
});
