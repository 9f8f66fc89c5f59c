import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Session } from "../../src/provider.ts";
import { Account, type AccountSettings } from "../../src/sending/account.ts";
import { bareProvider } from "./bare-provider.ts";

export const KEY = "key-0123456789/+=";
export const credentials = { accountId: "id-42", apiKey: KEY };

const provider = bareProvider({
  sandbox: () =>
    Promise.resolve({
      credentials: { accountId: "sandbox", apiKey: "sandbox" },
      answer: ({ path }) => ({ status: 200, body: { path } }),
    }),
});

export type Answer = (response: ServerResponse, request: IncomingMessage, index: number) => void;

/** A provider's server that answers as it is told, and what it was asked. */
class Server {
  readonly requests: IncomingMessage[] = [];
  readonly #server = createServer((request, response) => {
    this.#answer(response, request, this.requests.push(request) - 1);
  });
  readonly #answer: Answer;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export const ok: Answer = (response) => void response.end("{}");

/** Says nothing. */
export const silence: Answer = () => undefined;

export function refuse(status: number, headers: Record<string, string> = {}): Answer {
  return (response) => void response.writeHead(status, headers).end("{}");
}

/** An account at a server that answers so, closed after the test. */
export async function withAccount(
  answer: Answer,
  test: (account: Account, server: Server) => Promise<void>,
  settings: Partial<AccountSettings> = {},
): Promise<void> {
  const server = new Server(answer);
  const baseUrl = await server.listen();
  const account = new Account(provider, { name: "Mine", baseUrl, ...settings }, credentials);
  try {
    await test(account, server);
  } finally {
    await account.close();
    await server.close();
  }
}

export function post(session: Session, more: Partial<Parameters<Session["request"]>[0]> = {}) {
  return session.request({ operation: "send", method: "POST", url: `${session.baseUrl}/send`, body: "x=1", ...more });
}

/** One whose server nobody asks. */
export const open = (settings: Partial<AccountSettings>, secrets: Record<string, string> = credentials) =>
  new Account(provider, { name: "Mine", ...settings }, secrets);
