import { strict as assert } from "node:assert";
import { MessagingError } from "../../src/error.ts";
import type { LostMember, Member } from "../../src/sending/members.ts";
import { desksOfEachTest, refuses } from "../support/desk.ts";
import { bulkBy, member, NUMBER, numbers, routeOf, sendBy, ways, wearOut } from "../support/route-of-desks.ts";
import { failure } from "../support/failure.ts";

describe("a route chooses", () => {
  const open = desksOfEachTest();

  describe("with prefixes", () => {
    it("sends each number through the account for it", async () => {
      const [chile, mobile, italy, any] = await Promise.all(
        ["Chile", "Mobile", "Italy", "Any"].map((name) => open(name)),
      );
      assert.ok(chile && mobile && italy && any);
      const by = routeOf([member(any), member(chile, "56"), member(italy, "39", "378"), member(mobile, "569")]);
      const list = ["+56222345678", "+393401234567", "+34612345678", "+56990324203", "+378 66 661212"];
      const { messages } = await sendBy(by, list);
      assert.deepEqual(
        ways(messages),
        ["Chile", "Italy", "Any", "Mobile", "Italy"].map((name) => `accepted ${name}`),
      );
      assert.deepEqual(italy.requests, [["+393401234567", "+37866661212"]], "those of one account go together");
    });

    it("goes on to shorter prefixes, and to accounts for all", async () => {
      const [any, chile, mobile] = await Promise.all(["Any", "Chile", "Mobile"].map((name) => open(name)));
      assert.ok(chile && mobile && any);
      const by = routeOf([member(any), member(chile, "56"), member(mobile, "569")]);
      mobile.answer = refuses(401);
      assert.equal((await sendBy(by, NUMBER)).account, "Chile");
      chile.answer = refuses(401);
      assert.equal((await sendBy(by, NUMBER)).account, "Any");
    });

    it("refuses a number that none is for, and sends the others", async () => {
      const by = routeOf([member(await open("Chile"), "56")]);
      const { code, message } = await failure(sendBy(by, "+34612345678"));
      assert.equal(code, "MISSING_ACCOUNT");
      assert.match(message, /The route "Alarms" has no account for \+346•••5678\. Add/);
      const { messages } = await sendBy(by, ["+34612345678", NUMBER]);
      assert.deepEqual(ways(messages), ["rejected undefined", "accepted Chile"]);
      assert.equal(messages[0]?.error?.code, "MISSING_ACCOUNT");
    });

    it("tells for whom an account is missing that no other stands in for", async () => {
      const [chile, off] = await Promise.all([open("Chile"), open("Off", { mode: "off" })]);
      const problem = new MessagingError("It was deleted.", { code: "MISSING_ACCOUNT", outcome: "rejected" });
      const lost = (...prefixes: string[]): LostMember => ({ name: "Gone", prefixes, problem });
      const held = (members: (Member | LostMember)[], channel: "sms" | "email", to: string) =>
        routeOf(members).heldBack(channel, to);
      const italian = "+393401234567";
      assert.equal(held([member(chile, "56")], "sms", italian), undefined);
      assert.equal(held([member(chile, "56"), lost("39")], "sms", NUMBER), undefined);
      assert.equal(held([member(chile, "56"), lost("39")], "sms", "+34612345678"), undefined, "none is for that one");
      assert.equal(held([member(chile, "56"), lost("39")], "sms", italian), problem);
      assert.equal(held([member(chile), lost("39")], "sms", italian), undefined, "another one is for all");
      // One that is off takes what no other account can: but while there is one that is on, it takes nothing.
      assert.equal(held([member(off), lost()], "sms", italian), undefined);
      assert.equal(held([member(chile, "56"), member(off, "39"), lost("39")], "sms", italian), problem);
      assert.equal(held([member(chile), lost()], "email", "anna@example.com"), problem, "no other can send e-mail");
    });
  });

  describe("by turns", () => {
    it("shares recipients evenly, one message after the other and within one", async () => {
      const all = await Promise.all(["A", "B", "C"].map((name) => open(name)));
      const by = routeOf(
        all.map((desk) => member(desk)),
        { strategy: "round-robin" },
      );
      await Promise.all(numbers(30).map((number) => sendBy(by, number)));
      assert.deepEqual(
        all.map(({ requests }) => requests.length),
        [10, 10, 10],
      );
      const { messages } = await bulkBy(by, numbers(600));
      assert.deepEqual(
        ["A", "B", "C"].map((name) => messages.filter(({ account }) => account === name).length),
        [200, 200, 200],
      );
      assert.deepEqual(
        all.map(({ requests }) => requests.length),
        [12, 12, 12],
        "a bulk goes in requests as large as they can be",
      );
    });

    it("shares among those that are for the number, whatever the others get", async () => {
      const [a, b, italy] = await Promise.all(["A", "B", "Italy"].map((name) => open(name)));
      assert.ok(a && b && italy);
      const by = routeOf([member(a, "56"), member(italy, "39"), member(b, "56")], { strategy: "round-robin" });
      for (const number of numbers(10)) {
        await sendBy(by, number);
        await sendBy(by, "+393401234567");
      }
      assert.deepEqual(
        [a, b, italy].map(({ requests }) => requests.length),
        [5, 5, 10],
      );
    });

    it("stays even while one is skipped", async () => {
      const [a, b, c] = await Promise.all(["A", "B", "C"].map((name) => open(name)));
      assert.ok(a && b && c);
      a.answer = refuses(401);
      await wearOut(routeOf([member(a)]), a);
      const by = routeOf([member(a), member(b), member(c)], { strategy: "round-robin" });
      for (const number of numbers(20)) await sendBy(by, number);
      assert.deepEqual(
        [a, b, c].map(({ requests }) => requests.length),
        [0, 10, 10],
      );
    });

    it("goes on to the next one when its turn fails", async () => {
      const [a, b] = await Promise.all(["A", "B"].map((name) => open(name)));
      assert.ok(a && b);
      a.shut();
      const by = routeOf([member(a), member(b)], { strategy: "round-robin" });
      for (const number of numbers(4)) assert.equal((await sendBy(by, number)).account, "B");
    });
  });
});
