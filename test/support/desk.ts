import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as textOf } from "node:stream/consumers";
import type { SmsMessage } from "../../src/message.ts";
import type { SendOperation, SendReply } from "../../src/provider.ts";
import { Account, type AccountSettings } from "../../src/sending/account.ts";
import { bareProvider } from "./bare-provider.ts";

/** Sends its messages as JSON, and hands back the JSON of the reply. */
const sendSms: SendOperation<SmsMessage> = {
  maxRecipients: 100,
  honours: ["at", "deliveryName", "encoding", "reference"],
  send: async (session, messages) => {
    const url = `${session.baseUrl}/send`;
    const reply = await session.request({ operation: "send", method: "POST", url, body: JSON.stringify(messages) });
    return reply.json() as SendReply;
  },
};

/** How a desk answers a request for these messages. */
export type Answer = (response: ServerResponse, messages: readonly SmsMessage[]) => void;

/** Takes every message; its ids are the number's last digits. */
export const takes: Answer = (response, messages) => {
  const recipients = messages.map(({ to }) => ({ id: `id-${to.slice(-4)}`, status: "accepted" }));
  response.end(JSON.stringify({ recipients, raw: messages.length }));
};

export const refuses =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(status, headers).end("{}");

/** Reads the request and breaks off: nobody knows whether it was taken. */
export const hangsUp: Answer = (response) => void response.destroy();

/** Refuses each recipient, in a reply that is good. */
export const refusesEach: Answer = (response, messages) => {
  const error = { code: "REJECTED", message: "On a black list" };
  response.end(JSON.stringify({ recipients: messages.map(() => ({ status: "rejected", error })), raw: "refused" }));
};

/** A provider's server, and an account at it. */
export interface Desk {
  readonly account: Account;
  /** What it does with requests from now on. */
  answer: Answer;
  /** Numbers of each request that it read. */
  readonly requests: string[][];
  /** Ends listening: connections are refused. */
  shut(): void;
  close(): Promise<void>;
}

export async function openDesk(name: string, more: Partial<AccountSettings & { maxRecipients: number }> = {}) {
  const { maxRecipients = 100, ...settings } = more;
  const provider = bareProvider({
    name: `provider-of-${name.toLowerCase()}`,
    label: `Provider of ${name}`,
    operations: { sendSms: { ...sendSms, maxRecipients } },
  });
  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      const messages = JSON.parse(body) as SmsMessage[];
      desk.requests.push(messages.map(({ to }) => to));
      desk.answer(response, messages);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const shut = () => {
    server.close();
    server.closeAllConnections();
  };
  const desk: Desk = {
    account: new Account(provider, { name, baseUrl, ...settings }, {}),
    answer: takes,
    requests: [],
    shut,
    close: async () => {
      await desk.account.close();
      shut();
    },
  };
  return desk;
}

/** Opens desks for the tests of a suite, and closes them after each test. */
export function desksOfEachTest(): typeof openDesk {
  let desks: Desk[] = [];

  afterEach(async () => {
    await Promise.all(desks.map((desk) => desk.close()));
    desks = [];
  });

  return async (name, more) => {
    const desk = await openDesk(name, more);
    desks.push(desk);
    return desk;
  };
}
