import { EnvHttpProxyAgent, Pool } from "undici";
import type { Agent, buildConnector, Dispatcher } from "undici";

/** The proxy was at fault; `code` is PROXY_ and the HTTP status that it answered CONNECT with, or the connection's error. */
export class ProxyError extends Error {
  readonly code: string;

  constructor(cause: string) {
    super("The proxy could not be used");
    this.code = `PROXY_${cause}`;
  }
}

export interface ProxyOptions extends Agent.Options {
  /** Connects to a proxy; wrapped so that the caller knows every socket. */
  readonly wrap: (connect: buildConnector.connector) => buildConnector.connector;
  /** Milliseconds that a proxy has for its answer to CONNECT. */
  readonly answerTimeoutMs: number;
}

/**
 * The way out by HTTPS_PROXY, HTTP_PROXY and NO_PROXY (either case; lower case first), or undefined when no proxy is set.
 * All requests go through a CONNECT tunnel, so the proxy sees no request of ours.
 */
export function proxyFromEnvironment({ wrap, answerTimeoutMs, ...options }: ProxyOptions): Dispatcher | undefined {
  const names = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"];
  if (!names.some((name) => process.env[name])) return undefined;
  return new EnvHttpProxyAgent({
    ...options,
    clientFactory: (proxy, { connect }: { connect?: buildConnector.connector }) =>
      tunnels(new Pool(proxy, { headersTimeout: answerTimeoutMs, ...(connect && { connect: wrap(connect) }) })),
  });
}

/**
 * A pool whose failures to open a tunnel are ProxyErrors. undici has one text for all refusals, and it dials again without
 * end when a tunnel fails with UND_ERR_SOCKET, taking that for a broken idle connection (client.js, onError).
 */
function tunnels(pool: Pool): Dispatcher {
  const connect: (options: Dispatcher.ConnectOptions) => Promise<Dispatcher.ConnectData> = pool.connect.bind(pool);
  return Object.assign(pool, {
    connect: async (options: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> => {
      const tunnel = await connect(options).catch((error: NodeJS.ErrnoException) => {
        throw new ProxyError(error.code ?? "FAILED");
      });
      if (tunnel.statusCode === 200) return tunnel;
      tunnel.socket.on("error", () => undefined).destroy();
      throw new ProxyError(String(tunnel.statusCode));
    },
  });
}
