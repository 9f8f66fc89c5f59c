import { isLoopback } from "./loopback.ts";

/** A server, as its origin names it. */
interface Server {
  readonly origin: string;
  /** With its port where it is not the usual one. */
  readonly host: string;
  readonly isLoopback: boolean;
}

/** Where a request goes. */
export interface Target extends Server {
  /** With the query. */
  readonly path: string;
}

/**
 * A URL of which nothing is written in another way by `URL`, but perhaps its origin: plain segments, and a query as our own
 * encoding of parameters writes it. Messages of one account have the same origin again and again, and all of them are such.
 */
const PLAIN = /^(https?:\/\/[^/?#\\@\s]+)((?:\/[\w-]+)+(?:\?[\w%=&*.-]*)?)$/;

const MAX_SERVERS = 100;

const servers = new Map<string, Server>();

/** As `new URL` reads it; undefined for what is no absolute URL of http or https. */
export function targetOf(url: string): Target | undefined {
  const [, origin = "", path = ""] = PLAIN.exec(url) ?? [];
  const known = servers.get(origin);
  if (known) return { ...known, path };
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return undefined;
  const server = { origin: parsed.origin, host: parsed.host, isLoopback: isLoopback(parsed.hostname) };
  if (servers.size >= MAX_SERVERS) servers.clear();
  if (origin !== "") servers.set(origin, server);
  return { ...server, path: parsed.pathname + parsed.search };
}
