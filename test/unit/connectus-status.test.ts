import { strict as assert } from "node:assert";
import type { StatusLookup } from "../../src/provider.ts";
import { checkBalance } from "../../src/providers/connectus/balance.ts";
import { connectus } from "../../src/providers/connectus/index.ts";
import { checkStatus } from "../../src/providers/connectus/status.ts";
import { atWire } from "../contract/at-wire.ts";
import { failure } from "../support/failure.ts";

const CREDENTIALS = { accountId: "cuenta", apiKey: "llave-secreta" };

describe("Connectus, asked for a status", () => {
  const wire = atWire(connectus, CREDENTIALS);

  const check = async (lookup: StatusLookup) => checkStatus(await wire.open(), lookup);

  it("tells it in the vocabulary of all providers", async () => {
    const words = {
      PROGRAMADO: ["scheduled", false],
      EN_COLA: ["queued", false],
      NUMERO_INVALIDO: ["rejected", true],
      ENVIADO_A_CARRIER: ["sent", false],
      ESPERANDO_RESPUESTA: ["sent", false],
      NO_ENTREGABLE: ["undelivered", true],
      ENTREGADO: ["delivered", true],
      NUMERO_ENVIADO: ["sent", false],
      ENVIADO: ["sent", false],
      entregado: ["delivered", true],
      REBOTADO: ["unknown", false],
      constructor: ["unknown", false],
    };
    for (const [providerStatus, [status, final]] of Object.entries(words)) {
      wire.reply({ status: providerStatus });
      const { messages } = await check({ kind: "sms", id: "m-1" });
      assert.deepEqual(messages, [{ id: "m-1", status, final, providerStatus }]);
    }
  });

  it("fails where there is none", async () => {
    for (const body of [{}, { status: null }, { status: 5 }, { status: { a: 1 } }]) {
      wire.reply(body);
      assert.equal((await failure(check({ kind: "sms", id: "x" }))).code, "BAD_REPLY");
    }
    for (const body of [{ error: "no existe" }, { message: "no existe" }, { error: true, message: "no existe" }]) {
      wire.reply({ status: "error", ...body });
      const { code, message } = await failure(check({ kind: "sms", id: "x" }));
      assert.equal(code, "REJECTED");
      assert.match(message, /was refused \(HTTP 200\): the provider says "no existe"/);
    }
  });

  it("tells an e-mail's events, and converts only dates that are certain", async () => {
    const events = [
      { timestamp: "2026-07-01 10:30:00", event: "ABIERTO" },
      { event_timestamp: "2026-01-01 10:30:00", email_event: "CLICKEADO" },
      { timestamp: "05-03-19 17:05:25", event: "REBOTE" },
      { timestamp: "2026-02-30 10:30:00", event: "ABIERTO" },
      {},
      "ABIERTO",
    ];
    wire.reply({ status: "ENTREGADO", events });
    const { messages } = await check({ kind: "email", id: "m-1" });
    assert.deepEqual(
      messages[0]?.events?.map(({ type, at }) => [type, at]),
      [
        ["opened", "2026-07-01T10:30:00-04:00"],
        ["clicked", "2026-01-01T10:30:00-03:00"],
        ["REBOTE", "05-03-19 17:05:25"],
        ["opened", "2026-02-30 10:30:00"],
        ["", ""],
      ],
    );
    wire.reply({ status: "ENTREGADO", events: null });
    assert.deepEqual((await check({ kind: "email", id: "m-1" })).messages[0]?.events, []);
  });

  it("tells several deliveries as one list", async () => {
    wire.answer(({ query }) => ({
      body: { id_delivery: query.id_delivery, messages: [{ id_sms: 7, status: "ENTREGADO" }, {}] },
    }));
    const { messages, single, deliveryId, raw } = await check({ kind: "bulk", deliveries: ["a", "b"] });
    assert.deepEqual(
      messages.map(({ id, status }) => [id, status]),
      [
        ["7", "delivered"],
        ["", "unknown"],
        ["7", "delivered"],
        ["", "unknown"],
      ],
    );
    assert.deepEqual([single, deliveryId, (raw as unknown[]).length], [false, "a", 2]);
  });

  it("tells all of a bulk, also what is in no delivery", async () => {
    wire.answer(({ query, path }) =>
      path.endsWith("check_sms_status")
        ? query.id_sms === "5"
          ? { status: 404, body: { error: "no existe" } }
          : { body: { status: "EN_COLA" } }
        : {
            body: {
              id_delivery: "d",
              messages: [
                { id_sms: "1", status: "ENTREGADO" },
                { id_sms: 2, status: "EN_COLA" },
              ],
            },
          },
    );
    const { messages, single, deliveryId } = await check({
      kind: "bulk",
      deliveries: ["d"],
      ids: ["1", "2", "3", "5"],
    });
    assert.deepEqual([single, deliveryId], [false, "d"]);
    assert.deepEqual(
      messages.map(({ id, status, final }) => [id, status, final]),
      [
        ["1", "delivered", true],
        ["2", "queued", false],
        ["3", "queued", false],
        ["5", "unknown", false],
      ],
    );
    assert.equal(wire.received.length, 3);
  });

  it("does not ask for each message of a delivery that names none", async () => {
    wire.reply({ id_delivery: "d", messages: [{ status: "ENTREGADO" }, { status: "EN_COLA" }] });
    assert.equal((await check({ kind: "bulk", deliveries: ["d"], ids: ["1", "2"] })).messages.length, 2);
    assert.equal(wire.received.length, 1);
  });

  it("asks for each of several messages and e-mails by its own id, at the account's pace", async () => {
    wire.answer(({ query }) => ({ body: { status: query.id_sms === "a1" ? "ENTREGADO" : "ENVIADO", events: [] } }));
    const sms = await check({ kind: "sms", ids: ["a1", "a2"] });
    assert.deepEqual(
      sms.messages.map(({ id, status }) => [id, status]),
      [
        ["a1", "delivered"],
        ["a2", "sent"],
      ],
    );
    assert.equal(sms.single, false);
    const ids = Array.from({ length: 30 }, (_, index) => `e${index}`);
    const email = await check({ kind: "email", deliveries: ["d"], ids });
    assert.deepEqual([email.channel, email.single, email.deliveryId], ["email", false, "d"]);
    assert.deepEqual(
      email.messages.map(({ id }) => id),
      ids,
    );
    assert.equal(wire.received.filter(({ path }) => path.endsWith("check_email_status_events")).length, 30);
    wire.answer(() => ({ status: 404, body: { error: "no existe" } }));
    assert.equal((await failure(check({ kind: "email", ids: ["e1", "e2"] }))).code, "REJECTED");
  });

  it("goes on to the next question after an odd answer, and throws that only where nobody knows the id", async () => {
    for (const odd of [{ body: { status: "" } }, { status: 500 }, { body: "<html>", type: "text/html" }]) {
      wire.answer(({ path }) =>
        path.endsWith("check_email_status_events") ? { body: { status: "ENTREGADO", events: [] } } : odd,
      );
      assert.equal((await check({ kind: "auto", id: "e-1" })).channel, "email");
      wire.answer(({ path }) =>
        path.endsWith("check_sms_status") ? odd : { status: 404, body: { error: "no existe" } },
      );
      const { code, cause } = await failure(check({ kind: "auto", id: "e-1" }));
      assert.deepEqual([code, cause.outcome], [odd.status ? "PROVIDER_ERROR" : "BAD_REPLY", "unknown"]);
    }
  });

  it("stops asking around at a failure that is not about the id", async () => {
    const cases = [
      [{ status: 401 }, "BAD_CREDENTIALS"],
      [{ status: 403 }, "BAD_CREDENTIALS"],
      [{ status: 408 }, "TIMEOUT"],
    ] as const;
    for (const [index, [answer, code]] of cases.entries()) {
      wire.answer(() => answer);
      assert.equal((await failure(check({ kind: "auto", id: "x" }))).code, code);
      assert.equal(wire.received.length, index + 1);
    }
  });

  it("names the id that nothing knows, but no number and no text that was given for it", async () => {
    wire.answer(() => ({ status: 404, body: { error: "no existe" } }));
    const error = await failure(check({ kind: "auto", id: "84f7c0de-1234" }));
    assert.match(error.message, /^No SMS, bulk or e-mail of this account has the id "84f7c0de-1234"\. .*no existe/);
    assert.deepEqual([error.code, error.cause.httpStatus, wire.received.length], ["REJECTED", 404, 3]);
    for (const id of ["+56990324203", "56990324203", "Incendio en la caldera", "f".repeat(65)]) {
      const { message } = await failure(check({ kind: "auto", id }));
      assert.ok(!message.includes(id), message);
      assert.match(message, /what was given as its id \(/);
    }
  });

  it("says what it cannot do, before any request", async () => {
    const lookups: StatusLookup[] = [
      { kind: "push", id: "x" },
      { kind: "email", deliveries: ["x"] },
      { kind: "auto", search: { reference: "r" } },
    ];
    for (const lookup of lookups) assert.equal((await failure(check(lookup))).code, "NOT_SUPPORTED");
    assert.equal(wire.received.length, 0);
  });
});

describe("Connectus, asked for the balance", () => {
  const wire = atWire(connectus, CREDENTIALS);

  it("tells a number, whatever JSON type it comes as", async () => {
    const cases = [
      ["1432", 1432],
      [" 7 ", 7],
      [0, 0],
      ["-3", -3],
      ["12.5", 12.5],
      ["1.432", 1432],
      [" 12.345.678 ", 12_345_678],
      ["0.432", 0.432],
      ["1432.100", 1432.1],
      [1.432, 1.432],
    ];
    for (const [value, expected] of cases) {
      wire.reply({ balance: value });
      assert.equal((await checkBalance(await wire.open(), "sms")).balance, expected);
    }
  });

  it("fails where it is none", async () => {
    for (const value of [undefined, null, "", "mucho", "1.432,50", true, [], {}]) {
      wire.reply({ balance: value });
      const error = await failure(checkBalance(await wire.open(), "sms"));
      assert.deepEqual([error.code, error.cause.outcome], ["BAD_REPLY", "unknown"]);
    }
  });
});
