import { strict as assert } from "node:assert";
import { describeOutbox } from "../support/outbox.ts";
import { storm } from "../support/outbox-storm.ts";

/** The long one is `bench/outbox-storm.ts`. */
const SMALL = { messages: 200, lifeMs: 1000, faulty: 0.1, provider: "connectus" } as const;

describeOutbox("an outbox in a storm", function () {
  this.timeout(180_000);

  it("loses nothing and sends nothing twice, with as much in doubt as there was reason for", async () => {
    const result = await storm({ ...SMALL, onUnknown: "hold" });
    const { acknowledged, lost, doubled, unreported, unreportedBound, uncertain, bound, kills } = result;
    assert.ok(acknowledged >= SMALL.messages && kills >= 1);
    assert.deepEqual({ lost, doubled }, { lost: [], doubled: [] });
    assert.ok(uncertain <= bound, `${uncertain} are in doubt, ${bound} had reason to be`);
    assert.ok(unreported.length <= unreportedBound, `${unreported.length} results never came out of the flow`);
  });

  it("leaves nothing in doubt where it may send again, and marks what may have arrived twice", async () => {
    const { lost, unmarked, uncertain } = await storm({ ...SMALL, onUnknown: "resend" });
    assert.deepEqual({ lost, unmarked, uncertain }, { lost: [], unmarked: [], uncertain: 0 });
  });
});
