import { strict as assert } from "node:assert";
import { MessagingError } from "../../src/error.ts";
import type { StatusKind, StatusReply } from "../../src/provider.ts";
import type { MessageStatus, RecipientResult, SendResult } from "../../src/result.ts";
import { statusLookup, statusResult } from "../../src/status.ts";

function sent(ids: (string | undefined)[], more: Partial<SendResult> = {}): SendResult {
  const messages = ids.map((id, index): RecipientResult => {
    const to = `+5699032420${index}`;
    return id === undefined ? { to, status: "rejected" } : { to, id, status: "accepted" };
  });
  const counts = { accepted: ids.length, rejected: 0, failed: 0 };
  return { provider: "p", channel: "sms", account: "a", id: ids[0] ?? "", ...counts, messages, raw: null, ...more };
}

function refusal(value: unknown): string {
  try {
    return assert.fail(JSON.stringify(statusLookup(value, "auto")));
  } catch (error) {
    assert.ok(error instanceof MessagingError, String(error));
    assert.equal(error.code, "INVALID_MESSAGE");
    return error.message;
  }
}

describe("what to look up", () => {
  const cases: [string, unknown, StatusKind, object][] = [
    ["an id", " 84f7 ", "auto", { kind: "auto", id: "84f7" }],
    ["a number as id", 12345, "sms", { kind: "sms", id: "12345" }],
    ["an object with an id", { id: 7 }, "bulk", { kind: "bulk", id: "7" }],
    ["one SMS that was sent", sent(["m1"]), "auto", { kind: "sms", id: "m1" }],
    ["one e-mail that was sent", sent(["m1"], { channel: "email" }), "auto", { kind: "email", id: "m1" }],
    ["one SMS that went as a delivery", sent(["m1"], { deliveries: ["d1"] }), "auto", { kind: "sms", id: "m1" }],
    [
      "a bulk",
      sent(["m1", "m2"], { id: "d1", deliveries: ["d1", "d2"] }),
      "auto",
      { kind: "bulk", deliveries: ["d1", "d2"], ids: ["m1", "m2"] },
    ],
    [
      "a bulk of e-mails",
      sent(["m1", "m2"], { id: "d1", deliveries: ["d1"], channel: "email" }),
      "auto",
      { kind: "email", deliveries: ["d1"], ids: ["m1", "m2"] },
    ],
    [
      "a bulk with one taken",
      sent(["m1", undefined], { id: "d1", deliveries: ["d1"] }),
      "auto",
      { kind: "bulk", deliveries: ["d1"], ids: ["m1"] },
    ],
    ["several without a delivery", sent(["m1", undefined, "m3"]), "auto", { kind: "sms", ids: ["m1", "m3"] }],
    [
      "a bulk, by the kind that the user chose",
      sent(["m1", "m2"], { id: "d1", deliveries: ["d1"] }),
      "email",
      { kind: "email", deliveries: ["d1"], ids: ["m1", "m2"] },
    ],
    [
      "a webhook's event",
      { provider: "p", type: "status", id: "m1", status: "sent", to: "+569" },
      "auto",
      { kind: "auto", id: "m1" },
    ],
    [
      "the terms of a search",
      { reference: "r1", limit: 0, other: 1, to: "" },
      "auto",
      { kind: "auto", search: { reference: "r1", limit: 0 } },
    ],
  ];
  for (const [title, value, kind, lookup] of cases) {
    it(`is ${title}`, () => assert.deepEqual(statusLookup(value, kind), lookup));
  }

  it("is what an earlier check said, of one message and of a delivery", () => {
    const message: MessageStatus = { id: "m1", status: "sent", final: false, providerStatus: "X" };
    const one = statusResult(
      { provider: { name: "p" } },
      { channel: "sms", single: true, messages: [message], raw: 1 },
    );
    assert.deepEqual(statusLookup(one, "auto"), { kind: "sms", id: "m1" });
    const all: StatusReply = { channel: "sms", single: false, deliveryId: "d1", messages: [message], raw: 1 };
    const bulk = statusResult({ provider: { name: "p" } }, all);
    assert.deepEqual(statusLookup(bulk, "auto"), { kind: "bulk", deliveries: ["d1"], ids: ["m1"] });
  });

  it("is refused with words when there is nothing to ask about", () => {
    for (const value of [undefined, null, ""]) assert.match(refusal(value), /What to look up is empty/);
    for (const value of [true, [], ["m1"], 1.5, 2 ** 60, Buffer.from("m1"), "  "])
      assert.match(refusal(value), /is no id/);
    assert.match(refusal({ other: 1 }), /neither an id nor anything to search for/);
    assert.match(refusal(sent([undefined, undefined])), /no message of that send was accepted/);
    assert.match(refusal(sent([], { off: true })), /switched off/);
  });
});

describe("the status of several messages", () => {
  const message = (status: MessageStatus["status"], final: boolean): MessageStatus => ({
    id: `id of ${status}`,
    status,
    final,
    providerStatus: status.toUpperCase(),
  });
  const result = (...messages: MessageStatus[]) =>
    statusResult(
      { provider: { name: "p" } },
      { channel: "sms", single: false, deliveryId: "d1", messages, raw: "raw" },
    );

  it("is that of the least advanced, and final when all of them are", () => {
    const delivered = message("delivered", true);
    assert.deepEqual(result(delivered, message("queued", false), message("sent", false)), {
      provider: "p",
      channel: "sms",
      id: "d1",
      status: "queued",
      final: false,
      providerStatus: "QUEUED",
      messages: [delivered, message("queued", false), message("sent", false)],
      raw: "raw",
    });
    assert.equal(result(delivered, delivered).final, true);
    assert.equal(result(delivered, message("undelivered", true)).status, "undelivered");
    assert.equal(result(delivered, message("rejected", true)).status, "rejected");
    assert.equal(result(message("unknown", false), message("scheduled", false)).status, "unknown");
  });

  it("of an empty search is unknown and not final", () => {
    const { status, final, messages } = result();
    assert.deepEqual({ status, final, messages }, { status: "unknown", final: false, messages: [] });
  });
});
