import { strict as assert } from "node:assert";
import { setTimeout as delay } from "node:timers/promises";
import { MessagingError } from "../../src/error.ts";
import { Setting, until } from "./setting.ts";

describe("an outbox that cannot go on", function () {
  this.timeout(60_000);
  let setting: Setting;
  afterEach(() => setting.end());

  it("sends what is urgent although there is no place for anything else", async () => {
    setting = await Setting.make({
      sender: (sender) => ({
        ...sender,
        // As an account that has its queue for usual messages full.
        send: async (channel, drafts, options, call, about) => {
          if (call.priority === "high") return sender.send(channel, drafts, options, call, about);
          throw new MessagingError("Too many wait.", { code: "QUEUE_FULL", outcome: "not-sent" });
        },
      }),
    });
    for (let count = 0; count < 30; count++) await setting.put({ text: `usual ${count}` });
    // By then it looks at most every 30 s.
    await until(() => setting.troubles.length > 0);
    await delay(500);
    for (const text of ["alarm 1", "alarm 2"]) {
      await setting.put({ text, priority: "high" });
      await until(() => setting.sandbox.messages().some((message) => message.text === text), 5000);
    }
    assert.equal((await setting.outbox.counts()).queued, 30);
  });

  it("tells each outage of its store, once", async () => {
    setting = await Setting.make({ store: { worker: new URL("fragile-worker.ts", import.meta.url) } });
    await setting.outbox.open();
    const told = () => setting.troubles.filter(({ message }) => message.includes("store has ended")).length;
    const isBack = () =>
      setting.outbox.counts().then(
        () => true,
        () => false,
      );
    for (const outage of [1, 2]) {
      await setting.outbox.decide("die", "drop").catch(() => undefined);
      await until(() => told() === outage);
      await until(isBack);
      // Seen as over by the next of its regular looks, every 5 s.
      await delay(6000);
    }
    await setting.put();
    await setting.result();
    assert.equal(told(), 2);
  });
});
