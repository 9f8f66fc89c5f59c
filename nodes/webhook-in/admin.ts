import type { NodeAPI } from "node-red";
import type { Credentials, Listening } from "./listening.ts";

/** What is known of a node by its id. */
export interface Known {
  readonly running: (id: string) => Listening | undefined;
  readonly stored: (id: string) => Credentials;
}

/**
 * What the form asks for, of a node that may not run. Who may read learns when the last callback came; the secrets, by which
 * anyone could forge reports, go only to those who may change things too.
 */
export function registerAdminRoutes(RED: NodeAPI, { running, stored }: Known): void {
  const { httpAdmin } = RED as { httpAdmin?: NodeAPI["httpAdmin"] };
  const route = (permission: string, below: string, reply: (id: string) => object | undefined) =>
    httpAdmin?.get(`/messaging/webhook-in/:id${below}`, RED.auth.needsPermission(permission), (request, response) => {
      const { id } = request.params as { id: string };
      const answer = () => response.set("cache-control", "no-store").json(reply(id) ?? {});
      void (running(id)?.reception.opened ?? Promise.resolve()).then(answer);
    });
  route("messaging.read", "", (id) => {
    const webhook = running(id);
    return webhook && { listening: webhook.isOpen, lastCallbackAt: webhook.reception.lastCallbackAt ?? null };
  });
  route("messaging.write", "/secret", (id) => {
    const { secret, previousSecret } = running(id) ?? stored(id);
    return { secret, previousSecret };
  });
}
