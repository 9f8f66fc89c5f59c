import { strict as assert } from "node:assert";
import { KEY, post, refuse, withAccount, type Answer } from "../support/account-at-server.ts";
import { failure } from "../support/failure.ts";

describe("an account's secrets", () => {
  const echo: Answer = (response, { headers }) => {
    const { authorization } = headers;
    const body = { key: KEY, encoded: encodeURIComponent(KEY), authorization, nested: [{ [KEY]: 1 }], id: "id-4242" };
    response.writeHead(200, { "x-echo": KEY }).end(JSON.stringify(body));
  };
  const basic = { authorization: `Basic ${Buffer.from(`id-42:${KEY}`).toString("base64")}` };

  it("do not come back in a reply, in whatever form the server repeats them", async () => {
    await withAccount(echo, async (account) => {
      const reply = await post(await account.open(), { headers: basic });
      const seen = JSON.stringify([reply.json(), reply.text(), reply.headers]);
      for (const secret of [KEY, encodeURIComponent(KEY), basic.authorization]) assert.ok(!seen.includes(secret), seen);
      assert.equal((reply.json() as { id: string }).id, "id-4242", "a short one may be part of an id by chance");
    });
  });

  it("are in no error, neither in its words nor in the provider's code or the stack", async () => {
    await withAccount(refuse(400), async (account) => {
      const explain = () => ({ text: `Bad key ${KEY} of id-42`, providerCode: KEY });
      const error = await failure(post(await account.open(), { explain }));
      const seen = [error.message, error.stack, JSON.stringify(error.cause)].join();
      assert.ok(!seen.includes(KEY) && !seen.includes("id-42"), seen);
      assert.match(error.message, /Bad key/);
      const own = await failure(account.perform({}, () => Promise.reject(new Error(`broken by ${KEY}`))));
      assert.ok(!own.message.includes(KEY));
      assert.deepEqual([own.cause.provider, own.cause.account], ["testing", "Mine"]);
    });
  });

  it("that came later are hidden as well, but not from the login that brings them again", async () => {
    const token = "token-abcdef";
    const answer: Answer = (response, { headers }) => void response.end(JSON.stringify({ token, echo: headers }));
    await withAccount(answer, async (account) => {
      const session = await account.open();
      session.conceal(token);
      const reply = await post(session, { lateHeaders: () => ({ authorization: `Bearer ${token}` }) });
      assert.ok(!reply.text().includes(token));
      assert.equal(((await post(session)).json() as { token: string }).token, token);
      const error = await failure(account.perform({}, () => Promise.reject(new Error(`broken by ${token}`))));
      assert.ok(!error.message.includes(token));
    });
  });
});
