import type { Socket } from "node:net";
import { Agent, buildConnector } from "undici";
import type { Dispatcher } from "undici";
import { ProxyError, proxyFromEnvironment } from "./proxy.ts";
import type { Target } from "./target.ts";

const CONNECT_TIMEOUT_MS = 10_000;

/** A reused socket that the server is just closing is the commonest unknown outcome, so idle ones are soon dropped. */
const IDLE_SOCKET_MS = 1000;

/** All connections of one account: direct ones, and tunnels through the proxy that the environment names. */
export class Connections {
  readonly #direct: Agent;
  readonly #proxy: Dispatcher | undefined;
  readonly #hasBadProxy: boolean;
  readonly #sockets = new Set<Socket>();

  constructor(connections: number) {
    const limits = {
      connections,
      pipelining: 1,
      allowH2: false,
      keepAliveTimeout: IDLE_SOCKET_MS,
      keepAliveMaxTimeout: IDLE_SOCKET_MS,
      // An exchange has its own deadline for all of it; undici's timers are coarse and per phase.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    const wrap = (connect: buildConnector.connector) => this.#watched(connect);
    this.#direct = new Agent({
      ...limits,
      connect: wrap(buildConnector({ timeout: CONNECT_TIMEOUT_MS, allowH2: false })),
    });
    try {
      this.#proxy = proxyFromEnvironment({ ...limits, wrap, answerTimeoutMs: CONNECT_TIMEOUT_MS });
      this.#hasBadProxy = false;
    } catch {
      this.#hasBadProxy = true;
    }
  }

  /** Throws a ProxyError when the environment names a proxy in a way that cannot be understood. */
  to({ isLoopback }: Pick<Target, "isLoopback">): Dispatcher {
    if (isLoopback) return this.#direct;
    if (this.#hasBadProxy) throw new ProxyError("BAD_URL");
    return this.#proxy ?? this.#direct;
  }

  /** Closes all of them at once; resolves when they are closed. */
  async destroy(): Promise<void> {
    // undici forgets a socket that is still connecting or in its TLS handshake, for up to 10 s.
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all([this.#direct.destroy(), this.#proxy?.destroy()]);
  }

  /** A connector that takes down every socket that it opens until the socket is closed. */
  #watched(connect: buildConnector.connector): buildConnector.connector {
    return (options, callback) => {
      // Its type hides that it returns the socket (undici lib/core/connect.js).
      const socket = connect(options, callback) as unknown as Socket;
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    };
  }
}
