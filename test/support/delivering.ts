import { strict as assert } from "node:assert";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { bulkDrafts } from "../../src/bulk.ts";
import type { MessagingError } from "../../src/error.ts";
import { smsDrafts } from "../../src/message.ts";
import type { SendOperation, SendReply } from "../../src/provider.ts";
import type { SmsMessage } from "../../src/message.ts";
import { Account } from "../../src/sending/account.ts";
import { deliver, type DeliverOptions } from "../../src/sending/deliver.ts";
import { bareProvider } from "./bare-provider.ts";
import { failure } from "./failure.ts";

/** Sends its messages as JSON, and hands back the JSON of the reply. */
export const sendSms: SendOperation<SmsMessage> = {
  maxRecipients: 100,
  honours: ["at", "deliveryName", "encoding"],
  send: async (session, messages) => {
    const url = `${session.baseUrl}/send`;
    const reply = await session.request({ operation: "send", method: "POST", url, body: JSON.stringify(messages) });
    return reply.json() as SendReply;
  },
};

export const provider = bareProvider({ operations: { sendSms } });

export type Chunk = readonly SmsMessage[];
export type Answer = (response: ServerResponse, chunk: Chunk, index: number) => void;

/** Takes every message; ids are the request's and the message's place. */
export const takes: Answer = (response, chunk, index) => {
  const recipients = chunk.map((_, place) => ({ id: `m${index}-${place}`, status: "accepted" }));
  response.end(JSON.stringify({ deliveryId: `d${index}`, recipients, raw: `reply ${index}` }));
};

export const refuses =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (response) =>
    void response.writeHead(status, headers).end("{}");

export interface Setting {
  account: Account;
  /** What the server was sent, one list per request. */
  chunks: Chunk[];
}

export async function withServer<T>(
  answer: Answer,
  test: (setting: Setting) => Promise<T>,
  more: object = {},
): Promise<T> {
  const chunks: Chunk[] = [];
  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      const chunk = JSON.parse(body) as Chunk;
      answer(response, chunk, chunks.push(chunk) - 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const operations = { sendSms: { ...sendSms, ...more } };
  const account = new Account({ ...provider, operations }, { name: "Mine", baseUrl }, {});
  try {
    return await test({ account, chunks });
  } finally {
    await account.close();
    server.closeAllConnections();
    server.close();
  }
}

/** Sends a text to numbers as send-bulk does. */
export function bulk(account: Account, list: unknown[], call: DeliverOptions = {}, text = "hola {{to}}") {
  const { drafts, total } = bulkDrafts("sms", list, { text }, "CL");
  return deliver(account, "sms", drafts, total, {}, call);
}

/** And as send-sms does. */
export function single(account: Account, to: unknown) {
  const drafts = smsDrafts(to, "hola", "CL");
  return deliver(account, "sms", drafts, drafts.length, {});
}

export const numbers = (count: number) => Array.from({ length: count }, (_, index) => 990_000_000 + index);

/** The MessagingError with which the promise must reject: it names the account. */
export async function ownFailure(promise: Promise<unknown>): Promise<MessagingError> {
  const error = await failure(promise);
  assert.deepEqual([error.cause.provider, error.cause.account], ["testing", "Mine"]);
  return error;
}
