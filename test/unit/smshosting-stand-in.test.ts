import { strict as assert } from "node:assert";
import type { Session } from "../../src/provider.ts";
import { imageFile } from "../../src/image.ts";
import { smshosting } from "../../src/providers/smshosting/index.ts";
import { smshostingStandIn } from "../../src/providers/smshosting/stand-in.ts";
import { startSandbox } from "../../src/sandbox/index.ts";
import type { Sandbox } from "../../src/sandbox/index.ts";
import { Account } from "../../src/sending/account.ts";
import { deliver } from "../../src/sending/deliver.ts";
import { statusLookup } from "../../src/status.ts";
import { failure } from "../support/failure.ts";

type Json = Record<string, unknown>;

const GIF = Buffer.from("GIF89a and more");
const START = Date.parse("2026-07-01T12:00:00+02:00");

describe("the stand-in for SMSHosting", () => {
  let sandbox: Sandbox;
  let now: number;

  beforeEach(async () => {
    now = START;
    sandbox = await startSandbox(smshostingStandIn(), { now: () => now });
  });

  afterEach(() => sandbox.close());

  async function call(method: string, path: string, parameters: Json = {}, body?: BodyInit, host = sandbox) {
    const { authKey, authSecret } = sandbox.credentials;
    const pairs = Object.entries(parameters).map(([name, value]) => [name, String(value)]);
    const query = method === "GET" ? `?${new URLSearchParams(pairs).toString()}` : "";
    const answer = await fetch(`${host.url}/${path}${query}`, {
      method,
      headers: { authorization: `Basic ${btoa(`${authKey}:${authSecret}`)}` },
      ...(method === "POST" && { body: body ?? new URLSearchParams(pairs) }),
    });
    return { status: answer.status, body: (await answer.json()) as Json };
  }

  const sms = (to: string, more: Json = {}) => call("POST", "sms/send", { to, text: "Ciao", ...more });
  const items = ({ body }: { body: Json }) => body.sms as Json[];
  const stateOf = async (id: unknown) =>
    ((await call("GET", "sms/search", { id })).body.smsList as Json[]).map(({ status }) => status)[0];

  it("wants its own key, form bodies and the documented methods", async () => {
    const stranger = await fetch(`${sandbox.url}/user`, { headers: { authorization: `Basic ${btoa("a:b")}` } });
    assert.deepEqual([stranger.status, await stranger.json()], [401, { errorCode: 401, errorMsg: "BAD_CREDENTIALS" }]);
    assert.equal((await call("GET", "sms/send")).status, 405);
    assert.equal((await call("POST", "push/multimedia/a")).status, 405);
    assert.equal((await call("GET", "constructor")).status, 404);
    const file = new FormData();
    file.set("to", "393480000000");
    file.set("text", "Ciao");
    assert.equal((await call("POST", "push/send", {}, file)).status, 415);
    assert.equal((await call("POST", "sms/send", {}, "{}")).body.errorCode, 415);
  });

  it("answers with all codes that apply, joined by commas", async () => {
    const cases: [string, Json, string][] = [
      ["push/send", {}, "BAD_CONTENT_PUSH,NO_VALID_RECIPIENT"],
      ["push/send", { to: "39348", text: "x", onlyPush: "false" }, "BAD_TEXT"],
      ["push/send", { group: "9", text: "x", onlyPush: "maybe" }, "NO_PARAMS,BAD_TEXT,BAD_GROUP,NO_VALID_RECIPIENT"],
      [
        "push/estimate",
        { to: "39348", text: "x", onlyPush: "false", smsText: "x", smsEncoding: "8BIT" },
        "BAD_ENCODING",
      ],
      [
        "sms/send",
        { to: "39348", text: "x", from: "much too long for it", date: "2026-07-01T12:00:00+02:00" },
        "BAD_FROM,BAD_DATE",
      ],
      ["sms/send", { to: "39348", text: "x".repeat(2000) }, "BAD_TEXT"],
      ["sms/send", { to: "39348", text: "x", date: "2026-13-01T12:00:00+0200" }, "BAD_DATE"],
      ["sms/send", { to: "39348", text: "x", transactionId: "x".repeat(61) }, "BAD_TRANSACTIONID"],
      ["sms/cancel", {}, "NO_PARAMS"],
      ["sms/cancel", { id: "7" }, "BAD_ID"],
      ["push/invitation", {}, "NO_PARAMS"],
      ["push/invitation", { to: "+39348" }, "BAD_TO"],
    ];
    for (const [path, parameters, errorMsg] of cases) {
      assert.deepEqual(await call("POST", path, parameters), { status: 400, body: { errorCode: 400, errorMsg } }, path);
    }
    const searches: [Json, string][] = [
      [{ limit: 3 }, "NO_PARAMS"],
      [{ id: "a,1", msisdn: "+39", status: "X", fromDate: "2026" }, "BAD_ID,BAD_MSISDN,BAD_STATUS,BAD_DATE"],
    ];
    for (const [parameters, errorMsg] of searches) {
      assert.equal((await call("GET", "push/search", parameters)).body.errorMsg, errorMsg);
    }
    assert.equal((await call("GET", "sms/received/search")).body.errorMsg, "NO_PARAMS");
    assert.equal((await call("GET", "push/multimedia/nothing")).body.errorMsg, "BAD_ID");
  });

  it("moves a message through its states by its age, from its date on", async () => {
    const [ordinary, later] = [
      ...items(await sms("393480000100")),
      ...items(await sms("393480000101", { date: "2026-07-01T12:01:00+0200" })),
    ].map(({ id }) => id);
    const states = async (at: number) => {
      now = START + at;
      return [await stateOf(ordinary), await stateOf(later)];
    };
    assert.deepEqual(await states(0), ["PENDING", "PENDING"]);
    assert.deepEqual(await states(2000), ["SENT", "PENDING"]);
    assert.deepEqual(await states(4000), ["DELIVERED", "PENDING"]);
    assert.deepEqual(await states(62_000), ["DELIVERED", "SENT"]);
    assert.deepEqual(await states(64_000), ["DELIVERED", "DELIVERED"]);
    const { body } = await call("GET", "sms/search", { id: ordinary });
    assert.deepEqual(body.metadata, { count: 1, offset: 0, limit: 20 });
    const [{ deliveryDate, insertDate } = {}] = body.smsList as Json[];
    assert.deepEqual([insertDate, deliveryDate], ["2026-07-01T12:00:00+0200", "2026-07-01T12:00:03+0200"]);
  });

  it("does to magic numbers what its table says", async () => {
    const numbers = ["0001", "0002", "0003", "0004", "0008"].map((ending) => `39348000${ending}`);
    const { body } = await sms(numbers.join(","));
    assert.deepEqual(
      (body.sms as Json[]).map(({ status, statusDetail }) => statusDetail ?? status),
      ["BADNUMBERFORMAT", "INSERTED", "INSERTED", "BLACKLIST", "INSERTED"],
    );
    assert.deepEqual([body.smsInserted, body.smsNotInserted], [3, 2]);
    now += 10_000;
    const ids = (body.sms as Json[]).flatMap(({ id }) => id ?? []);
    assert.deepEqual(await Promise.all(ids.map(stateOf)), ["NOTDELIVERED", "SENT", "NOSENT"]);
    assert.equal((await sms("393480000005")).body.errorMsg, "GENERIC_ERROR");
    assert.equal((await sms("393480000006")).status, 429);
    assert.deepEqual((await sms("393480000007")).body, { result: "OK" });
    assert.equal((await call("POST", "push/send", { to: "393480000009", text: "x" })).body.pushInserted, 0);
  });

  it("refuses the same text to the same number from the same sender within 24 hours", async () => {
    const details = async (more: Json = {}) =>
      items(await sms("393480000100", more)).map(({ statusDetail }) => statusDetail);
    assert.deepEqual(await details(), [undefined]);
    assert.deepEqual(await details({ from: "ALARM" }), [undefined]);
    assert.deepEqual(await details(), ["DUPLICATESMS"]);
    now += 25 * 3_600_000;
    assert.deepEqual(await details(), [undefined]);
  });

  it("keeps nothing of a test, and takes no credit for it", async () => {
    const [{ status } = {}] = items(await sms("393480000100", { sandbox: "true" }));
    const { body } = await call("GET", "user");
    assert.deepEqual([status, sandbox.messages().length, body.credit], ["SANDBOX", 0, 10_000]);
  });

  it("takes credit for SMS and messages of the plan for pushes, until there is none", async () => {
    const poor = await startSandbox(smshostingStandIn(0.1));
    try {
      const send = (to: string) => call("POST", "sms/send", { to, text: "x".repeat(161) }, undefined, poor);
      assert.equal((await send("393480000100")).body.smsInserted, 1);
      assert.equal((await send("393480000101")).body.errorMsg, "BAD_CREDIT");
    } finally {
      await poor.close();
    }
    const { body } = await call("POST", "push/estimate", {
      ...{ to: "393480000100,393480000009", group: "1,2", text: "x" },
      ...{ onlyPush: "false", smsText: "y".repeat(161), smsEncoding: "AUTO" },
    });
    const estimate = { cost: 0.2, userCredit: 10_000, smsCount: 4, pushCount: 5, pushAvailable: 100_000 };
    assert.deepEqual(body, estimate);
  });

  it("takes five parts beside a push, and seven alone", async () => {
    const [five, six] = [5, 6].map((parts) => "x".repeat(153 * parts));
    const push = { to: "393480000009", text: "x", onlyPush: "false" };
    assert.equal((await call("POST", "push/send", { ...push, smsText: five })).status, 200);
    assert.equal((await call("POST", "push/send", { ...push, smsText: six })).status, 400);
    assert.equal((await call("POST", "sms/send", { to: "393480000010", text: six })).status, 200);
  });

  it("cancels what is still to be sent, and nothing else", async () => {
    const date = "2026-07-02T12:00:00+0200";
    const { body } = await sms("393480000100,393480000101", { date, transactionId: "t" });
    const [first] = body.sms as Json[];
    const cancelled = await call("POST", "sms/cancel", { id: first?.id });
    assert.deepEqual(
      (cancelled.body as unknown as Json[]).map(({ id }) => id),
      [first?.id],
    );
    assert.equal(await stateOf(first?.id), "CANCELLED");
    assert.equal(((await call("POST", "sms/cancel", { transactionId: "t" })).body as unknown as Json[]).length, 1);
    assert.deepEqual((await call("POST", "sms/cancel", { transactionId: "t" })).body, []);
  });

  describe("spoken to by the adapter", () => {
    let account: Account;
    let session: Session;
    const { operations } = smshosting;

    beforeEach(async () => {
      account = new Account(smshosting, { name: "a", baseUrl: sandbox.url, country: "IT" }, sandbox.credentials);
      session = await account.open();
    });

    afterEach(() => account.close());

    it("gives back the image of a push, by the id that a search shows", async () => {
      const image = await imageFile(GIF);
      const push = { to: ["+393480000100"], groups: ["1"], text: "Perché á", image };
      const { recipients, id } = (await operations.sendPush?.(session, push)) ?? assert.fail();
      assert.deepEqual(
        recipients.map(({ via, status }) => [via, status]),
        Array(3).fill(["push", "accepted"]),
      );
      const { messages, raw } = (await operations.checkStatus?.(session, { kind: "auto", id })) ?? assert.fail();
      assert.equal(messages.length, 3);
      const [page] = (Array.isArray(raw) ? raw : [raw]).filter((each) => (each as Json).smsList) as {
        smsList: Json[];
      }[];
      const shown = page?.smsList[0]?.multimediaContent ?? assert.fail("the search must show the image");
      const imageId = String((shown as Json).id);
      const { body, contentType } = (await operations.downloadImage?.(session, imageId)) ?? assert.fail();
      assert.deepEqual([body, contentType], [GIF, "image/gif"]);
      assert.equal(sandbox.messages()[0]?.text, "Perché á");
      assert.equal(sandbox.messages()[0]?.imageId, imageId);
    });

    it("takes an image of the largest size that is sent", async () => {
      const image = await imageFile(Buffer.concat([GIF, Buffer.alloc(5 * 1024 * 1024 - GIF.length)]));
      const push = { to: ["+393480000100"], groups: [], image };
      const { recipients } = (await operations.sendPush?.(session, push)) ?? assert.fail();
      assert.equal(recipients[0]?.status, "accepted");
    });

    it("sends an SMS instead of a push to whom has no app, invites them, and estimates as it charges", async () => {
      const push = { to: ["+393480000009", "+393480000100"], groups: [], text: "p", sms: { text: "s", from: "ALARM" } };
      const estimate = await operations.estimatePush?.(session, push);
      assert.deepEqual([estimate?.sms, estimate?.push, estimate?.cost], [1, 1, 0.05]);
      const { recipients } = (await operations.sendPush?.(session, push)) ?? assert.fail();
      assert.deepEqual(
        recipients.map(({ via }) => via),
        ["sms", "push"],
      );
      const { sms: _, ...pushOnly } = push;
      const alone = (await operations.sendPush?.(session, pushOnly)) ?? assert.fail();
      assert.match(alone.recipients[0]?.error?.message ?? "", /cannot be reached by push/);
      const balance = await operations.checkBalance?.check(session, "sms");
      assert.equal(balance?.balance, 9999.95);
      assert.match((await operations.invite?.(session, "+393480000009"))?.url ?? "", /^https:\/\/cqui\.it\/\w+$/);
      assert.deepEqual(await operations.lists?.groups?.(session), [
        { id: "1", name: "Amici" },
        { id: "2", name: "Scuola" },
      ]);
      assert.deepEqual(
        (await operations.lists?.senders?.(session))?.map(({ id }) => id),
        ["Sandbox", "INFO", "ALARM"],
      );
    });

    it("delivers a bulk of one text and of many, in order, and tells the state of all of it", async () => {
      const drafts = Array.from({ length: 1203 }, (_, index) => {
        const to = `+39349000${String(index).padStart(4, "0")}`;
        return { to, message: { to, text: index < 1200 ? "Ciao" : `Ciao ${index}` } };
      });
      for (const batchSize of [500, 5000]) {
        const result = await deliver(account, "sms", drafts, drafts.length, {}, { batchSize });
        const refused = batchSize === 500 ? [1, 4] : [];
        assert.equal(result.messages.length, 1203);
        assert.deepEqual(
          result.messages.flatMap(({ status }, index) => (status === "rejected" ? [index] : [])),
          refused,
        );
        assert.equal(result.accepted, 1203 - refused.length);
        const { messages } = (await operations.checkStatus?.(session, statusLookup(result, "auto"))) ?? assert.fail();
        assert.ok(messages.length >= (batchSize === 500 ? 1201 : 3), `${messages.length} found`);
        // The same texts again would be duplicates.
        now += 25 * 3_600_000;
      }
      assert.ok(sandbox.requests().some(({ path }) => path === "sms/sendbulk"));
    });

    it("schedules, cancels, and receives answers", async () => {
      const send = (to: string, at?: Date) =>
        operations.sendSms?.send(session, [{ to, text: "Vieni?" }], at ? { at } : {}) ?? assert.fail();
      const { recipients, reference = "" } = await send("+393480000100", new Date(START + 3_600_000));
      assert.equal(recipients[0]?.status, "scheduled");
      const { messages } = (await operations.cancelSms?.(session, { reference })) ?? assert.fail();
      assert.deepEqual(messages, [
        { id: recipients[0].id, to: "+393480000100", status: "undelivered", providerStatus: "CANCELLED" },
      ]);
      const again = await failure(operations.cancelSms?.(session, { reference }) ?? assert.fail());
      assert.equal(again.code, "REJECTED");

      await send("+393480000011");
      now += 6000;
      const since = new Date(START);
      const [answer] = (await operations.receiveSms?.(session, { since, senders: ["+393480000011"] })) ?? [];
      assert.deepEqual(
        [answer?.from, answer?.text, answer?.receivedAt],
        ["+393480000011", "OK: Vieni?", "2026-07-01T10:00:05.000Z"],
      );
      assert.deepEqual(await operations.receiveSms?.(session, { since: new Date(START + 6000) }), []);
    });

    it("is still there after each fault that the sandbox can have", async () => {
      for (const kind of ["html", "empty", "truncated", "no-id", "reset-before-read", "reset-after-read"] as const) {
        sandbox.misbehave({ kind }, { path: "sms/send" });
        const error = await failure(
          operations.sendSms?.send(session, [{ to: "+393480000100", text: kind }], {}) ?? assert.fail(),
        );
        assert.equal(error.cause.outcome, "unknown", kind);
        const { messages } =
          (await operations.checkStatus?.(session, { kind: "sms", search: { reference: error.cause.reference } })) ??
          assert.fail();
        const wasTaken = !["html", "reset-before-read"].includes(kind);
        assert.equal(messages.length, wasTaken ? 1 : 0, `${kind}: the reference settles what became of it`);
      }
    });
  });
});
