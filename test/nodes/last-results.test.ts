import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { NodeRedProcess } from "../support/node-red-process.ts";
import { describeOutbox, outbox } from "../support/outbox.ts";

interface Shown {
  readonly node: string;
  readonly provider: string;
  readonly mode?: string;
  readonly state: string;
  readonly code?: string;
  readonly to?: string;
}

describeOutbox("the last results", function () {
  this.timeout(60_000);
  let nodeRed: NodeRedProcess;

  before(async () => {
    const on = { z: "tab", x: 100, y: 100, wires: [[]] };
    const sms = {
      ...on,
      type: "send-sms",
      provider: "connectus",
      connectus: "account",
      toType: "str",
      outbox: "outbox",
    };
    const route = { ...sms, provider: "route", route: "route" };
    const flows = [
      { id: "tab", type: "tab", label: "Results" },
      { id: "account", type: "connectus-account", name: "", mode: "sandbox" },
      { id: "route", type: "messaging-route", name: "", members: [{ provider: "connectus", account: "account" }] },
      outbox(),
      { ...sms, id: "taken", to: "+56990324203" },
      { ...sms, id: "in doubt", to: "+56990320005" },
      { ...sms, id: "in doubt at once", to: "+56990320005", outbox: "" },
      { ...sms, id: "refused", to: "to", toType: "msg" },
      { ...route, id: "by route", to: "+56990324203" },
      {
        ...on,
        id: "start",
        type: "inject",
        props: [{ p: "payload" }, { p: "to", v: "+56990320004", vt: "str" }],
        payload: "x",
        payloadType: "str",
        once: true,
        onceDelay: 0.2,
        wires: [["taken", "in doubt", "in doubt at once", "refused", "by route"]],
      },
    ];
    nodeRed = await NodeRedProcess.start({ flows });
  });

  after(() => nodeRed.stop());

  it("tell of what an outbox sent as of what was sent at once, and what is in doubt from what failed", async () => {
    let results: Shown[] = [];
    while (results.length < 5) {
      await sleep(100);
      const answer = await fetch(`${nodeRed.url}messaging/phone/messages`);
      ({ results } = (await answer.json()) as { results: Shown[] });
    }
    const told = Object.fromEntries(
      results.map(({ node, provider, mode, state, code, to }) => [node, [provider, mode, state, code, to]]),
    );
    const to = "+569•••4203";
    assert.deepEqual(told, {
      taken: ["connectus", "sandbox", "accepted", undefined, to],
      "by route": ["connectus", "sandbox", "accepted", undefined, to],
      "in doubt": ["connectus", "sandbox", "uncertain", "PROVIDER_ERROR", "+569•••0005"],
      "in doubt at once": ["connectus", "sandbox", "uncertain", "PROVIDER_ERROR", "+569•••0005"],
      refused: ["connectus", "sandbox", "error", told.refused?.[3], "+569•••0004"],
    });
  });
});
