import { strict as assert } from "node:assert";
import { storm } from "./storm.ts";

/** The same at full size, 10,000 messages and a kill every second, is bench/storm.ts. */
const SMALL = { messages: 250, killEveryMs: 400, faultRate: 0.1, ratePerSecond: 250 };

describe("a storm of kills and faulty answers", function () {
  this.timeout(180_000);

  it("loses nothing and doubles nothing that was said to be stored, where doubt is held", async () => {
    const { lost, doubled, contradicted, uncertain, bound, kills } = await storm({
      ...SMALL,
      provider: "connectus",
      onUnknown: "hold",
    });
    assert.ok(kills >= 2, `${kills} kills`);
    assert.deepEqual({ lost, doubled, contradicted }, { lost: [], doubled: [], contradicted: [] });
    assert.ok(uncertain.length <= bound, `${uncertain.length} in doubt, at most ${bound}`);
  });

  it("loses nothing and marks all that was sent again, where doubt is sent again", async () => {
    const { lost, unmarked, contradicted } = await storm({ ...SMALL, provider: "connectus", onUnknown: "resend" });
    assert.deepEqual({ lost, unmarked, contradicted }, { lost: [], unmarked: [], contradicted: [] });
  });

  it("settles all doubt by asking the provider, where it can be asked", async () => {
    const { lost, doubled, contradicted, uncertain } = await storm({
      ...SMALL,
      provider: "smshosting",
      onUnknown: "check",
    });
    assert.deepEqual(
      { lost, doubled, contradicted, uncertain },
      { lost: [], doubled: [], contradicted: [], uncertain: [] },
    );
  });
});
