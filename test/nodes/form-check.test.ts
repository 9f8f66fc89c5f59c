import { strict as assert } from "node:assert";
import { NodeRedProcess } from "../support/node-red-process.ts";

/** Of an admin who is not logged in: what they may do. */
function openTo(permissions: string): Record<string, unknown> {
  return { adminAuth: { type: "credentials", users: [], default: { permissions } } };
}

describe("what a form asks of the runtime", function () {
  this.timeout(60_000);
  let nodeRed: NodeRedProcess;

  before(async () => {
    const account = { id: "account", type: "connectus-account", mode: "sandbox" };
    process.env.MESSAGING_TEST_COUNTRY = "IT";
    nodeRed = await NodeRedProcess.start({ flows: [account], settings: openTo("messaging.read") });
    delete process.env.MESSAGING_TEST_COUNTRY;
  });

  after(() => nodeRed.stop());

  const post = (body: string, type = "application/json") =>
    fetch(`${nodeRed.url}messaging/check`, { method: "POST", headers: { "content-type": type }, body });

  async function ask(question: object): Promise<unknown> {
    const answer = await post(JSON.stringify(question));
    assert.deepEqual([answer.status, answer.headers.get("cache-control")], [200, "no-store"]);
    return answer.json();
  }

  const numbers = async (value: string, country = "CL") =>
    ((await ask({ kind: "numbers", value, country, account: "account" })) as { recipients: object[] }).recipients;

  it("is answered with numbers as they will be sent", async () => {
    assert.deepEqual(await numbers("990324203, +39 333 1234567"), [
      { to: "+56 9 9032 4203" },
      { to: "+39 333 123 4567" },
    ]);
    assert.deepEqual(await numbers("333 1234567", "${MESSAGING_TEST_COUNTRY}"), [{ to: "+39 333 123 4567" }]);
  });

  for (const [value, country, fault] of [
    ["9903", "CL", "too-short"],
    ["990324203111", "CL", "too-long"],
    ["+56 9 9032 42", "CL", "too-short"],
    ["pump 3", "CL", "no-number"],
    ["+1 555 555 5555", "CL", "impossible"],
    ["990324203", "", "unknown-country"],
    ["990324203", "${MESSAGING_TEST_NOWHERE}", "unknown-country"],
  ] as const) {
    it(`is answered with "${fault}" for ${value} of ${country || "no country"}`, async () => {
      assert.deepEqual(await numbers(value, country), [{ given: value, fault }]);
    });
  }

  it("is answered with addresses", async () => {
    assert.deepEqual(await ask({ kind: "addresses", value: "ana@example.com, ana" }), {
      recipients: [{ to: "ana@example.com" }, { given: "ana", fault: "no-address" }],
    });
  });

  it("is answered with the moment that a time is", async () => {
    const timeZone = "America/Santiago";
    const time = (value: string | number, zone: string = timeZone) => ask({ kind: "time", value, timeZone: zone });
    const at = "2026-10-02T17:30:00.000Z";
    assert.deepEqual(await time("2026-10-02T14:30"), { time: { at, timeZone } });
    assert.deepEqual(await time("2026-10-02T19:30+02:00"), { time: { at, timeZone } });
    assert.deepEqual(await time(Date.parse(at)), { time: { at, timeZone } });
    assert.deepEqual(await time("tomorrow"), { time: { timeZone } });
  });

  it("is refused where it is none, or comes as a page of another site could send it", async () => {
    assert.equal((await post('{"kind":"numbers","value":{}}')).status, 400);
    assert.equal((await post(JSON.stringify({ kind: "numbers", value: "9".repeat(20_000) }))).status, 400);
    assert.equal((await post('{"kind":"else","value":"1"}')).status, 400);
    assert.equal((await post('{"kind":"numbers","value":"1"}', "text/plain")).status, 415);
    assert.equal((await fetch(`${nodeRed.url}messaging/check?value=1`)).status, 404);
  });

  it("leaves no number in the log", async () => {
    await numbers("990324203");
    assert.ok(!nodeRed.output.includes("990324203"));
  });

  it("is answered only to those who may read messages", async () => {
    const closed = await NodeRedProcess.start({ settings: openTo("flows.read") });
    const headers = { "content-type": "application/json" };
    const { status } = await fetch(`${closed.url}messaging/check`, { method: "POST", headers, body: "{}" });
    await closed.stop();
    assert.equal(status, 401);
  });
});
