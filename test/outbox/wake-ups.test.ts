import { strict as assert } from "node:assert";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { accountSender } from "../../src/outbox/account-sender.ts";
import type { OutboxContext } from "../../src/outbox/context.ts";
import { Lane } from "../../src/outbox/lane.ts";
import { Reporter } from "../../src/outbox/reporter.ts";
import type { OutboxStore } from "../../src/outbox/store.ts";
import { Setting, until } from "./setting.ts";
import { folder, sqliteStore } from "./sqlite.ts";

/** Microtasks after the store's answer at which a wake-up is tried: a look ends somewhere among them. */
const MOMENTS = 16;

describe("a wake-up in the outbox", () => {
  let store: OutboxStore;
  let removeFolder: () => Promise<void>;
  let setting: Setting;
  beforeEach(async () => {
    const { path, remove } = await folder();
    store = sqliteStore(join(path, "empty.sqlite"));
    await store.open({});
    removeFolder = remove;
    setting = await Setting.make();
  });
  afterEach(async () => {
    await store.close();
    await removeFolder();
    await setting.end();
  });

  it("of a lane is never lost, however near to the end of its last look it comes", async () => {
    for (let moment = 0; moment < MOMENTS; moment++) {
      const closing = new AbortController();
      let looks = 0;
      const watched = watch(store, {
        ready: () => looks++,
        // The last that a look asks for.
        targets: () => looks === 1 && after(moment, () => lane.pump()),
      });
      const lane = new Lane("account", context(watched, closing.signal));
      lane.pump();
      await until(() => looks > 0);
      await delay(30);
      closing.abort();
      await lane.idle();
      assert.equal(looks, 2, `after ${moment} microtasks`);
    }
  });

  it("of the reporter is never lost, however near to the end of its last look it comes", async () => {
    for (let moment = 0; moment < MOMENTS; moment++) {
      const closing = new AbortController();
      let looks = 0;
      const watched = watch(store, { due: () => ++looks === 1 && after(moment, () => reporter.wake()) });
      const reporter = new Reporter(context(watched, closing.signal));
      reporter.subscribe("node", () => undefined);
      reporter.start();
      await until(() => looks > 0);
      await delay(30);
      closing.abort();
      await reporter.idle();
      assert.equal(looks, 2, `after ${moment} microtasks`);
    }
  });

  function context(watched: OutboxStore, closing: AbortSignal): OutboxContext {
    return {
      store: watched,
      closing,
      onUnknown: "hold",
      checkAfterMs: [],
      sender: async () => accountSender(setting.account),
      isClosed: () => false,
      trouble: (about, { message }) => assert.fail(`${about}: ${message}`),
      isOver: () => false,
      settled: () => undefined,
      pump: () => undefined,
      lookUpAt: () => undefined,
    };
  }
});

/** The store as it is; says when it has answered. */
function watch(store: OutboxStore, answered: Partial<Record<keyof OutboxStore, () => unknown>>): OutboxStore {
  return new Proxy(store, {
    get(_, name) {
      const member: unknown = Reflect.get(store, name, store);
      if (typeof member !== "function") return member;
      return (...parameters: unknown[]) => {
        const answer: unknown = Reflect.apply(member, store, parameters);
        const tell = answered[name as keyof OutboxStore];
        if (tell) void Promise.resolve(answer).then(tell);
        return answer;
      };
    },
  });
}

function after(microtasks: number, act: () => void): void {
  if (microtasks === 0) act();
  else queueMicrotask(() => after(microtasks - 1, act));
}
