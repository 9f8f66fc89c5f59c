import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Of a call by a sandbox of this process. */
const HEADER = "x-messaging-sandbox";

/** Those that were handed out and not shown yet. */
const passes = new Set<string>();

/**
 * A header by which a webhook of this very process knows a call of its own sandbox, which has no user and password for
 * `httpNodeAuth`. It is 256 random bits that are good for one call and known to nobody else. To be revoked when the call is
 * over.
 */
export function issuePass(): { headers: Readonly<Record<string, string>>; revoke: () => void } {
  const pass = randomBytes(32).toString("base64url");
  passes.add(pass);
  return { headers: { [HEADER]: pass }, revoke: () => void passes.delete(pass) };
}

/** Whether a request has a pass, which is used up thereby. */
export function redeemPass({ headers }: Pick<IncomingMessage, "headers">): boolean {
  const pass = headers[HEADER];
  return typeof pass === "string" && passes.delete(pass);
}
