import { strict as assert } from "node:assert";
import { SentMessages, type Limits } from "../../src/webhook/sent-messages.ts";

const never = new AbortController().signal;

function messages(limits?: Limits): SentMessages {
  const kept = new SentMessages(limits);
  kept.want();
  return kept;
}

const sender = { provider: "p", account: "Alarms" };

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
  });

  it("are not remembered before anyone wants to know", () => {
    const kept = new SentMessages();
    kept.begin(sender).taken({ channel: "sms", recipients: [{ id: "1" }] });
    assert.equal(kept.size, 0);
    kept.want();
    kept.begin(sender).taken({ channel: "sms", recipients: [{ id: "1" }] });
    assert.equal(kept.size, 1);
  });

  it("are forgotten after seven days, and the oldest when there are too many or their contexts are too long", () => {
    let now = 0;
    const kept = messages({ names: 10, characters: 1000, now: () => now });
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
    it("are waited for", async () => {
      const kept = messages();
      const sending = kept.begin(sender);
      const waiting = kept.await("p", { id: "1" }, 2000, never);
      setTimeout(() => sending.taken({ channel: "sms", recipients: [{ id: "other" }] }), 10);
      setTimeout(() => sending.taken({ channel: "sms", recipients: [{ id: "1" }] }), 30);
      assert.equal((await waiting)?.id, "1");
    });

    it("are not waited for when nothing of that provider is on its way", async () => {
      const kept = messages();
      kept.begin({ ...sender, provider: "other" });
      assert.equal(await kept.await("p", { id: "1" }, 60_000, never), undefined);
    });

    it("are given up when the sends have ended, when the time is over, and when the webhook closes", async () => {
      const kept = messages();
      const sending = kept.begin(sender);
      const timed = async (wait: Promise<unknown>) => {
        const began = performance.now();
        assert.equal(await wait, undefined);
        return performance.now() - began;
      };
      assert.ok((await timed(kept.await("p", { id: "1" }, 100, never))) >= 95);
      const closing = new AbortController();
      setTimeout(() => closing.abort(), 20);
      assert.ok((await timed(kept.await("p", { id: "1" }, 5000, closing.signal))) < 1000);
      setTimeout(() => {
        sending.end();
        sending.end();
      }, 20);
      assert.ok((await timed(kept.await("p", { id: "1" }, 5000, never))) < 1000);
    });

    it("reach all that wait, in the order in which they came", async () => {
      const kept = messages();
      const sending = kept.begin(sender);
      const order: number[] = [];
      const waiting = Array.from({ length: 100 }, (_, index) =>
        kept.await("p", { id: "1" }, 2000, never).then((match) => match && order.push(index)),
      );
      sending.taken({ channel: "sms", recipients: [{ id: "1" }] });
      await Promise.all(waiting);
      assert.deepEqual(
        order,
        Array.from({ length: 100 }, (_, index) => index),
      );
    });
  });
});
