import { strict as assert } from "node:assert";
import fc from "fast-check";
import type { SmsMessage } from "../../src/message.ts";
import { sendCampaign } from "../../src/providers/conectaline/campaign.ts";
import { conectaline } from "../../src/providers/conectaline/index.ts";
import { sendSms } from "../../src/providers/conectaline/sms.ts";
import { atWire } from "../contract/at-wire.ts";
import type { Answer, Received } from "../contract/wire.ts";
import { failure } from "../support/failure.ts";

const TO = "+34600100100";
const ONE: SmsMessage[] = [{ to: TO, text: "La caldera 3 se detuvo" }];
const TWO: SmsMessage[] = [
  { to: "+34600100100", text: "uno" },
  { to: "+34600100200", text: "dos" },
];
const AT = new Date("2031-01-15T09:30:00Z");

const dlr = (number: unknown, more: object = {}) => ({
  message_id: `m-${String(number)}`,
  number,
  messages_sent: 1,
  ...more,
});

describe("Conectaline, sending SMS", () => {
  const wire = atWire(conectaline, { apiToken: "ficha-secreta" });
  const options = { configurationName: "alarmas" };
  const open = (settings: Parameters<typeof wire.open>[0] = {}) => wire.open({ options, ...settings });

  const send = async (messages = ONE, at?: Date) => sendSms(await open(), messages, { ...(at && { at }) });

  /** Answers each push/simple by the text that it carries. */
  const byText = (how: (text: string, received: Received) => Answer) =>
    wire.answer((received) => how(received.form?.message ?? "", received));

  it("serves another white label, by its base URL alone", async () => {
    wire.reply({ data: { id: 1 } });
    const session = await open({ path: "/marca/blanca/v1/" });
    await sendSms(session, ONE, {});
    await conectaline.operations.checkBalance?.check(session, "sms").catch(() => undefined);
    assert.deepEqual(
      wire.received.map(({ method, path }) => `${method} ${path}`),
      ["POST /marca/blanca/v1/push/simple", "GET /marca/blanca/v1/balance"],
    );
  });

  it("shows its fixed token in a field and in no header", async () => {
    wire.reply({ data: { id: 1 } });
    await send();
    const [received] = wire.received;
    assert.ok(received);
    assert.equal(received.form?.api_token, "ficha-secreta");
    assert.ok(!("authorization" in received.headers));
  });

  it("asks for a configuration name before it sends anything", async () => {
    for (const configurationName of ["", "  "]) {
      const error = await failure(sendSms(await wire.open({ options: { configurationName } }), ONE, {}));
      assert.deepEqual([error.code, error.cause.outcome], ["MISSING_ACCOUNT", "rejected"]);
      assert.match(error.message, /no configuration name\. Write the name/);
    }
    const wrong = await failure(sendSms(await open({ options: { ...options, auth: "basic" } }), ONE, {}));
    assert.deepEqual([wrong.code, wire.received.length], ["MISSING_ACCOUNT", 0]);
  });

  it("needs the token or the e-mail and password, by how it signs in", () => {
    assert.deepEqual(conectaline.requiredCredentials({}), ["apiToken"]);
    assert.deepEqual(conectaline.requiredCredentials({ auth: "token" }), ["apiToken"]);
    assert.deepEqual(conectaline.requiredCredentials({ auth: "login" }), ["email", "password"]);
  });

  it("starts at the next full minute of the account's zone, in winter and in summer", async () => {
    wire.reply({ data: { id: 1 } });
    const cases: [string, string][] = [
      ["2031-01-15T09:30:00.000Z", "2031-01-15 10:30"],
      ["2031-07-15T09:30:00.000Z", "2031-07-15 11:30"],
      ["2031-01-15T09:30:00.001Z", "2031-01-15 10:31"],
      ["2031-12-31T22:59:30.000Z", "2032-01-01 00:00"],
    ];
    for (const [at, expected] of cases) {
      await send(ONE, new Date(at));
      assert.equal(wire.received.at(-1)?.form?.start_date, expected);
    }
    await sendSms(await open({ timeZone: "Atlantic/Canary" }), ONE, { at: AT });
    assert.equal(wire.received.at(-1)?.form?.start_date, "2031-01-15 09:30");
  });

  describe("with different texts and a time", () => {
    const THREE: SmsMessage[] = [...TWO, { to: "+34600100300", text: "uno" }];

    it("goes as one push/simple per text, so that no schedule is dropped", async () => {
      byText((text, { form }) => ({
        body: { data: { id: `d-${text}`, dlrs: form?.numbers?.split(",").map((number) => dlr(number)) } },
      }));
      const reply = await send(THREE, AT);
      assert.deepEqual(
        wire.received.map(({ path, form }) => [path, form?.message, form?.numbers, form?.start_date]).sort(),
        [
          ["/push/simple", "dos", "34600100200", "2031-01-15 10:30"],
          ["/push/simple", "uno", "34600100100,34600100300", "2031-01-15 10:30"],
        ],
      );
      assert.deepEqual(
        reply.recipients,
        ["m-34600100100", "m-34600100200", "m-34600100300"].map((id) => ({ id, status: "scheduled" })),
      );
      assert.equal(reply.deliveryId, "d-uno");
      assert.equal((reply.raw as unknown[]).length, 2);
    });

    it("tells of each recipient what became of its own request", async () => {
      const texts = ["a", "b", "c", "d"];
      const messages = texts.map((text, index) => ({ to: `+3460010010${index}`, text }));
      byText((text) => {
        if (text === "b") return { status: 422, body: { error: { code: "BAD", message: "Bad text" } } };
        if (text === "c") return { status: 500, body: {} };
        if (text === "d") return { status: 503, headers: { "retry-after": "100" }, body: {} };
        return { body: { data: { id: 7 } } };
      });
      const { recipients } = await send(messages, AT);
      assert.deepEqual(
        recipients.map(({ status, error }) => [status, error?.code, error?.outcome, error?.providerCode]),
        [
          ["scheduled", undefined, undefined, undefined],
          ["rejected", "REJECTED", "rejected", "BAD"],
          ["unknown", "PROVIDER_ERROR", "unknown", undefined],
          ["failed", "PROVIDER_ERROR", "not-sent", undefined],
        ],
      );
    });

    it("fails as a whole when every request did, in doubt if any of them is", async () => {
      byText((text) => (text === "uno" ? { status: 422, body: {} } : { status: 500, body: {} }));
      assert.equal((await failure(send(TWO, AT))).cause.outcome, "unknown");
      byText(() => ({ status: 422, body: {} }));
      assert.equal((await failure(send(TWO, AT))).cause.outcome, "rejected");
    });

    it("does not try the rest once the account is refused", async () => {
      wire.answer(() => ({ status: 401, body: {} }));
      const messages = Array.from({ length: 50 }, (_, index) => ({ to: TO, text: `${index}` }));
      assert.equal((await failure(send(messages, AT))).code, "BAD_CREDENTIALS");
      assert.ok(wire.received.length <= 10, String(wire.received.length));
    });
  });

  describe("reads the reply", () => {
    it("by number, in whatever form and order", async () => {
      const forms = [34600100200, "+34600100100"].map((number) => dlr(number));
      for (const dlrs of [forms, ["0034600100200", "34 600 100 100"].map((number) => dlr(number))]) {
        wire.reply({ data: { id: 9, dlrs } });
        const { recipients } = await send(TWO);
        assert.deepEqual(
          recipients.map(({ id }) => id),
          [dlrs[1]?.message_id, dlrs[0]?.message_id],
        );
      }
    });

    it("with the delivery's id for all when it names nobody", async () => {
      for (const data of [{ id: 9 }, { id: "9", dlrs: [] }, { id: 9, dlrs: null }, [{ id: 9 }]]) {
        wire.reply({ data });
        const { deliveryId, recipients } = await send(TWO);
        assert.deepEqual(
          [deliveryId, recipients],
          [
            "9",
            [
              { id: "9", status: "accepted" },
              { id: "9", status: "accepted" },
            ],
          ],
        );
      }
    });

    it("and takes a count of none for a refusal, one that is too small for a doubt", async () => {
      const status = async (data: unknown, messages = TWO, at?: Date) => {
        wire.reply({ data });
        return (await send(messages, at)).recipients.map(({ status, error }) =>
          `${status} ${error?.code ?? ""}`.trim(),
        );
      };
      const both = (what: string) => [what, what];
      const bare = dlr("34600100100", { message_id: null, messages_sent: "0" });
      assert.deepEqual(await status({ id: 9, total_messages_sent: 0, dlrs: [] }), both("rejected REJECTED"));
      assert.deepEqual(await status({ id: 0, total_messages_sent: "0" }), both("rejected REJECTED"));
      assert.deepEqual(await status({ id: 9, total_messages_sent: 1 }), both("unknown BAD_REPLY"));
      assert.deepEqual(await status({ id: 9, total_messages_sent: 4 }), both("accepted"));
      assert.deepEqual(await status({ id: 9, total_messages_sent: 0 }, TWO, AT), both("scheduled"));
      assert.deepEqual(await status({ id: 9, dlrs: [bare] }, TWO.slice(0, 1)), ["rejected REJECTED"]);
      const odd = dlr("34600100100", { messages_sent: 0 });
      assert.deepEqual(await status({ id: 9, dlrs: [odd] }, TWO.slice(0, 1)), ["unknown BAD_REPLY"]);
    });

    it("from a list with gaps, as PHP writes it", async () => {
      wire.reply({ data: { id: 9, dlrs: { 0: dlr("34600100100"), 2: dlr("34600100200") } } });
      assert.deepEqual((await send(TWO)).recipients.length, 2);
      assert.ok((await send(TWO)).recipients.every(({ status }) => status === "accepted"));
    });

    it("and leaves in doubt whom it does not name", async () => {
      wire.reply({ data: { id: 9, dlrs: [dlr("34600100200"), dlr("34999999999")] } });
      const [first, second] = (await send(TWO)).recipients;
      assert.deepEqual([first?.status, first?.error?.code, first?.error?.outcome], ["unknown", "BAD_REPLY", "unknown"]);
      assert.deepEqual(second, { id: "m-34600100200", status: "accepted" });
    });

    it("gives two messages to one number an entry each", async () => {
      const messages = [...TWO, { to: "+34600100100", text: "tres" }];
      const dlrs = ["a", "b"].map((message_id) => dlr("34600100100", { message_id }));
      wire.reply({ data: { id: 9, dlrs: [...dlrs, dlr("34600100200")] } });
      assert.deepEqual(
        (await send(messages)).recipients.map(({ id }) => id),
        ["a", "m-34600100200", "b"],
      );
    });

    it("and finds the blacklist however it is written", async () => {
      for (const [word, status] of [
        [true, "rejected"],
        ["1", "rejected"],
        ["Yes", "rejected"],
        ["no", "accepted"],
        [1, "rejected"],
        [false, "accepted"],
        [0, "accepted"],
      ]) {
        wire.reply({ data: { id: 9, dlrs: [dlr("34600100100", { in_SMS_blacklist: word })] } });
        assert.equal((await send()).recipients[0]?.status, status, String(word));
      }
    });

    it("and takes a 200 that shows nothing taken for a failure in doubt", async () => {
      const bodies = [
        {},
        [],
        { data: null },
        { data: {} },
        { data: [] },
        { data: { id: "" } },
        { data: { id: 0 } },
        { data: { id: "0" } },
        { data: { dlrs: [{}] } },
        "5",
        "<p>",
      ];
      for (const body of bodies) {
        wire.reply(body);
        const error = await failure(send());
        assert.deepEqual([error.code, error.cause.outcome], ["BAD_REPLY", "unknown"], JSON.stringify(body));
      }
    });

    it("and an empty error for none", async () => {
      for (const error of [null, "", [], {}, false]) {
        wire.reply({ data: { id: 9 }, error });
        assert.equal((await send()).deliveryId, "9", JSON.stringify(error));
      }
    });

    it("without a fault of its own, whatever the provider writes", async () => {
      const session = await open();
      await fc.assert(
        fc.asyncProperty(
          fc.jsonValue(),
          fc.constantFrom("body", "data", "dlrs", "dlr", "error"),
          async (value, where) => {
            const data = { id: 9, dlrs: where === "dlrs" ? value : [where === "dlr" ? value : dlr("34600100100")] };
            wire.reply(
              where === "body"
                ? value
                : { data: where === "data" ? value : data, ...(where === "error" && { error: value }) },
            );
            const reply = await sendSms(session, TWO, {}).catch(({ code }: { code: string }) => code);
            if (typeof reply === "string") assert.match(reply, /^[A-Z_]+$/);
            else assert.equal(reply.recipients.length, 2);
          },
        ),
        { numRuns: 60 },
      );
    });
  });

  describe("reads an error", () => {
    const cases: [unknown, string, string][] = [
      [{ error: { http_code: 429, message: "Slow down" } }, "RATE_LIMITED", "not-sent"],
      [{ error: { http_code: "500", message: "Oops" } }, "PROVIDER_ERROR", "unknown"],
      [{ error: { http_code: 402, message: "Pay" } }, "NO_CREDIT", "rejected"],
      [{ error: { code: "INSUFFICIENT_BALANCE", message: "No" } }, "NO_CREDIT", "rejected"],
      [{ error: "Saldo insuficiente" }, "NO_CREDIT", "rejected"],
      [{ error: { http_code: 200, message: "Odd" } }, "REJECTED", "rejected"],
      [{ error: true }, "REJECTED", "rejected"],
      [{ error: ["a", "b"], data: [] }, "REJECTED", "rejected"],
      [{ error: { http_code: 403 }, data: { id: 1 } }, "BAD_CREDENTIALS", "unknown"],
      [{ error: "Partial", data: { id: 1 } }, "REJECTED", "unknown"],
    ];

    for (const [body, code, outcome] of cases) {
      it(`inside a 200: ${JSON.stringify(body)}`, async () => {
        wire.reply(body);
        const error = await failure(send());
        assert.deepEqual([error.code, error.cause.outcome], [code, outcome]);
        assert.equal(wire.received.length, 1);
      });
    }

    it("by its status, with the provider's words and code", async () => {
      wire.answer(() => ({
        status: 403,
        body: { error: { code: "FORBIDDEN", http_code: 403, message: "Not allowed" } },
      }));
      const error = await failure(send());
      assert.deepEqual(
        [error.code, error.cause.providerCode, error.cause.httpStatus],
        ["BAD_CREDENTIALS", "FORBIDDEN", 403],
      );
      assert.match(error.message, /Not allowed/);
    });

    it("without the text, the number or the token in it", async () => {
      const words = `34600100100 cannot get "${ONE[0]?.text}" from ficha-secreta`;
      for (const status of [200, 422]) {
        wire.answer(() => ({ status, body: { error: { message: words, validation_errors: { numbers: [words] } } } }));
        const { message, cause } = await failure(send());
        for (const secret of ["34600100100", "caldera", "ficha-secreta"]) {
          assert.ok(!(message + JSON.stringify(cause)).includes(secret), message);
        }
      }
    });

    it("and asks for another look when a balance has none", async () => {
      for (const data of [{}, { balance: "mucho" }, { balance: null }, 5]) {
        wire.reply({ data });
        const check = async () => conectaline.operations.checkBalance?.check(await open(), "sms");
        const error = await failure(check());
        assert.deepEqual([error.code, error.cause.outcome], ["BAD_REPLY", "unknown"]);
      }
    });
  });

  it("needs the id of a campaign", async () => {
    wire.reply({ data: { dlrs: [dlr("34600100100")] } });
    const error = await failure(sendCampaign(await open(), { name: "n", text: "t", groups: ["3"] }));
    assert.deepEqual([error.code, error.cause.outcome], ["BAD_REPLY", "unknown"]);
  });

  it("reads lists to their last page, and no further than 50", async () => {
    const page = (received: Received, pages: unknown) => ({
      body: { data: [{ id: received.query.page, name: "g" }], meta: { pagination: { total_pages: pages } } },
    });
    const groups = async () => conectaline.operations.lists?.groups?.(await open());
    wire.answer((received) => page(received, "3"));
    assert.equal((await groups())?.length, 3);
    wire.answer((received) => page(received, 1e9));
    assert.equal((await groups())?.length, 50);
    wire.reply({ data: [] });
    assert.deepEqual(await groups(), []);
  });
});
