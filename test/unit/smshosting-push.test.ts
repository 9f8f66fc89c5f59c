import { strict as assert } from "node:assert";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { imageFile } from "../../src/image.ts";
import type { PushMessage } from "../../src/message.ts";
import type { Session } from "../../src/provider.ts";
import { smshosting } from "../../src/providers/smshosting/index.ts";
import { atWire } from "../contract/at-wire.ts";
import { failure } from "../support/failure.ts";

const {
  sendPush = assert.fail,
  estimatePush = assert.fail,
  invite = assert.fail,
  downloadImage = assert.fail,
} = smshosting.operations;

const TO = ["+393480000001", "+393480000002"];
const GIF = Buffer.from(`GIF89a${"x".repeat(300_000)}`);

const push = (more: Partial<PushMessage> = {}): PushMessage => ({ to: TO, groups: [], text: "Acqua alta", ...more });

describe("SMSHosting, sending pushes", () => {
  const wire = atWire(smshosting, { authKey: "chiave", authSecret: "segreto-lungo" });

  const taken = {
    smsInserted: 0,
    smsNotInserted: 0,
    pushInserted: 2,
    sms: TO.map((to, id) => ({ id, to, status: "INSERTED", type: "PUSH" })),
  };

  it("refuses what the document does not allow before any request", async () => {
    const session = await wire.open();
    const cases: [Partial<PushMessage>, RegExp][] = [
      [{ to: [] }, /nobody to send to/],
      [{ text: "" }, /push is empty/],
      [{ sms: { text: " " } }, /SMS for those without the app is empty/],
      [{ sms: { text: "x", from: "MUCH TOO LONG" } }, /at most 11/],
      [{ reference: "x".repeat(61) }, /at most 60/],
    ];
    for (const [more, says] of cases) assert.match((await failure(sendPush(session, push(more)))).message, says);
    assert.match((await failure(estimatePush(session, push({ to: [] })))).message, /nobody/);
    assert.equal(wire.received.length, 0);
  });

  it("asks for test mode only where the account says so, and for AUTO encoding of the SMS only where there is one", async () => {
    wire.reply(taken);
    await sendPush(await wire.open(), push());
    await sendPush(await wire.open({ options: { testMode: "true" } }), push({ sms: { text: "á", encoding: "ucs2" } }));
    await estimatePush(await wire.open({ options: { testMode: "true" } }), push({ sms: { text: "á" } })).catch(
      () => undefined,
    );
    assert.deepEqual(
      wire.received.map(({ form = {} }) => [form.onlyPush, form.sandbox, form.smsEncoding]),
      [
        ["true", undefined, undefined],
        ["false", "true", "UCS2"],
        ["false", undefined, "AUTO"],
      ],
    );
  });

  it("always sets a transactionId, and names it in the result and in an error in doubt", async () => {
    const session = await wire.open();
    wire.reply(taken);
    const { id, reference } = await sendPush(session, push());
    assert.equal(reference, wire.received[0]?.form?.transactionId);
    assert.equal(id, reference);
    wire.answer(() => "reset");
    const error = await failure(sendPush(session, push()));
    assert.deepEqual([error.cause.outcome, error.cause.reference], ["unknown", wire.received[1]?.form?.transactionId]);
  });

  it("tells how many of a group were reached where the reply does not say who", async () => {
    wire.reply({ transactionId: "r", smsInserted: 3, smsNotInserted: 1, pushInserted: "4", sms: [] });
    const reply = await sendPush(
      await wire.open(),
      push({ to: [], groups: ["1"], sms: { text: "x" }, reference: "r" }),
    );
    assert.deepEqual([reply.id, reply.accepted, reply.recipients], ["r", 7, []]);
  });

  it("never gives a group member's id to a recipient who was left out", async () => {
    wire.reply({
      smsInserted: 0,
      pushInserted: 1,
      sms: [{ id: 9, to: "393489999999", status: "INSERTED", type: "PUSH" }],
    });
    const { recipients } = await sendPush(await wire.open(), push({ to: ["+393480000001"], groups: ["1"] }));
    assert.deepEqual(
      recipients.map(({ to, id, status }) => [to, id, status]),
      [
        ["+393480000001", undefined, "rejected"],
        ["+393489999999", "9", "accepted"],
      ],
    );
  });

  describe("with an image", () => {
    let folder: string;
    let session: Session;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "push-"));
      session = await wire.open();
    });

    afterEach(() => rm(folder, { recursive: true }));

    const imageOfFile = async () => {
      const path = join(folder, "mappa.gif");
      await writeFile(path, GIF);
      return { path, image: await imageFile(path) };
    };

    it("streams a file, whose length it announces, beside texts in UTF-8", async () => {
      wire.reply(taken);
      const { image } = await imageOfFile();
      await sendPush(session, push({ text: "Perché ñ €", image, reference: "r" }));
      const [{ headers = {}, multipart } = {}] = wire.received;
      assert.match(headers["content-type"] ?? "", /^multipart\/form-data; boundary=/);
      assert.ok(Number(headers["content-length"]) > GIF.length);
      assert.equal(headers["transfer-encoding"], undefined);
      assert.deepEqual(multipart, {
        to: "393480000001,393480000002",
        text: "Perché ñ €",
        onlyPush: "true",
        transactionId: "r",
        file: { fileName: "mappa.gif", contentType: "image/gif", content: GIF.toString() },
      });
    });

    it("opens the file once for each request that is made, and not before", async () => {
      wire.answer((_, index) => (index === 0 ? { status: 429, headers: { "retry-after": "0" } } : { body: taken }));
      const { image } = await imageOfFile();
      let opened = 0;
      const counted = { ...image, open: () => (opened++, image.open()) };
      await sendPush(session, push({ image: counted }));
      assert.deepEqual([opened, wire.received.length], [2, 2]);
      assert.deepEqual(wire.received[1]?.multipart, wire.received[0]?.multipart);
    });

    it("needs no text, and can be estimated too", async () => {
      wire.reply({ ...taken, cost: "0.5", userCredit: 3, pushCount: 2, pushAvailable: 7 });
      const image = await imageFile(GIF);
      const { text: _, ...silent } = push({ image });
      await sendPush(session, silent);
      assert.deepEqual(await estimatePush(session, silent), {
        ...{ cost: 0.5, credit: 3, push: 2, pushAvailable: 7 },
        raw: { ...taken, cost: "0.5", userCredit: 3, pushCount: 2, pushAvailable: 7 },
      });
      assert.deepEqual(Object.keys(wire.received[1]?.multipart ?? {}), ["to", "onlyPush", "file"]);
    });

    it("is in doubt when the file shrinks or fails while it is being sent", async () => {
      const { path, image } = await imageOfFile();
      await truncate(path, 1000);
      wire.reply(taken);
      const failing = new Readable({ read: () => failing.destroy(new Error("disk")) });
      for (const broken of [image, { ...image, open: () => failing }]) {
        const error = await failure(sendPush(session, push({ image: broken })));
        assert.equal(error.cause.outcome, "unknown", error.message);
      }
      assert.equal(wire.received.length, 0);
    });
  });
});

describe("SMSHosting, invitations and images", () => {
  const wire = atWire(smshosting, { authKey: "chiave", authSecret: "segreto-lungo" });

  it("keeps a scheme that the link already has", async () => {
    wire.reply({ to: 393480000001, url: "http://cqui.it/a" });
    const { to, url } = await invite(await wire.open(), "+393480000001");
    assert.deepEqual([to, url], ["+393480000001", "http://cqui.it/a"]);
  });

  it("gives an image by its bytes or by its stated type, and nothing else as one", async () => {
    const session = await wire.open();
    wire.answer(() => ({ body: "any bytes", headers: { "content-type": "image/webp; q=1" } }));
    assert.deepEqual(await downloadImage(session, "a="), { body: Buffer.from("any bytes"), contentType: "image/webp" });
    const cases: [unknown, string, string][] = [
      [{ errorCode: 400, errorMsg: "BAD_ID" }, "application/json", "INVALID_MESSAGE"],
      [{ something: 1 }, "application/json", "BAD_REPLY"],
      ["<html>", "text/html", "BAD_REPLY"],
      ["", "image/png", "BAD_REPLY"],
    ];
    for (const [body, type, code] of cases) {
      wire.answer(() => ({ body, headers: { "content-type": type } }));
      assert.equal((await failure(downloadImage(session, "a="))).code, code);
    }
  });
});
