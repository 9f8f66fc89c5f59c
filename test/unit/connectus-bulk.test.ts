import { strict as assert } from "node:assert";
import type { SmsMessage } from "../../src/message.ts";
import { connectus } from "../../src/providers/connectus/index.ts";
import { sendSms } from "../../src/providers/connectus/sms.ts";
import { atWire } from "../contract/at-wire.ts";
import { failure } from "../support/failure.ts";

const TEXT = "La caldera 3 se detuvo";
const ONE = { to: "+56911111111", text: "uno" };
const TWO = { to: "+56922222222", text: "dos" };
const THREE = { to: "+56933333333", text: "tres" };

describe("Connectus, reading the reply to a bulk", () => {
  const wire = atWire(connectus, { accountId: "cuenta", apiKey: "llave-secreta" });

  const send = async (messages: SmsMessage[] = [ONE, TWO]) => sendSms(await wire.open(), messages, {});

  /** What became of each message when the reply is this. */
  async function outcomes(body: unknown, messages?: SmsMessage[]) {
    wire.reply(body);
    const { recipients } = await send(messages);
    return recipients.map(({ id, status }) => (id === undefined ? status : `${status} ${id}`));
  }

  it("takes an item without an id for a refused recipient, with any words that it has", async () => {
    const items: [unknown, string][] = [
      [{ error: "malo" }, "malo"],
      [{ error: { code: 3, message: "malo", param: "dst_number" } }, "malo (dst_number)"],
      [{ message: "malo" }, "malo"],
      [{ id_sms: null, status: "NUMERO_INVALIDO" }, "NUMERO_INVALIDO"],
      [{ motivo: "malo" }, "malo"],
      ["malo", "malo"],
      [null, "no reason given"],
      [{}, "no reason given"],
    ];
    for (const [item, words] of items) {
      wire.reply({ id_delivery: "d", messages: [{ id_sms: "1" }, item, { id_sms: 3 }] });
      const { recipients } = await send([ONE, TWO, THREE]);
      const [first, second, third] = recipients;
      assert.deepEqual(
        [first, third],
        [
          { id: "1", status: "accepted" },
          { id: "3", status: "accepted" },
        ],
      );
      assert.deepEqual([second?.status, second?.error?.code], ["rejected", "REJECTED"]);
      assert.equal(second?.error?.message, `Connectus refused this recipient: ${words}`);
    }
  });

  it("takes an item's error beside no id for its refusal, and beside an id for a doubt", async () => {
    wire.reply({
      id_delivery: "d",
      messages: [{ id_sms: 0, error: "saldo insuficiente" }, { id_sms: "2", error: "sin ruta" }, { id_sms: "3" }],
    });
    const { recipients } = await send([ONE, TWO, THREE]);
    assert.deepEqual(
      recipients.map(({ id, status, error }) => [id, status, error?.code]),
      [
        [undefined, "rejected", "NO_CREDIT"],
        ["2", "unknown", "BAD_REPLY"],
        ["3", "accepted", undefined],
      ],
    );
    assert.match(recipients[1]?.error?.message ?? "", /"sin ruta"/);
  });

  it("takes an error beside the delivery's id for a doubt, and beside none for a refusal of all", async () => {
    const ids = [{ id_sms: "1" }, { id_sms: "2" }];
    assert.deepEqual(await outcomes({ id_delivery: "d", error: "a medias", messages: ids }), [
      "unknown 1",
      "unknown 2",
    ]);
    for (const messages of [[], [{ id_sms: 0 }, { id_sms: "null" }], undefined]) {
      wire.reply({ id_delivery: 0, error: "saldo insuficiente", messages });
      const { code, cause } = await failure(send());
      assert.deepEqual([code, cause.outcome], ["NO_CREDIT", "rejected"]);
    }
  });

  it("keeps the provider's code of a refused item", async () => {
    wire.reply({ id_delivery: "d", messages: [{ error: { code: 3, message: "malo" } }, { id_sms: "2" }] });
    assert.equal((await send()).recipients[0]?.error?.providerCode, "3");
  });

  it("does not repeat a refused recipient's text or number", async () => {
    const item = { error: `56990324203: "${TEXT}"`, dst_number: 56990324203 };
    wire.reply({ id_delivery: "d", messages: [item, { id_sms: "2" }] });
    const { recipients } = await send([{ to: "+56990324203", text: TEXT }, TWO]);
    assert.ok(!/caldera|90324203/.test(recipients[0]?.error?.message ?? ""), recipients[0]?.error?.message);
  });

  it("never gives a recipient an id that may be another's", async () => {
    const echo = (id: string, number: unknown) => ({ id_sms: id, dst_number: number });
    const reply = (...messages: unknown[]) => ({ id_delivery: "d", messages });
    assert.deepEqual(await outcomes(reply({ id_sms: "1" })), ["unknown", "unknown"]);
    assert.deepEqual(await outcomes(reply({ id_sms: "1" }, { id_sms: "2" }, { id_sms: "3" })), ["unknown", "unknown"]);
    assert.deepEqual(await outcomes({ id_delivery: "d" }), ["unknown", "unknown"]);
    const swapped = reply(echo("2", 56922222222), echo("1", "+56911111111"));
    assert.deepEqual(await outcomes(swapped), ["accepted 1", "accepted 2"]);
    assert.deepEqual(await outcomes(reply(echo("2", 56922222222))), ["unknown", "accepted 2"]);
    assert.deepEqual(await outcomes(reply(echo("1", 56911111111)), [ONE, ONE]), ["unknown", "unknown"]);
    const twice = reply(echo("1", 56911111111), echo("9", 56911111111), echo("2", 56922222222));
    assert.deepEqual(await outcomes(twice), ["unknown", "accepted 2"]);
  });

  it("trusts the position where a number was sent twice, or is echoed in another form", async () => {
    const reply = (...numbers: unknown[]) => ({
      id_delivery: "d",
      messages: numbers.map((number, index) => ({ id_sms: index + 1, dst_number: number })),
    });
    const taken = ["accepted 1", "accepted 2"];
    assert.deepEqual(await outcomes(reply(56911111111, 56911111111), [ONE, ONE]), taken);
    assert.deepEqual(await outcomes(reply("911111111", "+56 9 2222 2222")), taken);
  });

  it("says of what cannot be matched what to do next", async () => {
    wire.reply({ id_delivery: "d-17", messages: [] });
    const { deliveryId, recipients } = await send();
    assert.equal(deliveryId, "d-17");
    assert.deepEqual([recipients[0]?.error?.code, recipients[0]?.error?.outcome], ["BAD_REPLY", "unknown"]);
    assert.match(recipients[0]?.error?.message ?? "", /check the status of the delivery d-17/);
  });

  it("takes the items' ids without one of the delivery, but fails without both", async () => {
    wire.reply({ messages: [{ id_sms: "1" }, { id_sms: "2" }] });
    assert.equal((await send()).deliveryId, undefined);
    for (const body of [{}, { messages: [] }, { messages: "no" }]) {
      wire.reply(body);
      const error = await failure(send());
      assert.deepEqual([error.code, error.cause.outcome], ["BAD_REPLY", "unknown"]);
    }
    wire.reply({ error: "delivery_name inválido", messages: [] });
    assert.equal((await failure(send())).cause.outcome, "rejected");
  });

  it("sends 1,000 in one form body, and reads as many ids in their order", async () => {
    const messages = Array.from({ length: 1000 }, (_, index) => ({
      to: `+569${10_000_000 + index}`,
      text: `n.º ${index} 🚨`,
    }));
    wire.answer(({ form }) => {
      const items = JSON.parse(form?.messages ?? "[]") as { sms_content: string }[];
      return { body: { id_delivery: "d", messages: items.map((item) => ({ id_sms: item.sms_content })) } };
    });
    const { recipients } = await send(messages);
    assert.deepEqual(
      recipients.map(({ id }) => id),
      messages.map(({ text }) => text),
    );
    assert.equal(wire.received.length, 1);
  });
});
