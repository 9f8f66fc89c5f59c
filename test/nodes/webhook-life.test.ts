import { strict as assert } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import type { RunningFlow } from "../support/node-red.ts";
import { type Front, postJson, stall } from "../support/webhook.ts";
import { withWebhook } from "../support/with-webhook.ts";

interface Router {
  stack: { name: string; route?: unknown }[];
}

describe("a webhook's life", () => {
  let flow: RunningFlow;
  let front: Front;

  withWebhook((own, door) => ([flow, front] = [own, door]));

  /** Every step that Node-RED's application for nodes takes with a request. */
  function steps(): string[] {
    const { _router } = flow.red?.httpNode as unknown as { _router: Router };
    return _router.stack.map(({ name }) => name);
  }

  const report = (id_sms: string) => postJson(front.address(), { id_sms, status: "ENTREGADO" });

  for (const type of ["full", "flows", "nodes"] as const) {
    it(`leaves one way in after a ${type} deploy, and none when the node is gone`, async () => {
      const before = steps();
      assert.equal(before.length, 4, before.join());
      const renamed = flow.flow.map((node) => (node.id === "webhook" ? { ...node, name: "renamed" } : node));
      await flow.deploy(type, renamed);
      assert.deepEqual(steps(), before);
      assert.equal((await report("1")).status, 200);
      await flow.deploy(
        type,
        flow.flow.filter(({ id }) => id !== "webhook"),
      );
      assert.equal(steps().length, 2);
      assert.equal((await report("2")).status, 404);
    });
  }

  it("moves with its path at once", async () => {
    const moved = flow.flow.map((node) => (node.id === "webhook" ? { ...node, path: "elsewhere" } : node));
    await flow.deploy("nodes", moved);
    assert.equal((await report("1")).status, 404);
    const answer = await postJson(front.address(undefined, "elsewhere"), { id_sms: "1", status: "ENTREGADO" });
    assert.equal(answer.status, 200);
  });

  it("survives 200 deploys under load: one way in, no timer and no listener left, nothing acknowledged is lost", async () => {
    // The test's own timer begins only now.
    await sleep(1);
    const before = { steps: steps(), timers: timers() };
    const taken = new Set<string>();
    let running = true;
    let sent = 0;
    const load = Array.from({ length: 8 }, async () => {
      while (running) {
        const id = `load-${sent++}`;
        const answer = await report(id);
        assert.ok([200, 503].includes(answer.status), String(answer.status));
        if (answer.status === 200) taken.add(id);
      }
    });
    const stalled = Array.from({ length: 20 }, () =>
      stall(front.address(), { "content-type": "application/json", "content-length": "10" }),
    );
    const ids = new Set<string>();
    const types = ["full", "flows", "nodes"] as const;
    for (let index = 0; index < 200; index++) {
      const changed = flow.flow.map((node) => (node.id === "webhook" ? { ...node, name: `n${index}` } : node));
      await flow.deploy(types[index % 3], changed);
    }
    running = false;
    await Promise.all(load);
    await Promise.all(stalled.map(({ socket, ended }) => (socket.destroy(), ended)));
    // Badges wait for up to 0.2 s, refused senders for up to 2 s.
    await sleep(2500);
    for (const { payload } of flow.received("reports")) ids.add((payload as { id: string }).id);
    assert.ok(taken.size > 0);
    assert.deepEqual(
      [...taken].filter((id) => !ids.has(id)),
      [],
    );
    assert.equal(flow.received("reports").length, ids.size, "none came out twice");
    assert.deepEqual(steps(), before.steps);
    assert.ok(timers() <= before.timers, `${timers()} timers, ${before.timers} before`);
  }).timeout(60_000);

  function timers(): number {
    return process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
  }
});
