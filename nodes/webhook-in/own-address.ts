import { Server as TlsServer } from "node:tls";
import type { NodeAPI } from "node-red";

/** Where this Node-RED's own server can be reached from this computer, without trailing slash; undefined before it listens. */
export function ownAddress(RED: NodeAPI): string | undefined {
  const { server } = RED as { server?: NodeAPI["server"] };
  const address = server?.address();
  // A text is the path of a socket file.
  if (!address || typeof address === "string") return undefined;
  const isEvery = address.address === "::" || address.address === "0.0.0.0";
  const host = isEvery ? "127.0.0.1" : address.address.includes(":") ? `[${address.address}]` : address.address;
  return `${(server as unknown) instanceof TlsServer ? "https" : "http"}://${host}:${address.port}`;
}
