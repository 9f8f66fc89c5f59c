import { strict as assert } from "node:assert";
import { MessagingError } from "../../src/error.ts";
import { smsDrafts } from "../../src/message.ts";
import { breakerOf } from "../../src/sending/breaker.ts";
import type { LostMember } from "../../src/sending/members.ts";
import type { Route } from "../../src/sending/route.ts";
import { desksOfEachTest, hangsUp, refuses, refusesEach, takes, type Answer, type Desk } from "../support/desk.ts";
import { bulkBy, member, NUMBER, numbers, routeOf, sendBy, ways, wearOut } from "../support/route-of-desks.ts";
import { failure } from "../support/failure.ts";

describe("a route", () => {
  const open = desksOfEachTest();

  describe("of two accounts", () => {
    let main: Desk;
    let reserve: Desk;
    let both: Route;

    beforeEach(async () => {
      main = await open("Main");
      reserve = await open("Reserve");
      both = routeOf([member(main), member(reserve)]);
    });

    it("sends through the first, and says so", async () => {
      assert.deepEqual(await sendBy(both, NUMBER), {
        provider: "provider-of-main",
        channel: "sms",
        account: "Main",
        id: "id-4203",
        accepted: 1,
        rejected: 0,
        failed: 0,
        messages: [
          {
            to: NUMBER,
            id: "id-4203",
            status: "accepted",
            parts: 1,
            provider: "provider-of-main",
            account: "Main",
          },
        ],
        raw: 1,
      });
      assert.deepEqual([main.requests.length, reserve.requests.length], [1, 0]);
    });

    const turnedAway: Record<string, Answer> = {
      "too many requests (429)": refuses(429),
      "bad credentials (401)": refuses(401),
      "an account without rights (403)": refuses(403),
      "an account without credit (402)": refuses(402),
      "a pause for maintenance (503 with Retry-After)": refuses(503, { "retry-after": "600" }),
      "an address that redirects (301)": refuses(301, { location: "http://127.0.0.1:1/" }),
    };
    for (const [what, answer] of Object.entries(turnedAway)) {
      it(`goes on to the second on ${what}`, async () => {
        main.answer = answer;
        const { account, provider, accepted, messages } = await sendBy(both, NUMBER);
        assert.deepEqual([account, provider, accepted], ["Reserve", "provider-of-reserve", 1]);
        assert.deepEqual(ways(messages), ["accepted Reserve"]);
        assert.deepEqual(reserve.requests, [[NUMBER]]);
      });
    }

    it("goes on to the second when the first refuses connections", async () => {
      main.shut();
      assert.equal((await sendBy(both, NUMBER)).account, "Reserve");
      assert.deepEqual([main.requests.length, reserve.requests.length], [0, 1]);
    });

    const doubtful: Record<string, Answer> = {
      "a connection that breaks after the request": hangsUp,
      "an error inside the provider (500)": refuses(500),
      "a gateway's error (502)": refuses(502),
      "a reply that is no JSON": (response) => void response.end("<html>"),
      "a reply that says nothing of the recipient": (response) =>
        void response.end(JSON.stringify({ recipients: [], raw: {} })),
      "a recipient in doubt": (response) =>
        void response.end(JSON.stringify({ recipients: [{ status: "unknown" }], raw: {} })),
    };
    for (const [what, answer] of Object.entries(doubtful)) {
      it(`never goes on after ${what}: it may have been taken`, async () => {
        main.answer = answer;
        for (const by of [both, routeOf([member(main), member(reserve)], { failoverOnRejected: true })]) {
          main.requests.length = 0;
          const outcome = await sendBy(by, NUMBER).then(
            ({ messages }) => messages[0]?.status,
            (error: unknown) => (error as MessagingError).cause.outcome,
          );
          assert.equal(outcome, "unknown");
          assert.deepEqual([main.requests.length, reserve.requests.length], [1, 0]);
        }
      });
    }

    it("lets a refused recipient rest, unless it is to try the next one", async () => {
      for (const answer of [refuses(400), refusesEach]) {
        main.answer = answer;
        const { code, cause } = await failure(sendBy(both, NUMBER));
        assert.deepEqual([code, cause.outcome, cause.account], ["REJECTED", "rejected", "Main"]);
      }
      assert.equal(reserve.requests.length, 0);
      const insists = routeOf([member(main), member(reserve)], { failoverOnRejected: true });
      assert.equal((await sendBy(insists, NUMBER)).account, "Reserve");
    });

    it("says of each account why it did not send", async () => {
      main.answer = refuses(401);
      reserve.shut();
      const { message, code, cause } = await failure(sendBy(both, NUMBER, { budgetMs: 100 }));
      assert.deepEqual([code, cause.outcome, cause.retryable], ["UNREACHABLE", "not-sent", true]);
      assert.match(message, /^No account of the route "Alarms" could send this\. Main: .*credentials.* Reserve: /);
      assert.ok(!message.includes("9032"), message);
      assert.ok(cause.attempts >= 2);
    });

    it("is refused when every account refused", async () => {
      main.answer = refuses(401);
      reserve.answer = refuses(402);
      const { code, cause } = await failure(sendBy(both, NUMBER));
      assert.deepEqual([code, cause.outcome, cause.retryable], ["NO_CREDIT", "rejected", false]);
    });

    it("fails as a whole where no request of several was taken, and not where recipients were refused", async () => {
      main.answer = refuses(401);
      reserve.answer = refuses(402);
      const { code, cause } = await failure(sendBy(both, numbers(3)));
      assert.deepEqual([code, cause.outcome], ["NO_CREDIT", "rejected"]);
      main.answer = refuses(400);
      assert.equal((await failure(sendBy(both, numbers(3)))).code, "REJECTED");
      main.answer = refusesEach;
      const { rejected, raw, account } = await sendBy(both, numbers(3));
      assert.deepEqual([rejected, raw, account], [3, "refused", "Main"]);
      const drafts = smsDrafts(numbers(3), "x", "CL");
      const all = await failure(both.deliver("sms", drafts, 3, {}, { asOne: true }));
      assert.match(all.message, /^All 3 recipients were refused/);
    });

    it("keeps the order of recipients who go different ways", async () => {
      const half: Answer = (response, messages) => {
        const refused = { status: "rejected", error: { code: "NO_CREDIT", message: "no credit" } };
        const recipients = messages.map(({ to }, index) => (index % 2 ? refused : { id: to, status: "accepted" }));
        response.end(JSON.stringify({ deliveryId: "d", reference: "made", recipients, raw: "half" }));
      };
      main.answer = half;
      reserve.answer = (response, messages) => {
        const recipients = messages.map(({ to }) => ({ id: to, status: "accepted" }));
        response.end(JSON.stringify({ deliveryId: "other", recipients, raw: 2 }));
      };
      const [a, b, c, d] = numbers(4);
      const { messages, account, id, deliveries, reference, accepted, rejected, raw } = await sendBy(both, [
        a,
        "12",
        b,
        c,
        d,
      ]);
      assert.deepEqual(
        messages.map(({ to }) => to),
        [a, "12", b, c, d],
      );
      assert.deepEqual(ways(messages), [
        "accepted Main",
        "rejected undefined",
        "accepted Reserve",
        "accepted Main",
        "accepted Reserve",
      ]);
      assert.deepEqual([account, id, deliveries, reference, accepted, rejected], ["Main", "d", ["d"], "made", 4, 1]);
      assert.deepEqual(raw, ["half", 2]);
      assert.deepEqual(reserve.requests, [[b, d]]);
    });

    it("does not lose, in a bulk, what fails everywhere", async () => {
      main.answer = refuses(401);
      let answered = 0;
      reserve.answer = (response, messages) => (answered++ ? refuses(402) : takes)(response, messages);
      const { messages, accepted, failed } = await bulkBy(both, numbers(250));
      assert.deepEqual([accepted, failed], [100, 150]);
      assert.equal(main.requests.length, 1, "an account whose credentials are refused is asked once");
      assert.equal(reserve.requests.length, 2);
      assert.match(String(messages[200]?.error?.message), /Main: .* Reserve: /);
      assert.equal(messages[200]?.account, "Reserve");
    });

    it("takes a turn for each account that is asked, which ends with its request, and sends nothing where it gets none", async () => {
      main.answer = refuses(401);
      const turns: string[] = [];
      const onTurn = ({ id }: { id: string }) => {
        turns.push(id);
        return Promise.resolve(() => void turns.push(`end of ${id}`));
      };
      assert.equal((await sendBy(both, NUMBER, { onTurn })).account, "Reserve");
      const [one = "", two = ""] = turns.filter((turn) => !turn.startsWith("end"));
      assert.notEqual(one, two);
      assert.deepEqual(turns, [one, `end of ${one}`, two, `end of ${two}`]);
      const requests = main.requests.length + reserve.requests.length;
      const none = new MessagingError("Taken by another.", { code: "CANCELLED", outcome: "not-sent" });
      await failure(sendBy(both, NUMBER, { onTurn: () => Promise.reject(none) }));
      assert.equal(main.requests.length + reserve.requests.length, requests);
    });

    it("ends at the user's cancel", async () => {
      const stop = new AbortController();
      main.answer = (response, messages) => {
        stop.abort();
        takes(response, messages);
      };
      const { messages } = await bulkBy(both, numbers(300), { stop: stop.signal });
      const count = (status: string) => messages.filter((one) => one.status === status).length;
      assert.deepEqual([count("accepted"), count("failed")], [100, 200]);
      assert.equal(messages[299]?.error?.code, "CANCELLED");
      assert.equal(reserve.requests.length, 0);
    });

    it("asks no other account after the user's cancel", async () => {
      const stop = new AbortController();
      main.answer = (response, messages) => {
        stop.abort();
        refuses(401)(response, messages);
      };
      assert.equal((await failure(sendBy(both, NUMBER, { stop: stop.signal }))).code, "BAD_CREDENTIALS");
    });

    it("takes for not sent what one refused for reasons of its own and another one may take later", async () => {
      const italy = await open("Italy");
      const by = routeOf([member(main, "56"), member(reserve, "56"), member(italy, "39")]);
      main.shut();
      reserve.answer = refuses(401);
      const { messages } = await sendBy(by, [NUMBER, "+393401234567"], { budgetMs: 200 });
      assert.deepEqual(ways(messages), ["failed Reserve", "accepted Italy"]);
      assert.equal(messages[0]?.error?.outcome, "not-sent");
    });

    it("asks an account once for a message, though it may be there for its prefix and for all numbers", async () => {
      main.answer = refuses(401);
      reserve.answer = refuses(401);
      await failure(sendBy(routeOf([member(main, "56"), member(reserve), member(main)]), NUMBER));
      assert.deepEqual([main.requests.length, reserve.requests.length], [1, 1]);
    });

    it("tries first, of those that it skips, the one that was left alone for longest", async () => {
      let now = 0;
      for (const { account } of [main, reserve]) breakerOf(account, () => now);
      main.answer = refuses(401);
      await wearOut(routeOf([member(main)]), main);
      now += 10_000;
      reserve.answer = refuses(401);
      await wearOut(routeOf([member(reserve)]), reserve);
      main.answer = takes;
      assert.equal((await sendBy(routeOf([member(reserve), member(main)]), NUMBER)).account, "Main");
      assert.equal(reserve.requests.length, 0);
    });

    it("leaves out an account that is switched off, and sends nothing when all are", async () => {
      const off = await open("Off", { mode: "off" });
      assert.equal((await sendBy(routeOf([member(off), member(main)]), NUMBER)).account, "Main");
      const { off: isOff, messages } = await sendBy(routeOf([member(off)]), NUMBER);
      assert.deepEqual([isOff, messages], [true, []]);
      const { code, message } = await failure(sendBy(routeOf([member(off, "56"), member(main, "39")]), NUMBER));
      assert.deepEqual([code, message.includes('"Off"')], ["MISSING_ACCOUNT", true]);
    });

    it("goes by the others where one cannot be used, and names it", async () => {
      const problem = new MessagingError("It was deleted.", { code: "MISSING_ACCOUNT", outcome: "rejected" });
      const lost: LostMember = { name: "Gone", prefixes: [], problem };
      const by = routeOf([lost, member(main)]);
      assert.deepEqual([by.account.name, by.skipped], ["Main", ["Gone"]]);
      assert.equal((await sendBy(by, NUMBER)).account, "Main");
      assert.throws(() => routeOf([lost]), problem);
      assert.throws(() => routeOf([]), /The route "Alarms" has no account/);
    });

    it("says that it cannot send e-mail where none of its accounts can", async () => {
      const email = { to: "ana@example.com", message: { to: "ana@example.com", subject: "s", body: "b" } };
      assert.equal((await failure(both.deliver("email", [email], 1, {}))).code, "NOT_SUPPORTED");
    });

    it("skips an account that fails, and takes it back when it works again", async () => {
      let now = 0;
      breakerOf(main.account, () => now);
      const several = async (calls: number) => {
        const results = await Promise.all(numbers(calls).map((number) => sendBy(both, number)));
        return results.map(({ account }) => account);
      };
      main.answer = refuses(401);
      await wearOut(both, main);
      assert.deepEqual(both.skipped, ["Main"]);
      assert.deepEqual(await several(5), Array(5).fill("Reserve"));
      assert.equal(main.requests.length, 0);
      now += 30_000;
      assert.deepEqual(await several(5), Array(5).fill("Reserve"));
      assert.deepEqual([main.requests.length, both.skipped], [1, ["Main"]], "one of them was the probe");
      main.answer = takes;
      now += 29_999;
      assert.deepEqual(await several(5), Array(5).fill("Reserve"));
      now += 1;
      assert.deepEqual(await several(1), ["Main"]);
      assert.deepEqual(both.skipped, []);
      assert.deepEqual(await several(5), Array(5).fill("Main"));
    });

    it("risks one recipient of a bulk on a probe", async () => {
      let now = 0;
      breakerOf(main.account, () => now);
      main.answer = refuses(401);
      await wearOut(both, main);
      main.answer = hangsUp;
      now += 30_000;
      const { messages } = await bulkBy(both, numbers(50));
      assert.deepEqual(
        ways(messages).map((way) => way.split(" ")[0]),
        ["unknown", ...Array<string>(49).fill("accepted")],
      );
    });

    it("tries the one that it skips when there is no other", async () => {
      main.answer = refuses(401);
      await wearOut(both, main);
      reserve.answer = refuses(402);
      main.answer = takes;
      assert.equal((await sendBy(both, NUMBER)).account, "Main");
      assert.deepEqual(both.skipped, [], "and what went well closes the breaker");
      assert.equal((await sendBy(both, NUMBER)).account, "Main");
    });

    it("does not hold a recipient's refusal against an account", async () => {
      for (const answer of [refuses(400), refusesEach]) {
        main.answer = answer;
        for (let calls = 0; calls < 20; calls++) await failure(sendBy(both, NUMBER));
        assert.deepEqual(both.skipped, []);
      }
    });

    it("holds doubtful ends against an account, so that few messages end in doubt", async () => {
      main.answer = hangsUp;
      const outcomes: string[] = [];
      for (let calls = 0; calls < 15; calls++) {
        await sendBy(both, NUMBER).then(
          ({ account }) => outcomes.push(account),
          ({ cause }: MessagingError) => outcomes.push(cause.outcome),
        );
      }
      assert.deepEqual(outcomes, [...Array<string>(10).fill("unknown"), ...Array<string>(5).fill("Reserve")]);
      assert.deepEqual([main.requests.length, reserve.requests.length], [10, 5]);
    });
  });
});
