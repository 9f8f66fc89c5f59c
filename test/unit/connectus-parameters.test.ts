import { strict as assert } from "node:assert";
import type { SmsMessage } from "../../src/message.ts";
import type { Session } from "../../src/provider.ts";
import { connectus } from "../../src/providers/connectus/index.ts";
import { sendSms } from "../../src/providers/connectus/sms.ts";
import { atWire } from "../contract/at-wire.ts";
import { failure } from "../support/failure.ts";

const TO = "+56990324203";

describe("Connectus gets its parameters", () => {
  const wire = atWire(connectus, { accountId: "cuenta-ñ", apiKey: "llave-secreta" });

  const send = (session: Session, text = "Hola") => sendSms(session, [{ to: TO, text }] satisfies SmsMessage[], {});

  /** A text that makes the request target this long. */
  const textFor = (bytes: number) => "x".repeat(bytes - "/send_sms?dst_number=56990324203&sms_content=".length);

  beforeEach(() => wire.reply({ id_sms: "1" }));

  it("signed with account id and key, in UTF-8", async () => {
    await send(await wire.open());
    const expected = `Basic ${Buffer.from("cuenta-ñ:llave-secreta", "utf8").toString("base64")}`;
    assert.equal(wire.received[0]?.headers.authorization, expected);
  });

  it("in the query up to 4,096 bytes of path and query, and in a form body beyond", async () => {
    const session = await wire.open();
    for (const bytes of [4096, 4097]) await send(session, textFor(bytes));
    assert.deepEqual(
      wire.received.map(({ target, form }) => [target.length, form?.sms_content?.length]),
      [
        [4096, undefined],
        ["/send_sms".length, textFor(4097).length],
      ],
    );
  });

  it("counted with the path of the base URL, which is kept", async () => {
    await send(await wire.open({ path: "/api_v1" }), textFor(4096));
    const [request] = wire.received;
    assert.deepEqual([request?.path, request?.form?.dst_number], ["/api_v1/send_sms", "56990324203"]);
  });

  it("where the account says, however long they are", async () => {
    const text = textFor(5000);
    for (const parameters of ["query", "form", "json"]) await send(await wire.open({ options: { parameters } }), text);
    const [query, form, json] = wire.received;
    assert.equal(query?.query.sms_content, text);
    assert.equal(form?.form?.sms_content, text);
    assert.deepEqual(json?.json, { dst_number: 56990324203, sms_content: text });
  });

  it("nowhere when the account's choice is none that exists", async () => {
    const error = await failure(send(await wire.open({ options: { parameters: "carrier-pigeon" } })));
    assert.deepEqual([error.code, error.cause.outcome, wire.received.length], ["MISSING_ACCOUNT", "rejected", 0]);
  });

  it("with spaces as %20, and every character readable again", async () => {
    const text = " a+b&c=d%20#e ñÑáí 🚨\r\n\t'\"()*!~\u0000";
    for (const parameters of ["query", "form", "json"]) await send(await wire.open({ options: { parameters } }), text);
    const [query, form, json] = wire.received;
    assert.deepEqual([query?.query.sms_content, form?.form?.sms_content], [text, text]);
    assert.equal((json?.json as { sms_content: string }).sms_content, text);
    assert.match(query?.target ?? "", /sms_content=%20a%2Bb%26c%3Dd%2520%23e%20/);
    assert.ok(!query?.target.includes("+"));
  });

  for (const tooLong of [414, 431]) {
    it(`once more, as a form, after a ${tooLong}`, async () => {
      wire.answer(({ form }) => (form ? { body: { id_sms: "1" } } : { status: tooLong }));
      await send(await wire.open());
      assert.deepEqual(
        wire.received.map(({ form }) => form?.dst_number),
        [undefined, "56990324203"],
      );
    });

    it(`only once where the account chose the query, after a ${tooLong} too`, async () => {
      wire.answer(() => ({ status: tooLong }));
      const error = await failure(send(await wire.open({ options: { parameters: "query" } })));
      const { httpStatus, outcome } = error.cause;
      assert.deepEqual([httpStatus, outcome, wire.received.length], [tooLong, "not-sent", 1]);
    });
  }

  it("not a third time when the form is too long as well", async () => {
    wire.answer(() => ({ status: 414 }));
    const error = await failure(send(await wire.open()));
    assert.deepEqual([error.cause.outcome, wire.received.length], ["not-sent", 2]);
  });
});
