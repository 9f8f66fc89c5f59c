import { strict as assert } from "node:assert";
import { asMessagingError } from "../../src/error.ts";
import { smsDrafts } from "../../src/message.ts";
import type { Fault } from "../../src/sandbox/index.ts";
import { deliver } from "../../src/sending/deliver.ts";
import { Setting } from "./setting.ts";

interface Case {
  readonly what: string;
  readonly to: string[];
  readonly fault?: Fault;
  readonly asOne?: boolean;
}

const GOOD = ["+56990000077", "+56990000177"];
const BAD = ["12", "13"];

const CASES: readonly Case[] = [
  { what: "one recipient who is taken", to: ["+56990000077"] },
  { what: "several who are taken", to: GOOD, asOne: true },
  { what: "one who is no number", to: ["12"], asOne: true },
  { what: "several who are no numbers, sent as one", to: BAD, asOne: true },
  { what: "several who are no numbers, in a bulk", to: BAD },
  { what: "one who is no number beside one who is taken", to: ["12", "+56990000077"], asOne: true },
  { what: "a refused request for one", to: ["+56990000077"], fault: { kind: "status", status: 400 } },
  { what: "a refused request for several, sent as one", to: GOOD, fault: { kind: "status", status: 400 }, asOne: true },
  { what: "a refused request for several, in a bulk", to: GOOD, fault: { kind: "status", status: 400 } },
  { what: "a refused account", to: GOOD, fault: { kind: "status", status: 401 } },
  { what: "a refused account, and one who is no number", to: [...GOOD, "12"], fault: { kind: "status", status: 401 } },
  { what: "a request in doubt for one", to: ["+56990000077"], fault: { kind: "reset-after-read" } },
  { what: "a request in doubt for several", to: GOOD, fault: { kind: "reset-after-read" }, asOne: true },
];

/** What a flow's author sees of an end, without what differs from send to send. */
function seen(end: { result?: unknown; error?: unknown }): unknown {
  const { code, cause, message } = asMessagingError(end.error);
  const shown = end.error === undefined ? end.result : { error: { message, ...cause, code } };
  return JSON.parse(JSON.stringify(shown), (key, value: unknown) =>
    ["id", "raw", "deliveries", "parts", "reference", "attempts"].includes(key) ? undefined : value,
  );
}

describe("a message through an outbox", () => {
  let setting: Setting;
  afterEach(() => setting.end());

  for (const { what, to, fault, asOne = false } of CASES) {
    it(`ends as if it were sent directly: ${what}`, async () => {
      setting = await Setting.make();
      if (fault) setting.sandbox.misbehave(fault, { times: Infinity });
      const drafts = smsDrafts(to, "an alarm", "CL");
      const direct = await deliver(setting.account, "sms", drafts, drafts.length, {}, { attempts: 1, asOne }).then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
      );
      const stored = await setting.put({ to, asOne }).then(
        async () => (await setting.result()).outcome,
        (error: unknown) => ({ error }),
      );
      assert.deepEqual(seen(stored), seen(direct));
    });
  }

  for (const [asOne, what] of [
    [true, "is an error where it is one message"],
    [false, "is data in a bulk"],
  ] as const) {
    it(`that the reply refuses for all of its recipients ${what}`, async () => {
      setting = await Setting.make({
        sender: (sender) => ({
          ...sender,
          send: async (...call) => {
            const result = await sender.send(...call);
            const messages = result.messages.map(({ to }) => ({ to, status: "rejected" as const }));
            return { ...result, accepted: 0, rejected: messages.length, messages };
          },
        }),
      });
      await setting.put({ to: GOOD, asOne });
      const { outcome } = await setting.result();
      if ("error" in outcome) {
        assert.ok(asOne);
        assert.match(outcome.error.message, /^All 2 recipients were refused\. The first: The provider refused/);
        assert.deepEqual([outcome.error.code, outcome.error.cause.outcome], ["REJECTED", "rejected"]);
      } else assert.deepEqual([asOne, outcome.result.rejected], [false, 2]);
    });
  }
});
