import { strict as assert } from "node:assert";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import type { NodeMessage } from "node-red";
import { MessagingError } from "../../src/error.ts";
import type { Session } from "../../src/provider.ts";
import { Account } from "../../src/sending/account.ts";
import { readAccount, run } from "../contract/fixture.ts";
import { everyNode } from "../support/all-nodes.ts";
import type { Everything } from "../support/all-nodes.ts";
import { RunningFlow } from "../support/node-red.ts";
import { CALLS } from "./calls.ts";
import { freshMessage, isTrapped, junkMessage, junkReply } from "./junk.ts";
import type { JunkReply } from "./junk.ts";

/** Messages in all; `npm run test:random` sends a hundred thousand. */
const MESSAGES = Number(process.env.RANDOM_MESSAGES ?? 3000);

/** A fault of ours would have these words. */
const UNFORESEEN = /^Unexpected error/;

describe("whatever comes in and whatever a provider answers", function () {
  this.timeout(Math.max(60_000, MESSAGES * 20));
  let server: Server;
  let baseUrl: string;
  let answer: JunkReply;
  const uncaught: unknown[] = [];
  const note = (fault: unknown) => void uncaught.push(fault);

  before(async () => {
    server = createServer((request, response) => {
      request.resume().on("end", () => response.writeHead(answer.status, answer.headers).end(answer.body));
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.on("uncaughtException", note).on("unhandledRejection", note);
  });
  after(() => {
    process.off("uncaughtException", note).off("unhandledRejection", note);
    server.close();
    server.closeAllConnections();
  });

  it("each message ends in exactly one done at each node, and Node-RED stays up", async () => {
    const everything = await everyNode("tab", baseUrl);
    const { nodes } = everything;
    const flow = await startFlow(everything);
    let sent = 0;
    let settledBefore = 0;
    try {
      const property = fc.asyncProperty(junkMessage, junkReply, async (message, reply) => {
        answer = reply;
        sent += nodes.length;
        for (const { id } of nodes) flow.send(id, freshMessage(message) as NodeMessage);
        await flow.eventually(() => flow.settled.length >= nodes.length, "a done for each message", 20_000);
        const settled = [...flow.settled];
        // What throws when it is looked at is no fault of ours, and told as it is.
        const mayThrow = isTrapped(message);
        const isUnforeseen = (error: unknown) => error instanceof Error && UNFORESEEN.test(error.message);
        const unforeseen = settled.filter(({ error }) => !mayThrow && isUnforeseen(error));
        assert.deepEqual(
          unforeseen.map(({ node, error }) => `${node.id}: ${String(error)}`),
          [],
        );
        assert.equal(new Set(settled.map(({ node }) => node.id)).size, nodes.length, "one done at each node");
        settledBefore += settled.length;
        flow.forget();
      });
      await fc.assert(property, { numRuns: Math.ceil(MESSAGES / nodes.length) });
      await sleep(100);
      assert.equal(settledBefore + flow.settled.length, sent, "no second done came late");
    } finally {
      await flow.stop();
    }
    assert.deepEqual(uncaught, []);
  });

  it("each operation of each provider gives a result or an error that it foresaw", async () => {
    const calls = CALLS.map((call) => {
      const { credentials, options } = readAccount(call.provider);
      const settings = { name: "junk", baseUrl, options: { ...options, ...call.fixture.options } };
      return { ...call, account: new Account(call.provider, settings, credentials) };
    });
    const perform = async ({ account, provider, fixture }: (typeof calls)[number]): Promise<unknown> => {
      const work = (session: Session) => run(provider, fixture, session);
      return account.perform({ attempts: 1 }, work).catch((error: unknown) => error);
    };
    const property = fc.asyncProperty(junkReply, async (reply) => {
      answer = reply;
      const outcomes = await Promise.all(calls.map(perform));
      outcomes.forEach((outcome, place) => {
        const name = calls[place]?.name;
        if (!(outcome instanceof Error)) return void structuredClone(outcome);
        assert.ok(outcome instanceof MessagingError, name);
        assert.doesNotMatch(outcome.message, UNFORESEEN, name);
      });
    });
    try {
      await fc.assert(property, { numRuns: Math.ceil(MESSAGES / calls.length) });
    } finally {
      await Promise.all(calls.map(({ account }) => account.close()));
    }
    assert.deepEqual(uncaught, []);
  });
});

function startFlow({ nodes, accounts, credentials }: Everything): Promise<RunningFlow> {
  return RunningFlow.start([{ id: "tab", type: "tab", label: "Test" }, ...accounts, ...nodes], credentials);
}
