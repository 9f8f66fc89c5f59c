/**
 * One layer of a direct send and all below it, without Node-RED: the same messages, 50 on their way, to the same provider.
 * Forked with the name of the layer; runs each load that it is told.
 */
import { Agent, request } from "undici";
import { HttpClient } from "../../src/http.ts";
import { smsDrafts, type SmsMessage } from "../../src/message.ts";
import { connectus } from "../../src/providers/connectus/index.ts";
import { Account } from "../../src/sending/account.ts";
import { deliver, sendOperation } from "../../src/sending/deliver.ts";
import { ClosedLoop, type Load } from "./closed-loop.ts";
import { CREDENTIALS, messageOf, requestOf } from "./messages.ts";

export type Layer = "dispatch" | "undici" | "http" | "account" | "provider" | "deliver";

/** Sends the message of this number. */
type Send = (index: number) => Promise<unknown>;

function layer(name: Layer, baseUrl: string, inFlight: number): Send {
  const agent = new Agent({ connections: inFlight, pipelining: 1 });
  const account = new Account(
    connectus,
    { name: "bench", baseUrl, concurrency: String(inFlight), ratePerSecond: "0" },
    CREDENTIALS,
  );
  // A node has one for all that it has in hand.
  const { signal } = new AbortController();
  const asked = (index: number) => ({ operation: "send_sms", method: "POST" as const, ...requestOf(baseUrl, index) });
  const sms = (index: number) => messageOf("sms", baseUrl, index) as { to: string; payload: string };
  switch (name) {
    case "dispatch":
      return (index) => dispatched(agent, requestOf(baseUrl, index));
    case "undici":
      return async (index) => {
        const { url, headers } = requestOf(baseUrl, index);
        return (await request(url, { method: "POST", headers, dispatcher: agent })).body.json();
      };
    case "http": {
      const client = new HttpClient({ connections: inFlight });
      return async (index) => (await client.send(asked(index), { timeoutMs: 30_000 })).json();
    }
    case "account":
      return (index) => account.perform({ signal }, async (session) => (await session.request(asked(index))).json());
    case "provider": {
      const operation = sendOperation<SmsMessage>(account, "sms");
      return (index) => {
        const { to, payload } = sms(index);
        return account.perform({ signal }, (session) =>
          operation.send(session, [{ to, text: payload }], {}, { total: 1 }),
        );
      };
    }
    case "deliver":
      return (index) => {
        const { to, payload } = sms(index);
        return deliver(account, "sms", smsDrafts(to, payload, "CL"), 1, {}, { signal, asOne: true });
      };
  }
}

/** The least that undici can do: no stream of the body, no object for the reply. */
function dispatched(agent: Agent, { url, headers }: ReturnType<typeof requestOf>): Promise<unknown> {
  const { origin } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    agent.dispatch(
      { origin, path: url.slice(origin.length), method: "POST", headers },
      {
        onRequestStart: () => undefined,
        onResponseStart: () => undefined,
        onResponseData: (_, chunk) => void chunks.push(chunk),
        onResponseEnd: () => resolve(JSON.parse(Buffer.concat(chunks).toString())),
        onResponseError: (_, error) => reject(error),
      },
    );
  });
}

const [, , name = ""] = process.argv;
/** One with as many connections for each number of messages that may be on their way. */
const sends = new Map<number, Send>();

process.on("message", ({ baseUrl, ...load }: Load & { baseUrl: string }) => {
  const own = sends.get(load.inFlight) ?? layer(name as Layer, baseUrl, load.inFlight);
  sends.set(load.inFlight, own);
  const loop = new ClosedLoop(load, (index) => {
    // As everywhere else, the first ones are begun before there is a loop to tell.
    void Promise.resolve()
      .then(() => own(index))
      .then(
        () => loop.ended(false),
        () => loop.ended(true),
      );
  });
  void loop.run.then((run) => process.send?.(run));
});

// Not left behind when the benchmark is stopped.
process.once("disconnect", () => process.exit());
