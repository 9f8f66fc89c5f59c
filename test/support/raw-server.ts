import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Certificate } from "./certificate.ts";

/** How a server on loopback behaves: whatever it writes goes out as it is, HTTP or not. */
export interface Behaviour {
  readonly onConnect?: (socket: Socket) => void;
  /** A request came in to its end; `head` is its request line and headers, `body` one character a byte. */
  readonly onRequest?: (socket: Socket, head: string, body: string) => void;
  /** Speaks TLS with it. */
  readonly certificate?: Certificate;
}

export interface RawServer {
  readonly port: number;
  /** `http://127.0.0.1:port`, or https with a certificate. */
  readonly url: string;
  /** Heads of the requests of which at least the head came in, in order. */
  readonly heads: readonly string[];
  /** Connections made so far, and those that are open now. */
  connections(): number;
  open(): number;
  close(): Promise<void>;
}

export async function rawServer(behaviour: Behaviour): Promise<RawServer> {
  const { certificate } = behaviour;
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const serve = (socket: Socket) => {
    socket.on("error", () => undefined);
    behaviour.onConnect?.(socket);
    readRequests(socket, heads, behaviour);
  };
  const server: Server = certificate ? createTlsServer({ ...certificate }, serve) : createServer(serve);
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${certificate ? "https" : "http"}://127.0.0.1:${port}`,
    heads,
    connections: () => connections,
    open: () => sockets.size,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A reply with the right content-length; more headers as lines. */
export function reply(status: number, body: string | Buffer = "", ...headers: string[]): Buffer {
  const bytes = Buffer.from(body);
  const lines = [`HTTP/1.1 ${status} Status`, `content-length: ${bytes.length}`, ...headers, "", ""];
  return Buffer.concat([Buffer.from(lines.join("\r\n")), bytes]);
}

/** A proxy that answers CONNECT with a status, or not at all, or opens a tunnel to a port on loopback. */
export function connectProxy(answer: number | "close" | "silence" | { to: number }): Promise<RawServer> {
  return rawServer({
    onRequest: (socket) => {
      if (answer === "silence") return;
      if (answer === "close") return void socket.end();
      if (typeof answer === "number") return void socket.end(reply(answer));
      socket.removeAllListeners("data");
      const tunnel = connect(answer.to, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        socket.pipe(tunnel).pipe(socket);
      });
      tunnel.on("error", () => socket.destroy()).once("close", () => socket.destroy());
      socket.once("close", () => tunnel.destroy());
    },
  });
}

/** Sets environment variables (undefined = unset); the returned function puts back what was there. */
export function setEnvironment(variables: Record<string, string | undefined>): () => void {
  const before = Object.fromEntries(Object.keys(variables).map((name) => [name, process.env[name]]));
  const apply = (values: Record<string, string | undefined>) => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  apply(variables);
  return () => apply(before);
}

/** The proxy variables, all unset but those that are given. */
export function setProxy(given: Record<string, string> = {}): () => void {
  const names = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"];
  return setEnvironment({ ...Object.fromEntries(names.map((name) => [name, undefined])), ...given });
}

function readRequests(socket: Socket, heads: string[], { onRequest }: Behaviour): void {
  let pending = "";
  let missing = 0;
  socket.on("data", (chunk: Buffer) => {
    // Latin-1, so that one character is one byte.
    pending += chunk.toString("latin1");
    for (;;) {
      if (missing === 0) {
        const end = pending.indexOf("\r\n\r\n");
        if (end < 0) return;
        const head = pending.slice(0, end);
        heads.push(head);
        missing = end + 4 + Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      }
      if (pending.length < missing) return;
      const head = heads.at(-1) ?? "";
      const body = pending.slice(head.length + 4, missing);
      pending = pending.slice(missing);
      missing = 0;
      onRequest?.(socket, head, body);
    }
  });
}
