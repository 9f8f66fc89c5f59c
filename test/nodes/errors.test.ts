import { strict as assert } from "node:assert";
import type { Fault, Sandbox } from "../../src/sandbox/index.ts";
import { account, API_KEY, CREDENTIALS, flowOf, withSandbox } from "../support/flows.ts";
import { RunningFlow, type Message } from "../support/node-red.ts";

const TEXT = "Secret alarm text, gate 17";
const NUMBER = "961234567";

interface Case {
  title: string;
  fields?: Record<string, unknown>;
  settings?: Record<string, unknown>;
  apiKey?: string;
  message?: Record<string, unknown>;
  fault?: Fault;
  code: string;
  outcome: "not-sent" | "rejected" | "unknown";
  /** What the message must say. */
  says: RegExp;
  /** Requests that reach the provider. */
  requests: number;
}

const CASES: Case[] = [
  {
    title: "a wrong key",
    apiKey: "wrong-api-key-of-somebody",
    code: "BAD_CREDENTIALS",
    outcome: "rejected",
    says: /account/i,
    requests: 1,
  },
  {
    title: "no number",
    message: { to: undefined },
    code: "INVALID_NUMBER",
    outcome: "rejected",
    says: /"to".*msg\.to/,
    requests: 0,
  },
  {
    title: "a bad number",
    message: { to: "12" },
    code: "INVALID_NUMBER",
    outcome: "rejected",
    says: /number/i,
    requests: 0,
  },
  {
    title: "an empty text",
    message: { payload: "" },
    code: "INVALID_MESSAGE",
    outcome: "rejected",
    says: /"text".*msg\.payload/,
    requests: 0,
  },
  {
    title: "blanks as text",
    message: { payload: "  " },
    code: "INVALID_MESSAGE",
    outcome: "rejected",
    says: /empty/,
    requests: 0,
  },
  {
    title: "an object as text",
    message: { payload: { level: 3 } },
    code: "INVALID_MESSAGE",
    outcome: "rejected",
    says: /object/,
    requests: 0,
  },
  {
    title: "a time that is none",
    fields: { at: "tomorrow", atType: "str" },
    code: "INVALID_MESSAGE",
    outcome: "rejected",
    says: /time/i,
    requests: 0,
  },
  {
    title: "an expression that fails",
    fields: { text: "$number(payload)", textType: "jsonata" },
    code: "INVALID_MESSAGE",
    outcome: "rejected",
    says: /"text".*JSONata.*D3030/,
    requests: 0,
  },
  {
    title: "a host that nobody answers at",
    settings: { baseUrl: "http://127.0.0.1:1" },
    code: "UNREACHABLE",
    outcome: "not-sent",
    says: /127\.0\.0\.1|reach|connect/i,
    requests: 0,
  },
  {
    title: "a page instead of JSON",
    fault: { kind: "html" },
    code: "BAD_REPLY",
    outcome: "unknown",
    says: /send_sms/,
    requests: 1,
  },
  {
    title: "a reply without an id",
    fault: { kind: "no-id" },
    code: "BAD_REPLY",
    outcome: "unknown",
    says: /id_sms/,
    requests: 1,
  },
  {
    title: "half a reply",
    fault: { kind: "truncated" },
    code: "BAD_REPLY",
    outcome: "unknown",
    says: /send_sms/,
    requests: 1,
  },
  {
    title: "a connection reset after reading",
    fault: { kind: "reset-after-read" },
    code: "UNREACHABLE",
    outcome: "unknown",
    says: /may/,
    requests: 1,
  },
  {
    title: "a server error",
    fault: { kind: "status", status: 500 },
    code: "PROVIDER_ERROR",
    outcome: "unknown",
    says: /may/,
    requests: 1,
  },
  {
    title: "a refusal",
    message: { to: "990320004" },
    code: "REJECTED",
    outcome: "rejected",
    says: /refused/,
    requests: 1,
  },
  {
    title: "a crowd, told to come back",
    fault: { kind: "status", status: 429, retryAfter: 1 },
    code: "RATE_LIMITED",
    outcome: "not-sent",
    says: /rate/,
    requests: 3,
  },
  {
    title: "no account",
    fields: { connectus: "" },
    code: "MISSING_ACCOUNT",
    outcome: "rejected",
    says: /choose/i,
    requests: 0,
  },
  {
    title: "a deleted account",
    fields: { connectus: "gone" },
    code: "MISSING_ACCOUNT",
    outcome: "rejected",
    says: /deleted/,
    requests: 0,
  },
  {
    title: "a disabled account",
    settings: { d: true },
    code: "MISSING_ACCOUNT",
    outcome: "rejected",
    says: /disabled/,
    requests: 0,
  },
  {
    title: "an account without key",
    apiKey: "",
    code: "BAD_CREDENTIALS",
    outcome: "rejected",
    says: /"apiKey"/,
    requests: 0,
  },
  {
    title: "an account whose environment variable is not set",
    apiKey: "${NO_SUCH_VARIABLE}",
    code: "MISSING_ACCOUNT",
    outcome: "rejected",
    says: /"apiKey".*NO_SUCH_VARIABLE/,
    requests: 0,
  },
  {
    title: "plain http to another machine",
    settings: { baseUrl: "http://sms.example.com" },
    code: "MISSING_ACCOUNT",
    outcome: "rejected",
    says: /https/,
    requests: 0,
  },
  {
    title: "a mode that is none",
    settings: { mode: "test" },
    code: "MISSING_ACCOUNT",
    outcome: "rejected",
    says: /sandbox/,
    requests: 0,
  },
];

describe("a send that fails", () => {
  let sandbox: Sandbox;
  let flow: RunningFlow;

  withSandbox(
    (started) => (sandbox = started),
    () => flow,
  );

  async function send(failing: Partial<Case>, fields: Record<string, unknown> = {}, outputs = 1): Promise<void> {
    const { apiKey = API_KEY, fault, message, settings } = failing;
    if (fault) sandbox.misbehave(fault, { times: Infinity });
    const nodes = flowOf({ type: "send-sms", ...failing.fields, ...fields }, outputs);
    flow = await RunningFlow.start([...nodes, account(sandbox.url, settings)], {
      account: { ...CREDENTIALS.account, apiKey },
    });
    flow.send("node", { to: NUMBER, payload: TEXT, topic: "kept", ...message });
  }

  /** Neither key, text nor whole number; a trace shows what the log of the highest level would hold. */
  function assertDiscreet(said: unknown): void {
    const text = JSON.stringify(said, (_, value: unknown) =>
      value instanceof Error ? { ...value, message: value.message, stack: value.stack, cause: value.cause } : value,
    );
    for (const secret of [API_KEY, "wrong-api-key", TEXT, encodeURIComponent(TEXT), NUMBER]) {
      assert.ok(!text.includes(secret), `"${secret}" shows in ${text}`);
    }
  }

  for (const failing of CASES) {
    const { title, code, outcome, says, requests } = failing;

    it(`${title}: ${code}, ${outcome}`, async () => {
      await send(failing);
      const { error, topic } = await flow.first("caught");
      assert.equal(error?.code, code, error?.message);
      assert.equal(error.cause?.outcome, outcome);
      assert.equal(error.cause.code, code);
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /MessagingError/);
      assert.equal(topic, "kept");
      assert.deepEqual(flow.outcomes("node"), [code]);
      await flow.shows("node", { fill: "red", shape: "ring", text: `error.${code}` });
      assert.equal(sandbox.requests().length, requests);
      assert.ok(sandbox.messages().length <= 1, "sent twice");
      assert.equal(flow.received("out").length, 0);
      assertDiscreet([flow.log, error]);
    }).timeout(20_000);
  }

  it("is logged once where nobody catches it, without key or text", async () => {
    const nodes = flowOf({ type: "send-sms" }).filter(({ type }) => type !== "catch");
    flow = await RunningFlow.start([...nodes, account(sandbox.url)], {
      account: { accountId: "sandbox", apiKey: "wrong-api-key" },
    });
    flow.send("node", { to: NUMBER, payload: TEXT });
    await flow.eventually(() => flow.outcomes("node").length > 0, "the end of the send");
    const lines = flow.log.filter(({ id }) => id === "node");
    assert.equal(lines.length, 1);
    assert.match(String(lines[0]?.msg), /credentials|key/i);
    assertDiscreet(flow.log);
  });

  it("names provider, account and attempts, and tells whether another try can help", async () => {
    await send({ fault: { kind: "status", status: 500 } });
    const { error } = await flow.first("caught");
    assert.deepEqual(error?.cause, {
      code: "PROVIDER_ERROR",
      outcome: "unknown",
      retryable: false,
      provider: "connectus",
      account: "Alarms",
      attempts: 1,
      httpStatus: 500,
    });
  });

  it("goes out of the error output instead where there is one, and counts as done", async () => {
    await send({ fault: { kind: "status", status: 500 } }, { errorOutput: true }, 2);
    const { error, topic, payload } = (await flow.first("out2")) as Message & { error: Record<string, unknown> };
    assert.equal(error.code, "PROVIDER_ERROR");
    assert.deepEqual(error.source, { id: "node", type: "send-sms" });
    assert.deepEqual({ topic, payload }, { topic: "kept", payload: TEXT });
    assert.equal((error.cause as { outcome: string }).outcome, "unknown");
    await flow.eventually(() => flow.outcomes("node").length > 0, "done");
    assert.deepEqual(flow.outcomes("node"), ["done"]);
    assert.equal(flow.received("caught").length, 0);
    assert.equal(flow.received("out").length, 0);
  });

  it("leaves the error output silent when all went well", async () => {
    await send({}, { errorOutput: true }, 2);
    await flow.first("out");
    assert.equal(flow.received("out2").length, 0);
  });

  it("is told early: a deploy warns of an account that cannot work", async () => {
    await send({ apiKey: "" });
    await flow.first("caught");
    assert.equal(flow.warnings().filter((line) => line.includes('"apiKey"')).length, 1);
  });
});
