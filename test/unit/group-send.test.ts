import { strict as assert } from "node:assert";
import { invalid } from "../../src/error.ts";
import type { GroupSendReply } from "../../src/provider.ts";
import { Account } from "../../src/sending/account.ts";
import { sendToGroups, type GroupSend } from "../../src/sending/group-send.ts";
import { bareProvider } from "../support/bare-provider.ts";

const A = { to: "+393480000001", message: null };
const B = { to: "+393480000002", message: null };
const BAD = { to: "12", error: invalid("Bad.", "INVALID_NUMBER") };

async function sent(what: Partial<GroupSend>, reply: Partial<GroupSendReply> = {}, mode: "live" | "off" = "live") {
  const account = new Account(bareProvider(), { name: "A", mode }, {});
  let requests = 0;
  const send = () => {
    requests += 1;
    return Promise.resolve({ id: "1", recipients: [], raw: {}, ...reply });
  };
  try {
    const result = await sendToGroups(account, { channel: "push", hasGroups: false, send, ...what }, {});
    return { ...result, requests };
  } finally {
    await account.close();
  }
}

describe("a send to recipients and groups", () => {
  it("names the recipients in the order given, whatever the order of the reply, and members of groups after them", async () => {
    const { messages } = await sent(
      { recipients: [B, BAD, A], hasGroups: true },
      {
        recipients: [
          { to: "+393480000009", status: "accepted", id: "9" },
          { to: A.to, status: "accepted", id: "1" },
          { to: B.to, status: "rejected" },
        ],
      },
    );
    assert.deepEqual(
      messages.map(({ to, status }) => [to, status]),
      [
        [B.to, "rejected"],
        ["12", "rejected"],
        [A.to, "accepted"],
        ["+393480000009", "accepted"],
      ],
    );
  });

  it("leaves a recipient open of whom the reply says nothing", async () => {
    const { messages, accepted, failed } = await sent(
      { recipients: [A, B] },
      { recipients: [{ to: A.to, status: "accepted" }] },
    );
    assert.equal(messages[1]?.status, "unknown");
    assert.deepEqual([accepted, failed], [1, 1]);
  });

  it("takes the provider's count where that is all it tells", async () => {
    const { accepted, messages } = await sent({ hasGroups: true }, { accepted: 700 });
    assert.deepEqual([accepted, messages], [700, []]);
  });

  it("fails where all recipients are refused, by our own check or by the provider", async () => {
    let requests = 0;
    const send = () => {
      requests += 1;
      return Promise.reject(new Error("Nobody should be asked."));
    };
    const nobody = sent({ recipients: [BAD, { ...BAD, to: "34" }], send });
    await assert.rejects(nobody, { code: "INVALID_NUMBER", message: /All 2 recipients were refused/ });
    assert.equal(requests, 0);
    const recipients = [A, B].map(({ to }) => ({ to, status: "rejected" as const }));
    await assert.rejects(sent({ recipients: [A, B] }, { recipients }), { code: "REJECTED", message: /All 2/ });
  });

  it("fails with the error of its only recipient, which knows the account and the reference", async () => {
    const about = { provider: "testing", account: "A", reference: "r" };
    await assert.rejects(sent({ recipients: [BAD], reference: "r" }), ({ code, cause }) => {
      assert.equal(code, "INVALID_NUMBER");
      assert.deepEqual({ ...cause, ...about }, cause);
      return true;
    });
    const refused = { to: A.to, status: "rejected" as const, error: { code: "NO_CREDIT" as const, message: "No." } };
    await assert.rejects(sent({ recipients: [A] }, { recipients: [refused], reference: "r" }), ({ code, cause }) => {
      assert.equal(code, "NO_CREDIT");
      assert.deepEqual({ ...cause, ...about }, cause);
      return true;
    });
  });

  it("does not fail for one bad recipient beside groups", async () => {
    assert.equal((await sent({ recipients: [BAD], hasGroups: true })).rejected, 1);
  });

  it("sends nothing from an account that is switched off", async () => {
    const result = await sent({ recipients: [A, BAD], hasGroups: true }, {}, "off");
    assert.deepEqual([result.off, result.requests, result.accepted, result.rejected], [true, 0, 0, 1]);
  });
});
