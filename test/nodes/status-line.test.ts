import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { StatusLine } from "../../nodes/kit/status-line.ts";
import { countBadge, errorBadge, sendBadge, STATUS_KEYS, workBadge } from "../../nodes/kit/status.ts";
import type { SendResult } from "../../src/result.ts";

function watched() {
  const shown: (string | undefined)[] = [];
  const line = new StatusLine({ status: (badge) => shown.push(typeof badge === "string" ? badge : badge.text) });
  return { line, shown };
}

describe("a node's badge", () => {
  it("shows the first state at once", () => {
    const { line, shown } = watched();
    line.show(workBadge("status.sending"));
    assert.deepEqual(shown, ["status.sending"]);
    line.close();
  });

  it("shows a storm of states as a few, and the last one always", async () => {
    const { line, shown } = watched();
    const end = performance.now() + 500;
    let count = 0;
    while (performance.now() < end) {
      for (let burst = 0; burst < 1000; burst++) line.show(countBadge("blue", String(count++)));
      await sleep(1);
    }
    await sleep(250);
    assert.ok(count > 20_000);
    assert.ok(shown.length <= 5, `${shown.length} updates in half a second`);
    assert.equal(shown.at(-1), String(count - 1));
    line.close();
  });

  it("does not repeat what it shows already", async () => {
    const { line, shown } = watched();
    line.show(errorBadge("TIMEOUT"));
    await sleep(250);
    line.show(errorBadge("TIMEOUT"));
    await sleep(250);
    assert.deepEqual(shown, ["error.TIMEOUT"]);
    line.close();
  });

  it("is cleared when the node closes, and stays so", async () => {
    const { line, shown } = watched();
    line.show(workBadge("status.sending"));
    line.show(workBadge("status.waiting"));
    line.close();
    line.show(workBadge("status.off"));
    await sleep(250);
    assert.deepEqual(shown, ["status.sending", undefined]);
  });
});

describe("the badge of a send", () => {
  const result = (accepted: number, rejected: number, more: Partial<SendResult> = {}): SendResult => ({
    provider: "p",
    channel: "sms",
    account: "a",
    id: "1",
    accepted,
    rejected,
    failed: 0,
    messages: [
      ...Array<SendResult["messages"][number]>(accepted).fill({ to: "+1", status: "accepted" }),
      ...Array<SendResult["messages"][number]>(rejected).fill({ to: "+1", status: "rejected" }),
    ],
    raw: null,
    ...more,
  });

  it("has a word for one recipient and numbers for many", () => {
    assert.deepEqual(sendBadge(result(1, 0), false), { fill: "green", shape: "dot", text: "status.sent" });
    assert.deepEqual(sendBadge(result(2498, 2), false), { fill: "yellow", shape: "dot", text: "2498 ✓  2 ✗" });
    assert.equal(sendBadge(result(3, 0), false).text, "3 ✓");
  });

  it("does not hide that nothing was sent for real", () => {
    assert.equal(sendBadge(result(1, 0), true).text, "status.sent-sandbox");
    assert.match(sendBadge(result(3, 0), true).text, /sandbox/);
    assert.equal(sendBadge(result(1, 0, { off: true }), false).text, "status.off");
  });

  it("uses catalogue keys that are on the list, or texts that the editor leaves as they are", () => {
    const badges = [result(1, 0), result(2, 2), result(2, 0)].flatMap((sent) => [
      sendBadge(sent, true),
      sendBadge(sent, false),
    ]);
    for (const { text } of badges) assert.ok(STATUS_KEYS.includes(text) || /^\d/.test(text), text);
  });
});
