import type { Socket } from "node:net";
import { CALLS } from "../faults/calls.ts";
import { TOKEN_CANARY } from "./canaries.ts";
import { rawServer, reply, type RawServer } from "./raw-server.ts";

/** A request, and what its sender would not like to see again: as it came, and as it reads when it is decoded. */
interface Received {
  readonly method: string;
  /** Below the base URL. */
  readonly path: string;
  readonly provider: string;
  readonly echo: string;
}

const JSON_TYPE = "content-type: application/json";

/** Ways to answer, most of which repeat the request. A base URL names one: `…/page/connectus`. */
const ANSWERS: Readonly<Record<string, (socket: Socket, received: Received) => void>> = {
  taken: (socket, received) => socket.write(reply(200, JSON.stringify(asDocumented(received)), JSON_TYPE)),
  reset: (socket) => socket.resetAndDestroy(),
  silent: () => undefined,
  denied: (socket, { echo }) => socket.write(reply(401, JSON.stringify({ error: echo, errorMsg: echo }), JSON_TYPE)),
  refused: (socket, { echo }) => socket.write(reply(400, JSON.stringify({ error: echo, message: echo }), JSON_TYPE)),
  page: (socket, { echo }) => socket.write(reply(200, `<!DOCTYPE html><pre>${echo}</pre>`, "content-type: text/html")),
  moved: (socket, { echo }) => socket.write(reply(307, echo, `location: https://example.com/${encodeURI(echo)}`)),
  broken: (socket, { echo }) => socket.write(reply(200, JSON.stringify({ error: echo }).slice(0, -1), JSON_TYPE)),
  failing: (socket, { echo }) => socket.write(reply(500, JSON.stringify({ error: echo }), JSON_TYPE)),
};

export const ANSWER_NAMES = Object.keys(ANSWERS);

/** A provider that repeats what it is told: in errors, in pages, in the address that it points to. */
export class LeakyProvider {
  readonly #server: RawServer;
  readonly #echoes: string[];

  private constructor(server: RawServer, echoes: string[]) {
    this.#server = server;
    this.#echoes = echoes;
  }

  static async start(): Promise<LeakyProvider> {
    const echoes: string[] = [];
    const onRequest = (socket: Socket, head: string, body: string) => {
      const [, method = "", answer = "", provider = "", path = ""] =
        /^(\S+) \/(\w+)\/([\w-]+)([^\s?]*)/.exec(head) ?? [];
      const echo = echoOf(head, body);
      echoes.push(echo);
      const isLogin = path === "/login" && answer !== "denied";
      if (isLogin) return void socket.write(reply(200, LOGGED_IN, JSON_TYPE));
      ANSWERS[answer]?.(socket, { method, path, provider, echo });
    };
    return new LeakyProvider(await rawServer({ onRequest }), echoes);
  }

  get url(): string {
    return this.#server.url;
  }

  /** All that it was told. */
  get told(): string {
    return this.#echoes.join("\n");
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

const LOGGED_IN = JSON.stringify({ data: { token: TOKEN_CANARY, expires_in: 3600 } });

/** Multipart bodies are repeated as they are; of the rest, what it says without its encodings as well. */
function echoOf(head: string, body: string): string {
  const [, basic = ""] = /^authorization: basic (\S+)/im.exec(head) ?? [];
  const [target = ""] = head.split("\r\n");
  const decoded = [target, body].map((text) => decodedForm(text));
  return [head, body, ...decoded, Buffer.from(basic, "base64").toString()].join(" ").replace(/[\r\n]+/g, " ");
}

function decodedForm(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

/** What the provider's document answers such a request with, and the request again. */
function asDocumented({ method, path, provider, echo }: Received): object {
  const call = CALLS.find(
    ({ struck: { request }, provider: { name } }) =>
      provider.startsWith(name) && request.method === method && request.path === path,
  );
  const body = call?.struck.reply.body;
  return { ...(typeof body === "object" && body), echo };
}
