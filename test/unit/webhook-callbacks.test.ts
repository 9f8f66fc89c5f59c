import { strict as assert } from "node:assert";
import type { Provider } from "../../src/provider.ts";
import { conectaline } from "../../src/providers/conectaline/index.ts";
import { connectus } from "../../src/providers/connectus/index.ts";
import { smshosting } from "../../src/providers/smshosting/index.ts";
import { inboundMessage, statusReport } from "../../src/webhook/event.ts";

async function read(provider: Provider, fields: Record<string, unknown>) {
  return provider.operations.readWebhook?.(provider, fields);
}

describe("a callback of Connectus", () => {
  it("is a state of an SMS, as in the document", async () => {
    assert.deepEqual(await read(connectus, { id_sms: "f04789942fe84541b26b8707207e4193", status: "ENTREGADO" }), {
      type: "status",
      id: "f04789942fe84541b26b8707207e4193",
      status: "delivered",
      final: true,
      providerStatus: "ENTREGADO",
    });
    const states = ["PROGRAMADO", "EN_COLA", "NUMERO_INVALIDO", "ENVIADO_A_CARRIER", "NO_ENTREGABLE", "NUEVO"];
    const found = await Promise.all(states.map((status) => read(connectus, { id_sms: 7, status })));
    assert.deepEqual(
      found.map((callback) => callback?.type === "status" && [callback.id, callback.status, callback.final]),
      [
        ["7", "scheduled", false],
        ["7", "queued", false],
        ["7", "rejected", true],
        ["7", "sent", false],
        ["7", "undelivered", true],
        ["7", "unknown", false],
      ],
    );
  });

  it("is a received SMS, its numbers as texts or as JSON numbers", async () => {
    const sms = { type: "inbound", id: "ec3d", from: "+56990324203", to: "+56442330001" };
    const sample = { id_sms: "ec3d", dst_number: "56442330001", src_number: "56990324203" };
    assert.deepEqual(await read(connectus, { ...sample, src_provider: "Wom", sms_content: "Hola Connectus!" }), {
      ...sms,
      text: "Hola Connectus!",
      carrier: "Wom",
    });
    const numbers = { id_sms: "ec3d", dst_number: 56442330001, src_number: 56990324203, sms_content: 1 };
    assert.deepEqual(await read(connectus, numbers), { ...sms, text: "1" });
    const short = await read(connectus, { src_number: "4242", sms_content: "" });
    assert.deepEqual(short, { type: "inbound", from: "4242", text: "" });
  });

  it("brings what a person wrote though the number is empty, or the text is no text", async () => {
    const sms = { id_sms: "1", dst_number: "56442330001", src_number: "", sms_content: "Help" };
    const to = "+56442330001";
    assert.deepEqual(await read(connectus, sms), { type: "inbound", id: "1", from: "", to, text: "Help" });
    const odd = await read(connectus, { src_number: "56990324203", sms_content: { body: "Hola" } });
    assert.deepEqual(odd, { type: "inbound", from: "+56990324203", text: '{"body":"Hola"}' });
  });

  it("is nothing when it has neither", async () => {
    for (const fields of [{}, { status: "ENTREGADO" }, { id_sms: "1" }, { id_sms: "1", status: null }, { text: "x" }]) {
      assert.equal(await read(connectus, fields), undefined);
    }
  });
});

describe("a callback of SMSHosting", () => {
  it("is a delivery report, with the reference and perhaps the id", async () => {
    const fields = { transactionId: "r-1", to: "393471234567", status: "DELIVERED" };
    const report = { type: "status", reference: "r-1", status: "delivered", final: true, providerStatus: "DELIVERED" };
    assert.deepEqual(await read(smshosting, fields), { ...report, to: "+393471234567" });
    assert.deepEqual(await read(smshosting, { ...fields, id: 389310742 }), {
      ...report,
      id: "389310742",
      to: "+393471234567",
    });
    const failed = await read(smshosting, { id: "1", status: "NOTDELIVERED" });
    assert.deepEqual(failed, {
      type: "status",
      id: "1",
      status: "undelivered",
      final: true,
      providerStatus: "NOTDELIVERED",
    });
  });

  it("is a received SMS with number and text", async () => {
    assert.deepEqual(await read(smshosting, { number: "393471234567", text: "Sì" }), {
      type: "inbound",
      from: "+393471234567",
      text: "Sì",
    });
  });

  it("is nothing when it has neither", async () => {
    for (const fields of [{}, { status: "SENT" }, { number: "393471234567" }, { text: "x" }, { transactionId: "1" }]) {
      assert.equal(await read(smshosting, fields), undefined);
    }
  });
});

describe("a callback of Conectaline", () => {
  it("is a delivery report by message_id or id, whatever the word's case", async () => {
    const fields = { message_id: "a1", number: "34600100100", status: "delivered" };
    const report = { type: "status", id: "a1", status: "delivered", final: true, providerStatus: "delivered" };
    assert.deepEqual(await read(conectaline, fields), { ...report, to: "+34600100100" });
    assert.deepEqual(await read(conectaline, { id: 7, status: "Not delivered" }), {
      type: "status",
      id: "7",
      status: "undelivered",
      final: true,
      providerStatus: "Not delivered",
    });
  });

  it("keeps a status that nobody knows", async () => {
    const callback = await read(conectaline, { id: "7", status: 3 });
    assert.deepEqual(callback, { type: "status", id: "7", status: "unknown", final: false, providerStatus: "3" });
  });

  it("is a received SMS with a number and a text, or nothing", async () => {
    const sms = { type: "inbound", from: "+34600100100", text: "Hola" };
    assert.deepEqual(await read(conectaline, { number: "34600100100", message: "Hola" }), sms);
    for (const fields of [{}, { id: "1" }, { status: "SENT" }, { number: "34600100100" }]) {
      assert.equal(await read(conectaline, fields), undefined);
    }
  });
});

describe("a number in a callback", () => {
  it("may lack the country's prefix, and then belongs to the account's country", async () => {
    const texts = { text: "Hola", message: "Hola", sms_content: "Hola" };
    const from = async (provider: Provider, number: string) => {
      const callback = await read(provider, { number, src_number: number, ...texts });
      return callback?.type === "inbound" && callback.from;
    };
    assert.equal(await from(conectaline, "600111222"), "+34600111222");
    assert.equal(await from(conectaline, "34600111222"), "+34600111222");
    assert.equal(await from(smshosting, "347 123 4567"), "+393471234567");
    assert.equal(await from(smshosting, "34600111222"), "+34600111222");
    assert.equal(await from(smshosting, "0541123456"), "+390541123456");
    assert.equal(await from(connectus, "990324203"), "+56990324203");
    assert.equal(await from(connectus, "0056990324203"), "+56990324203");
    const report = await read(smshosting, { transactionId: "r", to: "3471234567", status: "SENT" });
    assert.equal(report?.type === "status" && report.to, "+393471234567");
  });

  it("stays as it is where it is a short code or a name, and whole where no plan knows it", async () => {
    const from = async (number: string) => {
      const callback = await read(conectaline, { number, text: "Hola" });
      return callback?.type === "inbound" && callback.from;
    };
    assert.deepEqual([await from("4242"), await from("8008877"), await from("INFO")], ["4242", "8008877", "INFO"]);
    assert.deepEqual([await from("999999999999"), await from("+1234567")], ["+999999999999", "+1234567"]);
  });
});

describe("the event that comes out", () => {
  const origin = { provider: "p", receivedAt: "2026-10-02T14:30:00.000Z", raw: { any: 1 } };
  const callback = { type: "status", status: "sent", final: false, providerStatus: "SENT" } as const;

  it("tells of a message that is known what the report left out", () => {
    const match = { account: "Alarms", channel: "sms", id: "1", to: "+1", sent: { reference: "r" } } as const;
    assert.deepEqual(statusReport({ ...callback, reference: "t" }, match, origin), {
      provider: "p",
      type: "status",
      id: "1",
      status: "sent",
      final: false,
      providerStatus: "SENT",
      to: "+1",
      reference: "t",
      matched: true,
      channel: "sms",
      account: "Alarms",
      receivedAt: origin.receivedAt,
      raw: { any: 1 },
    });
  });

  it("marks a message that is not known, and names it as the report did", () => {
    const report = statusReport({ ...callback, reference: "t" }, undefined, origin);
    assert.deepEqual([report.id, report.matched, "account" in report, "to" in report], ["t", false, false, false]);
  });

  it("of a person's message has all that the provider said", () => {
    const inbound = { type: "inbound", id: "1", from: "+1", text: "Yes", carrier: "Wom" } as const;
    assert.deepEqual(inboundMessage(inbound, origin), { ...inbound, ...origin });
  });
});
