import { strict as assert } from "node:assert";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { SendOptions, SmsMessage } from "../../src/message.ts";
import type { Session } from "../../src/provider.ts";
import { smshosting } from "../../src/providers/smshosting/index.ts";
import { Account } from "../../src/sending/account.ts";
import { atWire } from "../contract/at-wire.ts";
import type { Answer, Received } from "../contract/wire.ts";
import { failure } from "../support/failure.ts";

const TEXT = "La pompa 3 è ferma";

const many = (count: number, text: string, first = 393480000000): SmsMessage[] =>
  Array.from({ length: count }, (_, index) => ({ to: `+${first + index}`, text }));

/** What the provider answers when it takes everybody. */
function takeAll({ form }: Received, firstId = 1): Answer {
  const sms = (form?.to ?? "").split(",").map((to, index) => ({ id: firstId + index, to, status: "INSERTED" }));
  return { body: { transactionId: form?.transactionId, smsInserted: sms.length, smsNotInserted: 0, sms } };
}

describe("SMSHosting, sending SMS", () => {
  const wire = atWire(smshosting, { authKey: "chiave", authSecret: "segreto-lungo" });

  const send = async (messages = many(1, TEXT), options: SendOptions = {}, session?: Session) =>
    smshosting.operations.sendSms?.send(session ?? (await wire.open()), messages, options) ?? assert.fail();

  const forms = () => wire.received.map(({ form }) => form ?? {});

  it("puts recipients of the same text into one request, those of another into the next, and keeps the order", async () => {
    wire.answer((received) => takeAll(received, received.form?.text === "uno" ? 10 : 20));
    const messages = ["uno", "due", "uno", "due", "due"].map((text, index) => ({ to: `+39348000000${index}`, text }));
    const { recipients } = await send(messages);
    assert.deepEqual(
      forms()
        .map(({ to, text }) => [to, text])
        .sort(),
      [
        ["393480000000,393480000002", "uno"],
        ["393480000001,393480000003,393480000004", "due"],
      ],
    );
    assert.deepEqual(
      recipients.map(({ id }) => id),
      ["10", "20", "11", "21", "22"],
    );
  });

  it("lets only the recipients of a failed request fail, each with its own outcome", async () => {
    const answers: Record<string, Answer> = {
      credit: { status: 400, body: { errorCode: 400, errorMsg: "BAD_TEXT" } },
      generic: { status: 400, body: { errorCode: 400, errorMsg: "GENERIC_ERROR" } },
      reset: "reset",
      empty: { body: {} },
    };
    wire.answer((received) => answers[received.form?.text ?? ""] ?? takeAll(received));
    const texts = ["credit", "good", "generic", "reset", "empty"];
    const { recipients, raw } = await send(texts.flatMap((text, index) => many(2, text, 393480000000 + 10 * index)));
    assert.deepEqual(
      recipients
        .filter((_, index) => index % 2 === 0)
        .map(({ status, error }) => [status, error?.code, error?.outcome]),
      [
        ["rejected", "INVALID_MESSAGE", "rejected"],
        ["accepted", undefined, undefined],
        ["unknown", "PROVIDER_ERROR", "unknown"],
        ["unknown", "UNREACHABLE", "unknown"],
        ["unknown", "BAD_REPLY", "unknown"],
      ],
    );
    assert.deepEqual(recipients.map(({ status }) => status).slice(2, 4), ["accepted", "accepted"]);
    assert.equal((raw as unknown[]).length, 5);
    assert.equal(wire.received.length, 5);
  });

  it("gives the request of each text a time budget of its own", async () => {
    const server = createServer((request, response) => {
      request.resume().on("end", () => {
        const body = JSON.stringify({ smsInserted: 1, smsNotInserted: 0, sms: [{ id: 1, status: "INSERTED" }] });
        setTimeout(() => response.setHeader("content-type", "application/json").end(body), 150);
      });
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const account = new Account(
      smshosting,
      { name: "slow", baseUrl, concurrency: 1 },
      { authKey: "a", authSecret: "b" },
    );
    try {
      const session = await account.open({ budgetMs: 400 });
      const messages = Array.from({ length: 6 }, (_, index) => ({ to: `+39348000000${index}`, text: `n. ${index}` }));
      const { recipients } = await send(messages, {}, session);
      assert.deepEqual(new Set(recipients.map(({ status }) => status)), new Set(["accepted"]));
    } finally {
      await account.close();
      server.close();
    }
  });

  it("does not try the rest once the credentials are refused, and fails as a whole", async () => {
    wire.answer(() => ({ status: 401, body: { errorCode: 401, errorMsg: "BAD_CREDENTIALS" } }));
    const messages = Array.from({ length: 200 }, (_, index) => many(1, `testo ${index}`, 393480000000 + index)).flat();
    const error = await failure(send(messages));
    assert.equal(error.code, "BAD_CREDENTIALS");
    assert.ok(wire.received.length <= 10, `${wire.received.length} requests`);
  });

  it("gives a refused number back as that recipient's, where others have another text", async () => {
    const refusal = { status: 400, body: { errorCode: 400, errorMsg: "NO_VALID_RECIPIENT" } };
    wire.answer((received) => (received.form?.text === "uno" ? refusal : takeAll(received)));
    const { recipients } = await send([...many(1, "uno"), ...many(1, "due", 393481111111)]);
    assert.deepEqual(
      recipients.map(({ status, error }) => [status, error?.code]),
      [
        ["rejected", "INVALID_NUMBER"],
        ["accepted", undefined],
      ],
    );
  });

  it("says of several numbers of which none is valid that each is rejected", async () => {
    wire.answer(() => ({ status: 400, body: { errorCode: 400, errorMsg: "NO_VALID_RECIPIENT" } }));
    const { recipients } = await send(many(2, TEXT));
    assert.deepEqual(
      recipients.map(({ status }) => status),
      ["rejected", "rejected"],
    );
    assert.equal((await failure(send())).code, "INVALID_NUMBER");
  });

  it("uses sms/sendbulk from 1,000 recipients of one text on, whose reply knows none of them", async () => {
    wire.answer((received) => {
      if (received.path === "/sms/send") return takeAll(received);
      return { body: { from: "INFO", text: TEXT, transactionId: received.form?.transactionId } };
    });
    const { deliveryId, reference, recipients } = await send([...many(1000, TEXT), ...many(1, "altro", 393490000000)]);
    assert.deepEqual(wire.received.map(({ path }) => path).sort(), ["/sms/send", "/sms/sendbulk"]);
    assert.deepEqual(recipients[0], { status: "accepted" });
    assert.deepEqual(recipients[1000], { status: "accepted", id: "1" });
    assert.equal(recipients.length, 1001);
    assert.ok(reference);
    assert.equal(deliveryId, reference);
    assert.deepEqual(new Set(forms().map(({ transactionId }) => transactionId)), new Set([reference]));

    wire.reply({ from: "INFO", text: TEXT });
    const error = await failure(send(many(1000, TEXT)));
    assert.deepEqual([error.code, error.cause.outcome], ["BAD_REPLY", "unknown"]);
    assert.match(error.message, /"transactionId".*by its reference/);

    const statuses = async (fields: object) => {
      wire.answer(({ form }) => ({ body: { transactionId: form?.transactionId, ...fields } }));
      return [...new Set((await send(many(1000, TEXT))).recipients.map(({ status }) => status))];
    };
    assert.deepEqual(await statuses({ smsInserted: 1000 }), ["accepted"]);
    assert.deepEqual(await statuses({ smsInserted: 0, smsNotInserted: 1000 }), ["rejected"]);
    assert.deepEqual(await statuses({ smsInserted: "999" }), ["unknown"]);
    const refused = await failure(statuses({ errorCode: 400, errorMsg: "BAD_CREDIT" }));
    assert.deepEqual([refused.code, refused.cause.outcome], ["NO_CREDIT", "rejected"]);

    wire.answer((received) => takeAll(received));
    const named = await send(many(999, TEXT));
    assert.deepEqual([wire.received.at(-1)?.path, named.recipients[998]?.id], ["/sms/send", "999"]);
  });

  it("always sets a transactionId: the user's reference, or a new one each time", async () => {
    wire.answer((received) => takeAll(received));
    const own = await send(many(2, TEXT), { reference: "alarm-7" });
    const first = await send(many(2, TEXT));
    const second = await send();
    assert.deepEqual([own.reference, own.deliveryId], ["alarm-7", undefined]);
    assert.equal(first.deliveryId, first.reference);
    assert.equal(second.deliveryId, undefined);
    const sent = forms().map(({ transactionId }) => transactionId);
    assert.deepEqual(sent, ["alarm-7", first.reference, second.reference]);
    assert.equal(new Set(sent).size, 3);
    assert.ok(sent.every((id = "") => id.length > 0 && id.length <= 60));
    const error = await failure(send(many(1, TEXT), { reference: "x".repeat(61) }));
    assert.deepEqual([error.code, error.cause.outcome, wire.received.length], ["INVALID_MESSAGE", "rejected", 3]);
  });

  it("names the reference in an error of unknown outcome, for that is how to look it up", async () => {
    wire.answer(() => "reset");
    const error = await failure(send());
    assert.equal(error.cause.outcome, "unknown");
    assert.equal(error.cause.reference, forms()[0]?.transactionId);
  });

  it("asks for AUTO encoding unless the user chose, so that accents are not damaged", async () => {
    wire.answer((received) => takeAll(received));
    for (const options of [{}, { encoding: "gsm7" }, { encoding: "ucs2" }] as const) await send(undefined, options);
    assert.deepEqual(
      forms().map(({ encoding }) => encoding),
      ["AUTO", "7BIT", "UCS2"],
    );
  });

  it("sends a sender as the provider takes it, and refuses one that cannot be", async () => {
    wire.answer((received) => takeAll(received));
    for (const from of ["ALARM", "+39 348 1234567", " INFO "]) await send(undefined, { from });
    assert.deepEqual(
      forms().map(({ from }) => from),
      ["ALARM", "393481234567", "INFO"],
    );
    assert.equal((await failure(send(undefined, { from: "MUCH TOO LONG" }))).code, "INVALID_MESSAGE");
    assert.equal(wire.received.length, 3);
  });

  it("writes dates in the account's zone, with an offset without colon", async () => {
    wire.answer((received) => takeAll(received));
    const at = new Date("2026-12-31T23:30:00Z");
    await send(undefined, { at });
    await send(undefined, { at }, await wire.open({ timeZone: "America/New_York" }));
    assert.deepEqual(
      forms().map(({ date }) => date),
      ["2027-01-01T00:30:00+0100", "2026-12-31T18:30:00-0500"],
    );
  });

  it("asks for the provider's test mode only where the account says so", async () => {
    wire.answer(({ form }) => ({
      body: { smsInserted: 0, smsNotInserted: 0, sms: [{ to: form?.to, status: "SANDBOX" }] },
    }));
    await send();
    const { recipients } = await send(undefined, {}, await wire.open({ options: { testMode: "true" } }));
    assert.deepEqual(
      forms().map(({ sandbox }) => sandbox),
      [undefined, "true"],
    );
    assert.deepEqual(recipients, [{ status: "accepted" }]);
  });

  it("is exact about who was inserted", async () => {
    const cases: [unknown, unknown[]][] = [
      [{ sms: [], smsInserted: 0, smsNotInserted: 2 }, ["rejected", "rejected"]],
      [{ smsInserted: 0 }, ["rejected", "rejected"]],
      [{ sms: [], smsInserted: 2 }, ["unknown", "unknown"]],
      [{ sms: [{ id: 1, to: 393480000001, status: "INSERTED" }], smsInserted: "1" }, ["rejected", "accepted"]],
      [{ sms: [{ id: 1, to: 393480000001, status: "INSERTED" }], smsInserted: 2 }, ["unknown", "accepted"]],
      [{ sms: { id: "1", to: "+393480000000", status: "INSERTED" }, smsInserted: 1 }, ["accepted", "rejected"]],
      [{ sms: [{ to: "393480000000", status: "INSERTED" }], smsInserted: 1 }, ["unknown", "unknown"]],
      [{ sms: [{ id: 0, to: "393480000000", status: "INSERTED" }], smsInserted: 1 }, ["unknown", "unknown"]],
      [{ sms: [{ id: 1, to: "393480000000" }], smsInserted: 0, smsNotInserted: 2 }, ["unknown", "rejected"]],
      [{ sms: [{ id: 1, to: "393480000000", status: "BOH" }], smsInserted: 1 }, ["unknown", "unknown"]],
      [{ sms: [{ to: "393480000000", status: "NOT_INSERTED" }], smsInserted: 0 }, ["rejected", "rejected"]],
      [
        {
          sms: [
            { id: 1, to: "393480000000" },
            { id: 2, status: "INSERTED" },
          ],
          smsInserted: 2,
        },
        ["accepted", "accepted"],
      ],
    ];
    for (const [body, expected] of cases) {
      wire.reply(body);
      const { recipients } = await send(many(2, TEXT));
      assert.deepEqual(
        recipients.map(({ status }) => status),
        expected,
        JSON.stringify(body),
      );
      assert.ok(recipients.every(({ status, error }) => (status === "accepted") === (error === undefined)));
    }
  });

  it("gives an id to its own recipient only, also where a number is named twice or not at all", async () => {
    const twice = [...many(1, TEXT), ...many(2, TEXT)];
    const inserted = (id: number, to?: string) => ({ id, status: "INSERTED", ...(to && { to }) });
    const [a, b] = ["393480000000", "393480000001"];
    const cases: [unknown[], (string | undefined)[]][] = [
      [
        [inserted(1, a), inserted(2, b), inserted(3, a)],
        ["1", "3", "2"],
      ],
      [
        [inserted(1, a), inserted(2, b)],
        ["1", "1", "2"],
      ],
      [
        [inserted(1, a), inserted(2)],
        ["1", "1", "2"],
      ],
      [
        [inserted(2, b), inserted(1)],
        [undefined, undefined, "2"],
      ],
      [
        [inserted(1, a), inserted(2), inserted(3)],
        ["1", "1", undefined],
      ],
      [
        [inserted(1, a), inserted(2, "393489999999")],
        ["1", "1", undefined],
      ],
    ];
    for (const [sms, ids] of cases) {
      wire.reply({ smsInserted: 3, smsNotInserted: 0, sms });
      const { recipients } = await send(twice);
      assert.deepEqual(
        recipients.map(({ id }) => id),
        ids,
        JSON.stringify(sms),
      );
      assert.deepEqual(
        recipients.map(({ status }) => status === "accepted"),
        ids.map(Boolean),
      );
    }
  });

  it("takes a 200 that tells nothing, or names an error, for what it is", async () => {
    const cases: [unknown, string, string][] = [
      [{}, "BAD_REPLY", "unknown"],
      [[], "BAD_REPLY", "unknown"],
      ['"OK"', "BAD_REPLY", "unknown"],
      [{ sms: null }, "BAD_REPLY", "unknown"],
      [{ errorCode: 400, errorMsg: "BAD_FROM" }, "INVALID_MESSAGE", "rejected"],
      [{ errorCode: 400, errorMsg: "BAD_FROM,GENERIC_ERROR" }, "PROVIDER_ERROR", "unknown"],
      [{ errorCode: 400, errorMsg: "GENERIC_ERROR - errore interno, al server" }, "PROVIDER_ERROR", "unknown"],
      [{ errorCode: 400, errorMsg: "generic_error" }, "PROVIDER_ERROR", "unknown"],
      [{ errorCode: 400, errorMsg: ["BAD_TEXT", "GENERIC_ERROR"] }, "PROVIDER_ERROR", "unknown"],
      [{ errorCode: 400, errorMsg: "qualcosa non va" }, "REJECTED", "rejected"],
      [{ errorCode: 400, errorMsg: "errore" }, "REJECTED", "rejected"],
    ];
    for (const [body, code, outcome] of cases) {
      wire.reply(body);
      const error = await failure(send());
      assert.deepEqual([error.code, error.cause.outcome], [code, outcome], JSON.stringify(body));
    }
  });

  it("reads every code of the document, alone and in a comma list", async () => {
    const cases: Record<string, string> = {
      BAD_CREDIT: "NO_CREDIT",
      NO_CREDIT: "NO_CREDIT",
      NO_PUSH: "NO_CREDIT",
      SENDING_DISABLED: "NO_CREDIT",
      PUSH_UNAVAILABLE: "NOT_SUPPORTED",
      NO_VALID_RECIPIENT: "INVALID_NUMBER",
      BAD_TO: "INVALID_NUMBER",
      BAD_MSISDN: "INVALID_NUMBER",
      DUPLICATE_SMS: "REJECTED",
      BAD_TRANSACTIONID: "INVALID_MESSAGE",
      BAD_DATE: "INVALID_MESSAGE",
      BAD_GROUP: "INVALID_MESSAGE",
      BAD_ENCODING: "INVALID_MESSAGE",
      "BAD_DATE, BAD_CREDIT": "INVALID_MESSAGE",
      SOMETHING_NEW: "REJECTED",
      "SOMETHING_NEW,BAD_CREDIT": "NO_CREDIT",
    };
    for (const [errorMsg, code] of Object.entries(cases)) {
      wire.answer(() => ({ status: 400, body: { errorCode: 400, errorMsg } }));
      const error = await failure(send());
      assert.deepEqual([error.code, error.cause.outcome], [code, "rejected"], errorMsg);
      assert.equal(error.cause.providerCode, errorMsg.replaceAll(" ", ""));
      assert.ok(error.message.includes(errorMsg.split(",")[0] ?? ""), error.message);
    }
  });

  it("lets no word of the provider turn a busy answer into a refusal", async () => {
    wire.answer((received, index) =>
      index === 0
        ? { status: 429, headers: { "retry-after": "0" }, body: { errorCode: 429, errorMsg: "BAD_CREDIT" } }
        : takeAll(received),
    );
    assert.equal((await send()).recipients[0]?.status, "accepted");
    wire.answer(() => ({ status: 429, headers: { "retry-after": "0" }, body: { errorMsg: "BAD_CREDIT" } }));
    const error = await failure(send());
    assert.deepEqual(
      [error.code, error.cause.outcome, error.cause.providerCode],
      ["RATE_LIMITED", "not-sent", "BAD_CREDIT"],
    );
  });

  it("shows neither text, number nor secret in an error", async () => {
    const echo = (received: Received) => `segreto-lungo ${received.form?.text} ${received.form?.to}`;
    wire.answer((received) => ({ status: 400, body: { errorCode: 400, errorMsg: echo(received) } }));
    const error = await failure(send());
    assert.doesNotMatch(JSON.stringify([error.message, error.cause]), /segreto|pompa|393480000000|http:/);
  });

  it("speaks the same to the reseller's base URL", async () => {
    wire.answer((received) => takeAll(received));
    const session = await wire.open({ path: "/smstools/rest/api" });
    await send(undefined, {}, session);
    await smshosting.operations.checkBalance?.check(session, "sms").catch(() => undefined);
    assert.deepEqual(
      wire.received.map(({ path }) => path),
      ["/smstools/rest/api/sms/send", "/smstools/rest/api/user"],
    );
  });

  it("adds up the estimates of several texts", async () => {
    wire.answer((_, index) => ({ body: { cost: 0.05 * (index + 1), userCredit: 10, smsCount: index + 1 } }));
    const messages = [...many(1, "uno"), ...many(2, "due")];
    const { raw, cost, ...estimate } =
      (await smshosting.operations.estimateSms?.(await wire.open(), messages, {})) ?? assert.fail();
    assert.deepEqual([estimate, Math.round(cost * 100), (raw as unknown[]).length], [{ credit: 10, sms: 3 }, 15, 2]);
    assert.ok(forms().every((form) => !("transactionId" in form) && !("date" in form)));
  });
});
