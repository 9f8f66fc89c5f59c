import { strict as assert } from "node:assert";
import { globSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { canaryFlow, type CanaryFlow } from "../support/canary-flow.ts";
import { canaryMessages, mistakenMessages } from "../support/canary-messages.ts";
import { CONTENTS, NUMBER_CANARIES, SECRETS, TEXT_CANARY, traces, WEBHOOK_CANARIES } from "../support/canaries.ts";
import { ANSWER_NAMES, LeakyProvider } from "../support/leaky-provider.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";
import { newUserDir } from "../support/outbox.ts";

/** What the flow wrote down of a message, an error or a status. */
interface Note {
  readonly kind: "out" | "caught" | "status" | "done";
  readonly whole: string;
  readonly error: string;
  readonly refused: string;
  readonly status: string;
}

/** Of errors that no Catch node took. */
const LOGGED = [
  /\[error\] \[send-sms:.*credentials/,
  /\[error\] \[push-image:.*time/,
  /\[error\] \[send-bulk:.*refused/,
  /\[(error|warn)\] \[messaging-outbox:/,
];

/** An account that nothing can be had from has to wait for its time limit, at a tenth of its length. */
const PATIENCE_MS = 60_000;

describe("every node at a provider that repeats what it is told, with Node-RED logging all it can", function () {
  this.timeout(120_000);
  let provider: LeakyProvider;
  let nodeRed: NodeRedProcess;
  let folder: string;
  let flow: CanaryFlow;
  let notes: Note[];
  /** What the editor and its sidebar are given. */
  let shown: string;
  let files: Map<string, string>;

  before(async () => {
    provider = await LeakyProvider.start();
    folder = await newUserDir();
    const file = join(folder, "notes.jsonl");
    flow = await canaryFlow(provider.url, file);
    nodeRed = await NodeRedProcess.start({
      ...flow,
      nodeArguments: ["--require", resolve(import.meta.dirname, "..", "support", "fast-clock.cjs")],
      settings: { logging: { console: { level: "trace", metrics: true, audit: true } } },
    });
    const rounds = [...NUMBER_CANARIES.map(canaryMessages), mistakenMessages()];
    for (const messages of rounds) await post(`${nodeRed.url}messages`, messages);
    await callWebhooks(nodeRed.url);
    notes = await allNotes(file, rounds.length * flow.askers.length);
    shown = await exported(nodeRed.url);
    await nodeRed.end();
    files = await filesOf(nodeRed.userDir);
  });
  after(async () => {
    await nodeRed.stop();
    await provider.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("is told the secrets and the contents, which its answers repeat", () => {
    const told = [...SECRETS, ...CONTENTS].filter((canary) => traces(provider.told, [canary]).length > 0);
    const untold = [...SECRETS, ...CONTENTS].filter((canary) => !told.includes(canary));
    // What no provider is told.
    assert.deepEqual(untold, [WEBHOOK_CANARIES.previousSecret, ...SECRETS.slice(-2)]);
    const seen = notes.map(({ whole }) => whole).join("\n");
    for (const code of ["BAD_CREDENTIALS", "UNREACHABLE", "TIMEOUT", "BAD_REPLY", "PROVIDER_ERROR", "REJECTED"]) {
      assert.ok(seen.includes(code), `no error ${code} came`);
    }
    assert.match(seen, /accepted: 1/);
  });

  it("shows nothing of them in the log", () => {
    for (const level of ["trace", "audit", "metric"]) assert.ok(nodeRed.output.includes(`[${level}] `), level);
    for (const words of LOGGED) assert.match(nodeRed.output, words);
    assert.deepEqual(traces(nodeRed.output, [...SECRETS, ...CONTENTS]), []);
  });

  it("shows nothing of them in a status", () => {
    const statuses = notes.map(({ status }) => status).join("\n");
    assert.match(statuses, /"fill":"red"/);
    assert.deepEqual(traces(statuses, [...SECRETS, ...CONTENTS]), []);
  });

  it("shows nothing of them in an error, its cause, or what it says about a recipient", () => {
    const errors = notes.flatMap(({ error, refused }) => [error, refused]).join("\n");
    assert.deepEqual(traces(errors, [...SECRETS, ...CONTENTS]), []);
  });

  it("hands on no secret in a message, whatever the provider put into its answer", () => {
    const whole = notes.map((note) => note.whole).join("\n");
    assert.deepEqual(traces(whole, SECRETS), []);
  });

  it("gives the editor no secret, nor anything to export it from", () => {
    assert.match(shown, /uncertain/);
    assert.deepEqual(traces(shown, SECRETS), []);
  });

  it("writes secrets to the credentials file alone, and contents to the outbox alone", () => {
    const names = [...files.keys()];
    const isOutbox = (name: string) => /outbox-[^/]*\.sqlite/.test(name);
    assert.ok(names.some(isOutbox), names.join());
    for (const [name, content] of files) {
      if (name.startsWith("flows_cred.json")) continue;
      assert.deepEqual(traces(content, isOutbox(name) ? SECRETS : [...SECRETS, ...CONTENTS]), [], name);
    }
  });
});

async function post(url: string, body: unknown): Promise<number> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body: text });
  return response.status;
}

/** Reports and answers, understood and not, with the right and with other secrets. */
async function callWebhooks(url: string): Promise<void> {
  const [number = ""] = NUMBER_CANARIES;
  const to = number.slice(1);
  const inbound = { src_number: to, sms_content: TEXT_CANARY, number: to, from: to, text: TEXT_CANARY, id_sms: "7" };
  const report = { id_sms: "7", id: "7", to, number: to, status: TEXT_CANARY, message_id: "7" };
  const bodies = [inbound, report, { [TEXT_CANARY]: to }, `{"text": "${TEXT_CANARY}`, [[TEXT_CANARY]]];
  for (const name of ["connectus", "smshosting", "conectaline"]) {
    for (const secret of [...Object.values(WEBHOOK_CANARIES), `${WEBHOOK_CANARIES.secret}x`]) {
      for (const body of bodies) await post(`${url}reports/${name}/${secret}`, body);
    }
  }
}

/** What came of the messages, once each node was done with each. */
async function allNotes(file: string, count: number): Promise<Note[]> {
  for (const deadline = performance.now() + PATIENCE_MS; ; await sleep(250)) {
    const text = await readFile(file, "utf8").catch(() => "");
    const lines = text.split("\n").filter((line) => line.endsWith("}"));
    const notes = lines.map((line) => JSON.parse(line) as Note);
    const ends = notes.filter(({ kind }) => kind === "done" || kind === "caught").length;
    if (ends >= count) return notes;
    if (performance.now() > deadline) throw new Error(`Of ${count} messages only ${ends} came to an end`);
  }
}

/** What the editor loads and exports, and what our own pages ask for. */
async function exported(url: string): Promise<string> {
  const accounts = ANSWER_NAMES.map((answer) => `messaging/connectus-account/${answer}-account-connectus`);
  const paths = [
    "flows",
    "settings",
    "nodes",
    "messaging/outbox/outbox",
    "messaging/outbox/outbox/messages?limit=500&offset=0",
  ];
  const pages = ["messaging/phone/messages", "messaging/webhook-in/webhook-connectus", ...accounts];
  const answers = await Promise.all(
    [...paths, ...pages].map((path) => fetch(`${url}${path}`).then((one) => one.text())),
  );
  return answers.join("\n");
}

/** All files of a user directory but the packages in it; latin1 keeps every byte, so both readings are given. */
async function filesOf(userDir: string): Promise<Map<string, string>> {
  const names = globSync("**/*", {
    cwd: userDir,
    exclude: (entry) => entry.name === "node_modules",
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const read = names.map(async (name) => {
    const bytes = await readFile(name);
    return [name.slice(userDir.length + 1), `${bytes.toString()}\n${bytes.toString("latin1")}`] as const;
  });
  return new Map(await Promise.all(read));
}
