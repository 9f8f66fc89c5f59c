import type { NodeAPI } from "node-red";
import type { Listening } from "./listening.ts";

/**
 * What the form asks for. Who may read learns when the last callback came; the secrets, by which anyone could forge reports,
 * go only to those who may change things too.
 */
export function registerAdminRoutes(RED: NodeAPI, find: (id: string) => Listening | undefined): void {
  const { httpAdmin } = RED as { httpAdmin?: NodeAPI["httpAdmin"] };
  const route = (permission: string, below: string, reply: (webhook: Listening) => object) =>
    httpAdmin?.get(`/messaging/webhook-in/:id${below}`, RED.auth.needsPermission(permission), (request, response) => {
      const { id } = request.params as { id: string };
      const webhook = find(id);
      // A form may be open of a node that was never deployed.
      const answer = () => response.set("cache-control", "no-store").json(webhook ? reply(webhook) : {});
      void (webhook?.reception.opened ?? Promise.resolve()).then(answer);
    });
  route("messaging.read", "", ({ isOpen, reception }) => ({
    listening: isOpen,
    lastCallbackAt: reception.lastCallbackAt ?? null,
  }));
  route("messaging.write", "/secret", ({ secret, previousSecret }) => ({ secret, previousSecret }));
}
