import { strict as assert } from "node:assert";
import { MessagingError } from "../../src/error.ts";
import type { Session, StatusLookup } from "../../src/provider.ts";
import { smshosting } from "../../src/providers/smshosting/index.ts";
import { statusLookup, statusResult } from "../../src/status.ts";
import { atWire } from "../contract/at-wire.ts";
import type { Answer, Received } from "../contract/wire.ts";
import { failure } from "../support/failure.ts";

const {
  checkStatus = assert.fail,
  checkMany,
  receiveSms = assert.fail,
  readWebhook = assert.fail,
  lists = {},
} = smshosting.operations;

const refuse = (errorMsg: string): Answer => ({ status: 400, body: { errorCode: 400, errorMsg } });

const item = (id: number | string, status = "DELIVERED", more = {}) => ({ id, to: `39348${id}`, status, ...more });

/** Pages of a list as the provider cuts them; `granted` is the most that it gives at once. */
function paged(list: readonly unknown[], { query }: Received, granted = 1000): Answer {
  const [offset, limit] = [Number(query.offset ?? 0), Math.min(Number(query.limit ?? 20), granted)];
  return { body: { metadata: { count: list.length, offset, limit }, smsList: list.slice(offset, offset + limit) } };
}

describe("SMSHosting, asking for the state of messages", () => {
  const wire = atWire(smshosting, { authKey: "chiave", authSecret: "segreto-lungo" });
  let session: Session;

  beforeEach(async () => {
    session = await wire.open();
  });

  const check = (lookup: StatusLookup) => checkStatus(session, lookup);
  const targets = () => wire.received.map(({ path, query }) => [path.slice(1), query.id ?? query.transactionId]);

  it("knows each state of the document, in any case, and takes an unknown word for unknown", async () => {
    const cases = {
      PENDING: ["queued", false],
      SENT: ["sent", false],
      NOSENT: ["undelivered", true],
      DELIVERED: ["delivered", true],
      notdelivered: ["undelivered", true],
      SANDBOX: ["accepted", true],
      constructor: ["unknown", false],
      "": ["unknown", false],
    };
    for (const [word, expected] of Object.entries(cases)) {
      wire.reply({ smsList: [item(1, word)] });
      const [message] = (await check({ kind: "sms", id: "1" })).messages;
      assert.deepEqual([message?.status, message?.final, message?.providerStatus], [...expected, word]);
    }
  });

  it("calls a number the same in a search, in the inbox and in a callback, with its country's prefix or without", async () => {
    const numbers = {
      "3480005566": "+393480005566",
      "393480005566": "+393480005566",
      // Numbers of Iceland, Estonia and Andorra, which Italy's plan has as well: the document writes the prefix always.
      "3546112233": "+3546112233",
      "3725012345": "+3725012345",
      "376312345": "+376312345",
      "4880": "4880",
    };
    for (const [to, expected] of Object.entries(numbers)) {
      wire.reply({ smsList: [{ id: 1, to, status: "SENT" }] });
      assert.equal((await check({ kind: "sms", id: "1" })).messages[0]?.to, expected);
      wire.reply({ smsList: [{ id: 1, from: to, to, text: "Ciao", receiveDate: "2026-11-22T08:00:00+0100" }] });
      const [received] = await receiveSms(session, { senders: [], since: new Date(0) });
      assert.deepEqual([received?.from, received?.to], [expected, expected]);
      const account = { country: "IT", timeZone: "Europe/Rome" };
      const heard = await readWebhook(account, { id: "1", to, status: "SENT" });
      assert.equal(heard?.type === "status" ? heard.to : undefined, expected);
    }
  });

  it("asks for many ids in few requests, page by page, and answers in their order", async () => {
    const ids = Array.from({ length: 250 }, (_, index) => String(index + 1));
    wire.answer((received) => {
      const asked = (received.query.id ?? "")
        .split(",")
        .reverse()
        .filter((id) => id !== "7");
      return paged(
        asked.map((id) => item(id)),
        received,
        50,
      );
    });
    const { messages, single, channel } = await check({ kind: "sms", ids });
    assert.deepEqual([single, channel], [false, "sms"]);
    assert.deepEqual(
      messages.map(({ id }) => id),
      ids,
    );
    assert.deepEqual(messages[6], { id: "7", status: "unknown", final: false, providerStatus: "" });
    assert.deepEqual(messages[7]?.status, "delivered");
    assert.equal(wire.received.length, 5, "no more is asked for than is needed");
  });

  it("tells each of several ids what it would be told alone, an error for one that is not known among them", async () => {
    wire.answer((received) =>
      received.path === "/sms/search"
        ? paged([item(12, "SENT")], received)
        : paged([item(11, "SENT", { type: "PUSH" })], received),
    );
    const [push, sms, unknown] = (await checkMany?.check(session, ["11", "12", "13"], "auto")) ?? [];
    assert.ok(push && !(push instanceof Error) && sms && !(sms instanceof Error));
    assert.deepEqual([push.channel, push.messages[0]?.id, push.single], ["push", "11", true]);
    assert.deepEqual([sms.channel, sms.messages[0]?.id, sms.raw], ["sms", "12", item(12, "SENT")]);
    const alone = await failure(check({ kind: "auto", id: "13" }));
    assert.ok(unknown instanceof MessagingError);
    assert.deepEqual([unknown.code, unknown.message], [alone.code, alone.message]);
    const email = checkMany?.check(session, ["11"], "email") ?? assert.fail();
    assert.equal((await failure(email)).code, "NOT_SUPPORTED");
    assert.deepEqual(
      ["11", "nr-11", ""].map((id) => checkMany?.takes(id)),
      [true, false, false],
    );
  });

  it("takes a comma list of ids", async () => {
    wire.answer((received) => paged([item("12"), item(11)], received));
    const { messages } = await check({ kind: "sms", id: "11, 12" });
    assert.deepEqual([messages.map(({ id }) => id), targets()], [["11", "12"], [["sms/search", "11,12"]]]);
  });

  it("asks the push service for what the one of SMS does not know", async () => {
    wire.answer((received) =>
      paged(received.path === "/sms/search" ? [item(1)] : [item(2, "SENT", { type: "PUSH" })], received),
    );
    const { messages, channel } = await check({ kind: "auto", ids: ["1", "2"] });
    assert.deepEqual(
      messages.map(({ id, status }) => [id, status]),
      [
        ["1", "delivered"],
        ["2", "sent"],
      ],
    );
    assert.equal(channel, "push");
    assert.deepEqual(targets(), [
      ["sms/search", "1,2"],
      ["push/search", "1,2"],
    ]);
  });

  it("does without the push service where the account has none, but not without an answer of the other", async () => {
    wire.answer((received) =>
      received.path === "/push/search" ? refuse("PUSH_UNAVAILABLE") : paged([item(1)], received),
    );
    const { messages } = await check({ kind: "auto", ids: ["1", "2"] });
    assert.deepEqual(
      messages.map(({ status }) => status),
      ["delivered", "unknown"],
    );
    assert.equal((await failure(check({ kind: "push", id: "1" }))).code, "NOT_SUPPORTED");
    wire.answer(() => refuse("BAD_CREDENTIALS"));
    assert.equal((await failure(check({ kind: "auto", id: "1" }))).code, "BAD_CREDENTIALS");
  });

  it("takes an id that is no number, and a delivery's, for the reference of a send", async () => {
    wire.answer((received) => paged([item(1), item(2, "SENT")], received));
    const { messages, single, deliveryId } = await check({ kind: "auto", id: "alarm, north" });
    assert.deepEqual([messages.length, single, deliveryId], [2, false, "alarm, north"]);
    await check({ kind: "bulk", deliveries: ["nr-1", "nr-2", "nr-1"] });
    assert.deepEqual(targets(), [
      ["sms/search", "alarm, north"],
      ["push/search", "alarm, north"],
      ["sms/search", "nr-1"],
      ["sms/search", "nr-2"],
    ]);
  });

  it("finds the pushes and the SMS of one send, each once", async () => {
    const sms = item(1, "DELIVERED", { type: "SMS" });
    wire.answer((received) =>
      paged(received.path === "/sms/search" ? [sms] : [item(7, "SENT", { type: "PUSH" }), sms], received),
    );
    for (const search of [{ reference: "alarm" }, { from: "2026-01-01T00:00" }]) {
      const reply = await check({ kind: "auto", search });
      assert.deepEqual(
        reply.messages.map(({ id, status }) => `${id} ${status}`),
        ["1 delivered", "7 sent"],
      );
      assert.equal(statusResult({ provider: smshosting }, reply).final, false);
    }
    assert.equal((await check({ kind: "auto", search: { from: "2026-01-01T00:00" } })).page?.count, 2);
  });

  it("goes on while the provider counts more than it has given, whatever size of page it speaks of", async () => {
    const list = Array.from({ length: 45 }, (_, index) => item(index + 1));
    const short = ({ query }: Received) => {
      const offset = Number(query.offset);
      const metadata = { count: list.length, offset, limit: Number(query.limit) };
      return { body: { metadata, smsList: list.slice(offset, offset + 20) } };
    };
    wire.answer(short);
    const { messages } = await check({ kind: "sms", search: { reference: "alarm" } });
    assert.deepEqual([messages.length, wire.received.length], [45, 3]);
    const ids = list.map(({ id }) => String(id));
    assert.ok((await check({ kind: "sms", ids })).messages.every(({ status }) => status === "delivered"));
    wire.answer((received) => {
      const { smsList } = short(received).body;
      return { body: { metadata: { count: 1000 }, smsList } };
    });
    assert.equal((await check({ kind: "sms", search: { reference: "alarm" } })).messages.length, 45);
  });

  it("takes for cancelled only what did not go out", async () => {
    const cancel = async (...states: string[]) => {
      wire.reply(states.map((status, index) => item(index + 1, status)));
      return smshosting.operations.cancelSms?.(session, { reference: "alarm" }) ?? assert.fail();
    };
    const { messages, notCancelled } = await cancel("PENDING", "SENT", "CANCELLED", "Delivered", "NOT_CANCELLED");
    assert.deepEqual(
      [messages.map(({ id }) => id), notCancelled],
      [
        ["1", "3"],
        ["2", "4", "5"],
      ],
    );
    assert.match((await failure(cancel("SENT"))).message, /nothing to cancel/);
  });

  it("understands the results of its own sends", async () => {
    wire.answer((received) => paged([item(1), item(2, "SENT")], received));
    const sent = { provider: "smshosting", channel: "sms", account: "a", accepted: 2, rejected: 0, raw: null };
    const messages = [
      { to: "+391", id: "1", status: "accepted" },
      { to: "+392", id: "2", status: "accepted" },
    ];
    const results = [
      { ...sent, id: "1", messages: messages.slice(0, 1) },
      { ...sent, id: "1", messages },
      { ...sent, id: "nr-9", deliveries: ["nr-9"], messages },
      { ...sent, channel: "push", id: "alarm-7", messages },
    ];
    for (const result of results) {
      const status = statusResult({ provider: smshosting }, await check(statusLookup(result, "auto")));
      assert.equal(status.provider, "smshosting");
    }
    assert.deepEqual(targets(), [
      ["sms/search", "1"],
      ["sms/search", "1,2"],
      ["sms/search", "nr-9"],
      ["push/search", "alarm-7"],
    ]);
  });

  it("reads all pages of a reference, and only the asked page of another search", async () => {
    const list = Array.from({ length: 230 }, (_, index) => item(index + 1));
    wire.answer((received) => paged(list, received));
    assert.equal((await check({ kind: "sms", search: { reference: "r" } })).messages.length, 230);
    assert.equal(wire.received.length, 3);
    const page = await check({ kind: "sms", search: { reference: "r", limit: 30, offset: "200" } });
    assert.deepEqual([page.messages.length, page.page], [30, { count: 230, offset: 200, limit: 30 }]);
    assert.equal(wire.received.length, 4);
  });

  it("stops where a server ignores the offset", async () => {
    const list = Array.from({ length: 100 }, (_, index) => item(index + 1));
    wire.reply({ smsList: list });
    assert.equal((await check({ kind: "sms", search: { reference: "r" } })).messages.length, 100);
    assert.equal(wire.received.length, 2);
  });

  it("refuses a search that the provider would not understand, before any request", async () => {
    const cases: [Record<string, unknown>, string, RegExp][] = [
      [{ limit: 5 }, "INVALID_MESSAGE", /nothing to search for/],
      [{ status: "opened" }, "INVALID_MESSAGE", /queued, scheduled, sent/],
      [{ number: "12" }, "INVALID_NUMBER", /phone number/],
      [{ from: "yesterday" }, "INVALID_MESSAGE", /time/],
      [{ reference: "r", limit: 0 }, "INVALID_MESSAGE", /"limit".*from 1/],
      [{ reference: "r", offset: -1 }, "INVALID_MESSAGE", /"offset".*from 0/],
    ];
    for (const [search, code, says] of cases) {
      const error = await failure(check({ kind: "auto", search }));
      assert.equal(error.code, code);
      assert.match(error.message, says);
    }
    assert.equal((await failure(check({ kind: "email", id: "1" }))).code, "NOT_SUPPORTED");
    assert.equal(wire.received.length, 0);
  });

  it("says of one id that nobody knows it, and that a later try may find it", async () => {
    wire.reply({ smsList: null, metadata: {} });
    const { code, cause, message } = await failure(check({ kind: "auto", id: "12" }));
    assert.deepEqual([code, cause.outcome, cause.retryable], ["REJECTED", "rejected", true]);
    assert.match(message, /knows no message 12/);
  });

  it("has read a search without results, but not a reply without a list", async () => {
    wire.reply({ metadata: { count: 0, offset: 0, limit: 20 }, smsList: [] });
    assert.deepEqual((await check({ kind: "sms", search: { reference: "r" } })).messages, []);
    wire.reply({ ok: true });
    assert.equal((await failure(check({ kind: "sms", search: { reference: "r" } }))).code, "BAD_REPLY");
  });

  it("reads received messages of all pages, and asks for a date even if the flow has none", async () => {
    const list = Array.from({ length: 150 }, (_, index) => ({
      simId: 1,
      from: "393480000001",
      text: `n. ${index}`,
      receiveDate: new Date(Date.UTC(2026, 0, 1, 0, 0, 150 - index)).toISOString(),
    }));
    wire.answer((received) => paged(list, received));
    const messages = await receiveSms(session, {});
    assert.deepEqual([messages.length, messages[0]?.text, messages[149]?.text], [150, "n. 149", "n. 0"]);
    assert.match(wire.received[0]?.query.fromDate ?? "", /^2000-01-01T\d\d:00:00\+0\d00$/);
    assert.ok(!("from" in (wire.received[0]?.query ?? {})));
  });

  it("reads a message once that is pushed onto the next page meanwhile, and two that are the same twice", async () => {
    const newest = (text: string) => ({
      simId: 1,
      from: "393480000001",
      text,
      receiveDate: "2026-01-01T10:00:00+0100",
    });
    const list = Array.from({ length: 150 }, (_, index) => newest(`n. ${index}`));
    let pages = 0;
    wire.answer((received) => {
      if (++pages === 2) list.unshift(newest("late"), newest("later"));
      return paged(list, received);
    });
    const slid = (await receiveSms(session, {})).map(({ text }) => text);
    assert.deepEqual([slid.length, new Set(slid).size], [150, 150]);
    const twice = [...list.slice(0, 100), ...list.slice(99, 120)];
    wire.answer((received) => paged(twice, received));
    assert.equal((await receiveSms(session, {})).length, 121);
  });

  it("reads senders in any form, and refuses lists that are none", async () => {
    wire.reply({ credit: "3.5", sender: "", senderAlias: [{ alias: "ALARM", id: 3 }, "ALARM", null, 39348] });
    assert.deepEqual(
      (await lists.senders?.(session))?.map(({ id }) => id),
      ["ALARM", "39348"],
    );
    assert.equal((await smshosting.operations.checkBalance?.check(session, "sms"))?.balance, 3.5);
    wire.reply({ groups: [] });
    assert.equal((await failure(lists.groups?.(session) ?? assert.fail())).code, "BAD_REPLY");
  });
});
