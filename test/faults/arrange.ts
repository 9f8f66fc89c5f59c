import type { Socket } from "node:net";
import { selfSigned } from "../support/certificate.ts";
import { connectProxy, rawServer, reply, setProxy } from "../support/raw-server.ts";
import type { Behaviour } from "../support/raw-server.ts";

/** A fault that is set up. */
export interface Arranged {
  /** Base URL without trailing slash. */
  readonly url: string;
  /** Heads of the requests that reached the provider. */
  heads(): readonly string[];
  close(): Promise<void>;
}

/** The answer to a request that the fault must spare, such as the login before the send that it is to strike. */
export type Spare = (head: string) => Buffer | undefined;

/** Sets a fault up. The client must be made after this and used before `close`: some faults are in the environment. */
export type Arrange = (spare?: Spare) => Promise<Arranged>;

/** What a fault does with a request that was read in full; `received` is all of it, as it came. */
type Strike = (socket: Socket, received: string) => void;

/** A provider that reads requests and then does this. */
export function strikes(strike: Strike): Arrange {
  return (spare) =>
    serve({
      onRequest: (socket, head, body) => {
        const spared = spare?.(head);
        if (spared) socket.write(spared);
        else strike(socket, `${head}\r\n\r\n${body}`);
      },
    });
}

/** A provider that answers every request with this, then leaves the connection as it is. */
export function answers(status: number, body: string | Buffer = "", ...headers: string[]): Arrange {
  return strikes((socket) => void socket.write(reply(status, body, ...headers)));
}

/** A provider that answers with these bytes and closes the connection. */
export function breaksOffAfter(bytes: string): Arrange {
  return strikes((socket) => void socket.end(bytes));
}

/** A provider that does this with a connection, before any request. */
export function connects(onConnect: (socket: Socket) => void): Arrange {
  return () => serve({ onConnect });
}

/** A provider whose certificate is good for so many days from now, and signed by nobody. */
export function certified(days: number): Arrange {
  return () => serve({ certificate: selfSigned("localhost", { days }) });
}

/** A server that is spoken to in TLS and does not speak it. */
export function withoutTls(onConnect: (socket: Socket) => void): Arrange {
  return async () => {
    const plain = await serve({ onConnect });
    return { ...plain, url: plain.url.replace("http:", "https:"), heads: () => [] };
  };
}

/** A provider behind a proxy that does not let us through. */
export function behindProxy(answer: Parameters<typeof connectProxy>[0]): Arrange {
  return async () => {
    const proxy = await connectProxy(answer);
    const restore = setProxy({ HTTPS_PROXY: proxy.url });
    const close = () => {
      restore();
      return proxy.close();
    };
    // The proxy sees our CONNECT; whatever else it saw would have been meant for the provider.
    const heads = () => proxy.heads.filter((head) => !head.startsWith("CONNECT "));
    return { url: "https://provider.invalid", heads, close };
  };
}

/** An address where nobody is; the environment's proxy does not answer for it. */
export function nobodyAt(url: () => Promise<string>): Arrange {
  return async () => {
    const restore = setProxy();
    return { url: await url(), heads: () => [], close: () => Promise.resolve(restore()) };
  };
}

export async function closedPort(): Promise<string> {
  const server = await rawServer({});
  await server.close();
  return server.url;
}

async function serve(behaviour: Behaviour): Promise<Arranged> {
  const server = await rawServer(behaviour);
  return { url: server.url, heads: () => server.heads, close: () => server.close() };
}
