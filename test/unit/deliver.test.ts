import { strict as assert } from "node:assert";
import { bulkDrafts } from "../../src/bulk.ts";
import { smsDrafts } from "../../src/message.ts";
import type { SendOperation } from "../../src/provider.ts";
import type { SmsMessage } from "../../src/message.ts";
import type { Progress } from "../../src/result.ts";
import { Account } from "../../src/sending/account.ts";
import { deliver, unhonoured, type DeliverOptions } from "../../src/sending/deliver.ts";
import {
  sendSms,
  provider,
  takes,
  refuses,
  withServer,
  bulk,
  single,
  numbers,
  ownFailure,
} from "../support/delivering.ts";
import type { Answer } from "../support/delivering.ts";

describe("sending to one", () => {
  it("gives the message's own id", async () => {
    await withServer(takes, async ({ account, chunks }) => {
      assert.deepEqual(await single(account, "990324203"), {
        provider: "testing",
        channel: "sms",
        account: "Mine",
        id: "m0-0",
        deliveries: ["d0"],
        accepted: 1,
        rejected: 0,
        failed: 0,
        messages: [{ to: "+56990324203", id: "m0-0", status: "accepted", parts: 1 }],
        raw: "reply 0",
      });
      assert.deepEqual(chunks, [[{ to: "+56990324203", text: "hola" }]]);
    });
  });

  it("that is a bad number is an error, and nothing is sent", async () => {
    await withServer(takes, async ({ account, chunks }) => {
      assert.equal((await ownFailure(single(account, "12"))).code, "INVALID_NUMBER");
      assert.equal((await ownFailure(bulk(account, ["12"]))).code, "INVALID_NUMBER");
      assert.equal(chunks.length, 0);
    });
  });

  it("whom the provider refuses is an error, by a status and by its word in a good reply", async () => {
    await withServer(refuses(400), async ({ account }) => {
      const { code, cause } = await ownFailure(single(account, "990324203"));
      assert.deepEqual([code, cause.outcome, cause.httpStatus, cause.attempts], ["REJECTED", "rejected", 400, 1]);
    });
    const word: Answer = (response) => {
      const error = { code: "REJECTED", message: "On a black list", providerCode: "BL" };
      response.end(JSON.stringify({ recipients: [{ status: "rejected", error }], raw: {} }));
    };
    await withServer(word, async ({ account }) => {
      const { message, cause } = await ownFailure(single(account, "990324203"));
      assert.equal(message, "On a black list");
      assert.deepEqual([cause.code, cause.outcome, cause.providerCode], ["REJECTED", "rejected", "BL"]);
    });
  });

  it("with a reference keeps it, the user's own before the provider's", async () => {
    const answer: Answer = (response) => {
      response.end(JSON.stringify({ reference: "made", recipients: [{ id: "1", status: "accepted" }], raw: {} }));
    };
    await withServer(answer, async ({ account }) => {
      assert.equal((await single(account, "990324203")).reference, "made");
      const drafts = smsDrafts("990324203", "hola", "CL");
      assert.equal((await deliver(account, "sms", drafts, 1, { reference: "own" })).reference, "own");
    });
  });
});

describe("sending to many", () => {
  it("makes requests of as many as the provider takes, in order, with one outcome each", async () => {
    await withServer(takes, async ({ account, chunks }) => {
      const list: unknown[] = numbers(250);
      list.splice(100, 0, "bad");
      list.splice(200, 0, { to: "worse" });
      const result = await bulk(account, list);
      assert.deepEqual(
        chunks.map(({ length }) => length),
        [100, 100, 50],
      );
      assert.deepEqual([result.accepted, result.rejected, result.failed], [250, 2, 0]);
      assert.deepEqual(
        [result.id, result.deliveries, result.raw],
        ["d0", ["d0", "d1", "d2"], ["reply 0", "reply 1", "reply 2"]],
      );
      assert.equal(result.messages.length, 252);
      const { error, ...bad } = result.messages[100] ?? assert.fail();
      assert.deepEqual([bad, error?.code], [{ to: "bad", status: "rejected" }, "INVALID_NUMBER"]);
      assert.equal(result.messages[200]?.to, "worse");
      const sent = result.messages.filter(({ status }) => status === "accepted");
      assert.deepEqual(
        sent.map(({ to }) => to),
        chunks.flat().map(({ to }) => to),
      );
      assert.deepEqual(
        sent.map(({ to }) => to),
        numbers(250).map((number) => `+56${number}`),
      );
      assert.deepEqual(result.messages[101], { to: "+56990000100", id: "m1-0", status: "accepted", parts: 1 });
    });
  });

  it("follows the batch size that is chosen, as far as the provider takes it", async () => {
    const lengths = (call: DeliverOptions, more?: object) =>
      withServer(
        takes,
        ({ account, chunks }) => bulk(account, numbers(150), call).then(() => chunks.map(({ length }) => length)),
        more,
      );
    assert.deepEqual(await lengths({ batchSize: 60 }), [60, 60, 30]);
    assert.deepEqual(await lengths({ batchSize: 1000 }), [100, 50]);
    assert.deepEqual(await lengths({}, { usualRecipients: 75 }), [75, 75]);
    assert.deepEqual(await lengths({ batchSize: 100 }, { usualRecipients: 75 }), [100, 50]);
    for (const batchSize of [0, -1, 1.5, NaN]) await assert.rejects(lengths({ batchSize }), /batch size/);
  });

  it("has data, and no error, when all of several are bad", async () => {
    await withServer(takes, async ({ account, chunks }) => {
      const result = await bulk(account, ["1", "2"]);
      assert.deepEqual([result.id, result.accepted, result.rejected, result.raw, chunks.length], ["", 0, 2, null, 0]);
    });
  });

  it("goes on after a request that failed, and tells what is certain of each", async () => {
    const answer: Answer = (response, chunk, index) => {
      const answers = [takes, refuses(500), refuses(413), takes];
      answers[index]?.(response, chunk, index);
    };
    await withServer(answer, async ({ account }) => {
      const { accepted, rejected, failed, messages, deliveries } = await bulk(account, numbers(8), { batchSize: 2 });
      assert.deepEqual([accepted, rejected, failed, deliveries], [4, 2, 2, ["d0", "d3"]]);
      const statuses = ["accepted", "accepted", "unknown", "unknown", "rejected", "rejected", "accepted", "accepted"];
      assert.deepEqual(
        messages.map(({ status }) => status),
        statuses,
      );
      assert.deepEqual([messages[2]?.error?.code, messages[2]?.error?.outcome], ["PROVIDER_ERROR", "unknown"]);
      assert.equal(messages[4]?.error?.outcome, "rejected");
    });
  });

  it("counts a request for one that the provider refuses as that one's rejection", async () => {
    const answer: Answer = (response, chunk, index) => (index === 1 ? refuses(400) : takes)(response, chunk, index);
    await withServer(
      answer,
      async ({ account }) => {
        const { accepted, rejected, messages } = await single(account, "990324203,990324204,990324205");
        assert.deepEqual([accepted, rejected, messages[1]?.status], [2, 1, "rejected"]);
      },
      { maxRecipients: 1 },
    );
    await withServer(
      refuses(400),
      async ({ account }) => assert.equal((await single(account, "990324203,990324204")).rejected, 2),
      { maxRecipients: 1 },
    );
  });

  it("is an error, where it is one message, when all of several were refused: the first refusal", async () => {
    const asOne = (account: Account, to: string) => {
      const drafts = smsDrafts(to, "hola", "CL");
      return deliver(account, "sms", drafts, drafts.length, {}, { asOne: true });
    };
    await withServer(takes, async ({ account, chunks }) => {
      const { code, message, cause } = await ownFailure(asOne(account, "12,13"));
      assert.deepEqual([code, cause.outcome, cause.attempts, chunks.length], ["INVALID_NUMBER", "rejected", 0, 0]);
      assert.match(message, /^All 2 recipients were refused\. The first: Not a phone number/);
      assert.equal((await asOne(account, "12,990324203")).accepted, 1);
    });
    const words: Answer = (response, chunk) => {
      const recipients = chunk.map((_, index) => ({
        status: "rejected",
        error: { code: "REJECTED", message: `Refused ${index}` },
      }));
      response.end(JSON.stringify({ recipients, raw: {} }));
    };
    await withServer(words, async ({ account }) => {
      const { code, message } = await ownFailure(asOne(account, "990324203,990324204"));
      assert.deepEqual([code, message], ["REJECTED", "All 2 recipients were refused. The first: Refused 0"]);
    });
    const inDoubt: Answer = (response) =>
      void response.end(JSON.stringify({ recipients: [{ status: "rejected" }], raw: {} }));
    await withServer(inDoubt, async ({ account }) => {
      assert.equal((await asOne(account, "990324203,990324204")).messages[1]?.status, "unknown");
    });
    await withServer(
      refuses(400),
      async ({ account }) => {
        const { cause, message } = await ownFailure(asOne(account, "990324203,990324204"));
        assert.deepEqual([cause.httpStatus, message.startsWith("All 2")], [400, true]);
      },
      { maxRecipients: 1 },
    );
    await withServer(refuses(401), async ({ account }) => {
      const { code, message } = await ownFailure(asOne(account, "990324203,990324204"));
      assert.deepEqual([code, message.startsWith("All")], ["BAD_CREDENTIALS", false]);
    });
  });

  it("tells the provider's part how many there are in all", async () => {
    const totals: (number | undefined)[] = [];
    const send: SendOperation<SmsMessage>["send"] = (session, messages, options, part) => {
      totals.push(part?.total);
      return sendSms.send(session, messages, options);
    };
    await withServer(takes, async ({ account }) => void (await bulk(account, numbers(5), { batchSize: 2 })), { send });
    await withServer(takes, async ({ account }) => void (await single(account, "990324203")), { send });
    assert.deepEqual(totals, [5, 5, 5, 1]);
  });

  it("tries nothing more after a refusal of the credentials or for want of credit", async () => {
    for (const [status, code] of [
      [401, "BAD_CREDENTIALS"],
      [402, "NO_CREDIT"],
    ] as const) {
      const answer: Answer = (response, chunk, index) =>
        (index === 1 ? refuses(status) : takes)(response, chunk, index);
      await withServer(answer, async ({ account, chunks }) => {
        const result = await bulk(account, [...numbers(6), "bad"], { batchSize: 2 });
        assert.equal(chunks.length, 2);
        assert.deepEqual([result.accepted, result.failed, result.rejected], [2, 4, 1]);
        // The refused request, and the one that was not tried for it.
        for (const { status, error } of [result.messages[2], result.messages[5]].map((each) => each ?? assert.fail())) {
          assert.deepEqual([status, error?.code, error?.outcome], ["failed", code, "not-sent"]);
        }
      });
    }
  });

  it("is an error when every request failed: the one in doubt, if there is one", async () => {
    const answer: Answer = (response, chunk, index) =>
      (index === 1 ? refuses(500) : refuses(413))(response, chunk, index);
    await withServer(answer, async ({ account, chunks }) => {
      const { code, cause } = await ownFailure(bulk(account, [...numbers(6), "bad"], { batchSize: 2 }));
      assert.deepEqual([code, cause.outcome, chunks.length], ["PROVIDER_ERROR", "unknown", 3]);
    });
    await withServer(refuses(401), async ({ account, chunks }) => {
      const { code, cause } = await ownFailure(bulk(account, numbers(6), { batchSize: 2 }));
      assert.deepEqual([code, cause.httpStatus, cause.attempts, chunks.length], ["BAD_CREDENTIALS", 401, 1, 1]);
    });
  });

  it("leaves nobody without an outcome, even when an adapter tells too little", async () => {
    const answer: Answer = (response) =>
      void response.end(JSON.stringify({ recipients: [{ id: "1", status: "accepted" }], raw: {} }));
    await withServer(answer, async ({ account }) => {
      const { messages, failed } = await bulk(account, numbers(2));
      assert.deepEqual([messages[1]?.status, messages[1]?.error?.code, failed], ["unknown", "BAD_REPLY", 1]);
    });
  });

  it("ends at a cancel after the request in hand, and tells who got it", async () => {
    const stop = new AbortController();
    const answer: Answer = (response, chunk, index) => {
      if (index === 1) stop.abort();
      setTimeout(() => takes(response, chunk, index), 50);
    };
    await withServer(answer, async ({ account, chunks }) => {
      const result = await bulk(account, numbers(6), { batchSize: 2, stop: stop.signal });
      assert.equal(chunks.length, 2);
      assert.deepEqual([result.accepted, result.failed], [4, 2]);
      const { status, error } = result.messages[5] ?? {};
      assert.deepEqual([status, error?.code, error?.outcome], ["failed", "CANCELLED", "not-sent"]);
    });
  });

  it("is an error when it was cancelled before anything was sent", async () => {
    await withServer(takes, async ({ account, chunks }) => {
      const { code, cause } = await ownFailure(bulk(account, numbers(6), { stop: AbortSignal.abort() }));
      assert.deepEqual([code, cause.outcome, chunks.length], ["CANCELLED", "not-sent", 0]);
    });
  });

  it("tells its progress, at most five times a second, and at the end", async () => {
    const seen: Progress[] = [];
    await withServer(takes, async ({ account }) => {
      const started = performance.now();
      await bulk(account, [...numbers(300), "bad"], { batchSize: 5, onProgress: (progress) => seen.push(progress) });
      const seconds = (performance.now() - started) / 1000;
      assert.ok(seen.length >= 2 && seen.length <= 2 + seconds * 5, String(seen.length));
      const { perSecond, ...last } = seen.at(-1) ?? assert.fail();
      assert.deepEqual(last, { done: 301, total: 301, accepted: 300, rejected: 1, failed: 0, etaSeconds: 0 });
      assert.ok(perSecond > 0 && Number.isFinite(perSecond));
      assert.deepEqual([seen[0]?.done, seen[0]?.accepted], [5, 5]);
      assert.ok((seen[0]?.etaSeconds ?? 0) >= 1);
    });
  });

  it("never holds Node-RED, not even with 50,000 bad entries", async () => {
    await withServer(takes, async ({ account }) => {
      const { drafts, total } = bulkDrafts("sms", Array<string>(50_000).fill("bad"), { text: "x" }, "CL");
      let turns = 0;
      const others = setInterval(() => turns++, 1);
      const result = await deliver(account, "sms", drafts, total, {});
      clearInterval(others);
      assert.equal(result.rejected, 50_000);
      assert.ok(turns >= 3, `others had ${turns} turns`);
    });
  });

  it("lets an alarm of the same account in between", async () => {
    const answer: Answer = (response, chunk, index) => void setTimeout(() => takes(response, chunk, index), 20);
    await withServer(answer, async ({ account, chunks }) => {
      const long = bulk(account, numbers(40), { batchSize: 2 });
      await single(account, "+56 9 9999 9999");
      assert.ok(chunks.length < 10);
      await long;
    });
  });
});

describe("sending with the account switched off", () => {
  it("checks everything, sends nothing, and claims nothing", async () => {
    const account = new Account(provider, { name: "Mine", mode: "off" }, {});
    assert.deepEqual(await single(account, "990324203"), {
      provider: "testing",
      channel: "sms",
      account: "Mine",
      id: "",
      accepted: 0,
      rejected: 0,
      failed: 0,
      messages: [],
      off: true,
      raw: null,
    });
    const { rejected, messages } = await bulk(account, [990324203, "bad", 990324204]);
    assert.deepEqual([rejected, messages.map(({ to }) => to)], [1, ["bad"]]);
    assert.equal((await ownFailure(single(account, "bad"))).code, "INVALID_NUMBER");
  });
});

describe("what a provider cannot do", () => {
  const account = new Account(provider, { name: "Mine" }, {});

  it("is an error for a channel that it lacks", async () => {
    const { code, message } = await ownFailure(deliver(account, "email", [], 0, {}));
    assert.equal(code, "NOT_SUPPORTED");
    assert.match(message, /Testing cannot send e-mail/);
  });

  it("is told by name for options", () => {
    const at = new Date();
    assert.deepEqual(unhonoured(account, "sms", { at, from: "Me", reference: "r" }), ["from", "reference"]);
    assert.deepEqual(unhonoured(account, "sms", { at }), []);
  });
});

describe("the parts of a message in a result", () => {
  it("follow the chosen encoding where the provider honours it, and only there", async () => {
    const parts = (more: object) =>
      withServer(
        takes,
        async ({ account }) => {
          const drafts = smsDrafts("990324203", "a".repeat(100), "CL");
          const result = await deliver(account, "sms", drafts, 1, { encoding: "ucs2" });
          return result.messages[0]?.parts;
        },
        more,
      );
    assert.equal(await parts({}), 2);
    assert.equal(await parts({ honours: [] }), 1);
  });
});
