import { strict as assert } from "node:assert";
import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { Limits } from "../../src/webhook/kept-messages.ts";
import type { Match, Named } from "../../src/webhook/match.ts";
import { SentMessages } from "../../src/webhook/sent-messages.ts";
import { timersLeft } from "../support/kept.ts";

const never = new AbortController().signal;

function messages(limits?: Limits): SentMessages {
  const kept = new SentMessages(limits);
  kept.want();
  return kept;
}

const sender = { provider: "p", account: "Alarms" };

/** What it resolves with, if it does at once. */
const atOnce = (search: Promise<Match | undefined>) =>
  Promise.race([search, new Promise((resolve) => setTimeout(() => resolve("waits"), 50))]);

describe("the messages that reports belong to", () => {
  it("are found by their id, with what the flow put beside them", () => {
    const kept = messages();
    const sending = kept.begin({ ...sender, topic: "door", context: { order: 7 } });
    sending.taken({ channel: "sms", recipients: [{ id: "1", to: "+1" }, { id: "2", to: "+2" }, { to: "+3" }] });
    sending.end();
    assert.deepEqual(kept.find("p", { id: "2" }), {
      account: "Alarms",
      channel: "sms",
      id: "2",
      to: "+2",
      sent: { topic: "door", context: { order: 7 } },
    });
    assert.equal(kept.find("p", { id: "3" }), undefined);
    assert.equal(kept.find("q", { id: "1" }), undefined, "an id belongs to its provider");
  });

  it("are found by the reference where the report has no id, and by the number beside it", () => {
    const kept = messages();
    kept.begin(sender).taken({
      channel: "push",
      reference: "r-1",
      recipients: [
        { id: "1", to: "+1" },
        { id: "2", to: "+2" },
      ],
    });
    assert.equal(kept.find("p", { reference: "r-1", to: "+2" })?.id, "2");
    const whole = kept.find("p", { reference: "r-1" });
    assert.deepEqual([whole?.id, whole?.to, whole?.sent], [undefined, undefined, { reference: "r-1" }]);
  });

  it("are known by an id that several share, without naming one of them", () => {
    const kept = messages();
    kept.begin(sender).taken({
      channel: "sms",
      recipients: [
        { id: "all", to: "+1" },
        { id: "all", to: "+2" },
      ],
    });
    assert.equal(kept.find("p", { id: "all" })?.to, undefined);
  });

  it("are named by a reference alone where the send has one recipient, and the report no other number", () => {
    const kept = messages();
    const send = (reference: string, ...recipients: { id: string; to: string }[]) =>
      kept.begin(sender).taken({ channel: "sms", reference, recipients });
    send("one", { id: "1", to: "+34600111222" });
    for (const to of [undefined, "+34600111222", "+600111222", "600111222"]) {
      const found = kept.find("p", { reference: "one", to });
      assert.deepEqual([found?.id, found?.to], ["1", "+34600111222"], to);
    }
    assert.equal(kept.find("p", { reference: "one", to: "+34600111223" })?.id, undefined);
    send("two", { id: "2", to: "+34600111222" });
    send("two", { id: "3", to: "+34600111223" });
    assert.deepEqual(kept.find("p", { reference: "two" })?.sent, { reference: "two" });
    assert.equal(kept.find("p", { reference: "two" })?.id, undefined);
    assert.equal(kept.find("p", { reference: "two", to: "+34600111222" })?.id, "2");
  });

  it("count once, by however many names they are known and however often they are told", () => {
    const kept = messages({ messages: 100 });
    for (let id = 0; id < 100; id++) {
      const taken = { channel: "sms", reference: `r${id}`, recipients: [{ id: String(id), to: `+${id}` }] } as const;
      const sending = kept.begin(sender);
      sending.taken(taken);
      sending.taken(taken);
    }
    assert.equal(kept.size, 100);
    for (const named of [{ id: "0" }, { reference: "r0" }, { reference: "r0", to: "+0" }]) {
      assert.equal(kept.find("p", named)?.id, "0");
    }
  });

  it("give each report a copy of its own", () => {
    const kept = messages();
    kept.begin({ ...sender, context: { list: [1] } }).taken({ channel: "sms", recipients: [{ id: "1" }] });
    const [one, other] = [kept.find("p", { id: "1" }), kept.find("p", { id: "1" })];
    (one?.sent.context as { list: number[] }).list.push(2);
    assert.deepEqual(other?.sent.context, { list: [1] });
  });

  it("go without a context that is no plain data or too long, and say so", () => {
    const kept = messages();
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const context of [circle, 10n, "x".repeat(70_000)]) {
      const sending = kept.begin({ ...sender, context });
      assert.equal(sending.kept, false);
      sending.taken({ channel: "sms", recipients: [{ id: "1" }] });
      assert.deepEqual(kept.find("p", { id: "1" })?.sent, {});
    }
    assert.equal(kept.begin({ ...sender, context: { plain: true } }).kept, true);
    const longest = 65_536 - JSON.stringify({ context: "" }).length;
    assert.equal(kept.begin({ ...sender, context: "x".repeat(longest) }).kept, true);
    assert.equal(kept.begin({ ...sender, context: "x".repeat(longest + 1) }).kept, false);
  });

  it("are not remembered before anyone wants to know", () => {
    const kept = new SentMessages();
    const sending = kept.begin({ ...sender, topic: "door" });
    sending.taken({ channel: "sms", recipients: [{ id: "1" }] });
    assert.deepEqual([kept.size, sending.kept], [0, true]);
    sending.departs({ channel: "sms", reference: "r" });
    assert.deepEqual(kept.find("p", { reference: "r" })?.sent, { reference: "r" });
    kept.want();
    kept.begin(sender).taken({ channel: "sms", recipients: [{ id: "1" }] });
    assert.equal(kept.size, 1);
  });

  it("are forgotten after seven days, and the oldest when there are too many or their contexts are too long", () => {
    let now = 0;
    const kept = messages({ messages: 10, characters: 1000, now: () => now });
    const send = (id: string, context?: string) =>
      kept.begin({ ...sender, context }).taken({ channel: "sms", recipients: [{ id }] });
    for (let id = 0; id < 100; id++) send(String(id));
    assert.equal(kept.size, 10);
    assert.ok(!kept.find("p", { id: "89" }) && kept.find("p", { id: "90" }));
    send("long", "x".repeat(900));
    send("longer", "x".repeat(950));
    assert.equal(kept.size, 1);
    assert.ok(kept.find("p", { id: "longer" }));
    now = 7 * 24 * 3_600_000 + 1;
    assert.equal(kept.find("p", { id: "longer" }), undefined);
  });

  it("count a context once, however many messages share it", () => {
    const kept = messages({ characters: 1000 });
    const recipients = Array.from({ length: 100 }, (_, id) => ({ id: String(id), to: `+${id}` }));
    kept.begin({ ...sender, context: "x".repeat(900) }).taken({ channel: "sms", recipients });
    assert.equal(kept.size, 100);
  });

  describe("when a report is faster than the reply to its send", () => {
    const wait = (kept: SentMessages, named: Named, ms = 60_000, signal = never) =>
      kept.await("p", named, { deadline: performance.now() + ms, signal });

    it("are waited for", async () => {
      const kept = messages();
      const sending = kept.begin(sender);
      sending.departs({ channel: "sms", recipients: ["+1"] });
      const waiting = wait(kept, { id: "1" });
      setTimeout(() => sending.taken({ channel: "sms", recipients: [{ id: "other" }] }), 10);
      setTimeout(() => sending.taken({ channel: "sms", recipients: [{ id: "1" }] }), 30);
      assert.equal((await waiting)?.id, "1");
    });

    it("are known at once by the reference that their request carries", async () => {
      const kept = messages();
      const sending = kept.begin({ ...sender, topic: "door" });
      sending.departs({ channel: "sms", recipients: ["+34600111222"], reference: "r" });
      const found = await wait(kept, { reference: "r" });
      assert.deepEqual(found, {
        account: "Alarms",
        channel: "sms",
        to: "+34600111222",
        sent: { reference: "r", topic: "door" },
      });
      sending.departs({ channel: "sms", recipients: ["+34600111222", "+34600111223"], reference: "bulk" });
      assert.equal((await wait(kept, { reference: "bulk" }))?.to, undefined);
      assert.equal((await wait(kept, { reference: "bulk", to: "600111223" }))?.to, "+34600111223");
      sending.end();
      assert.equal(await wait(kept, { reference: "r" }), undefined);
    });

    it("are not waited for when nothing is on its way that the report may be about", async () => {
      const kept = messages();
      kept.begin(sender);
      kept.begin({ ...sender, provider: "other" }).departs({ channel: "sms" });
      const known = { channel: "sms", recipients: ["+34600111222"], reference: "r" } as const;
      kept.begin(sender).departs(known);
      assert.equal(await atOnce(wait(kept, { id: "1", to: "+34600111223" })), undefined);
      assert.equal(await atOnce(wait(kept, { id: "1", reference: "other" })), undefined);
      assert.equal(await atOnce(wait(kept, { id: "1", to: "600111222" })), "waits");
    });

    it("are not waited for by those that came before they were sent", async () => {
      const kept = messages();
      const first = kept.begin(sender).departs({ channel: "sms" });
      const waiting = wait(kept, { id: "1" });
      kept.begin(sender).departs({ channel: "sms" });
      first();
      assert.equal(await atOnce(waiting), undefined);
    });

    it("are given up when the sends have ended, when the time is over, and when the webhook closes", async () => {
      const kept = messages();
      const sending = kept.begin(sender);
      sending.departs({ channel: "sms" });
      assert.equal(await wait(kept, { id: "1" }, 50), undefined);
      const closing = new AbortController();
      setTimeout(() => closing.abort(), 20);
      assert.equal(await wait(kept, { id: "1" }, 60_000, closing.signal), undefined);
      setTimeout(() => {
        sending.end();
        sending.end();
      }, 20);
      assert.equal(await wait(kept, { id: "1" }), undefined);
    }).timeout(5000);

    it("reach all that wait, in the order in which they came", async () => {
      const kept = messages();
      const sending = kept.begin(sender);
      sending.departs({ channel: "sms" });
      const order: number[] = [];
      const waiting = Array.from({ length: 100 }, (_, index) =>
        wait(kept, { id: "1" }).then((match) => match && order.push(index)),
      );
      sending.taken({ channel: "sms", recipients: [{ id: "1" }] });
      await Promise.all(waiting);
      assert.deepEqual(
        order,
        Array.from({ length: 100 }, (_, index) => index),
      );
    });
  });

  describe("that are kept on disk", () => {
    const wait = (kept: SentMessages, named: Named, ms = 60_000, signal = never) =>
      kept.await("p", named, { deadline: performance.now() + ms, signal });

    it("are found there, in whichever archive has them, as long as it is asked", async () => {
      const kept = messages();
      const match: Match = { account: "Alarms", channel: "sms", sent: { topic: "door" } };
      kept.consult(() => Promise.resolve(undefined));
      const stop = kept.consult((provider, { id }) =>
        Promise.resolve(provider === "p" && id === "7" ? match : undefined),
      );
      assert.deepEqual(await wait(kept, { id: "7" }), match);
      assert.equal(await wait(kept, { id: "8" }), undefined);
      kept.begin(sender).departs({ channel: "sms" });
      assert.deepEqual(await wait(kept, { id: "7" }), match);
      stop();
      assert.equal(await wait(kept, { id: "7" }, 20), undefined);
    });

    it("are given up when the archive does not answer", async () => {
      const kept = messages();
      kept.consult(() => new Promise(() => undefined));
      assert.equal(await wait(kept, { id: "7" }, 20), undefined);
      assert.equal(await atOnce(wait(kept, { id: "7" }, 0)), undefined, "there is no time");
      const closing = new AbortController();
      const waiting = wait(kept, { id: "7" }, 60_000, closing.signal);
      assert.equal(await atOnce(waiting), "waits");
      closing.abort();
      assert.equal(await atOnce(waiting), undefined, "the webhook closes");
    });

    it("are waited for as long as the archive takes, which leaves nothing behind", async () => {
      const kept = messages();
      const match: Match = { account: "Alarms", channel: "sms", sent: {} };
      kept.consult(() => sleep(20, match));
      const { signal } = new AbortController();
      const timers = await timersLeft(async () => {
        assert.deepEqual(await wait(kept, { id: "7" }, 60_000, signal), match);
      });
      assert.deepEqual([timers, getEventListeners(signal, "abort").length], [0, 0]);
    });

    it("are not looked for there when they are in memory", async () => {
      const kept = messages();
      let asked = 0;
      kept.consult(() => Promise.resolve(void (asked += 1)));
      kept.begin(sender).taken({ channel: "sms", recipients: [{ id: "1" }] });
      assert.equal((await wait(kept, { id: "1" }))?.id, "1");
      assert.equal(asked, 0);
      assert.equal(await wait(kept, { id: "2" }), undefined);
      assert.equal(asked, 1);
    });
  });
});
