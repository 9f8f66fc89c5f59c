import type { NodeAPI } from "node-red";
import { MessagingError } from "../../src/error.ts";
import type { Sender } from "../../src/outbox/sender.ts";
import { correlated } from "../kit/correlate.ts";
import { accountNode } from "../kit/find-account.ts";
import { routeNode, wayThrough } from "../kit/route-node.ts";

/** What sends for an account's or a route's config node, as it is deployed now. Rejects with MISSING_ACCOUNT while it is not. */
export async function senderFor(RED: NodeAPI, target: string): Promise<Sender> {
  const node = accountNode(RED, target) ?? routeNode(RED, target);
  if (!node) {
    throw new MessagingError(
      `The account ${target} of messages in the outbox is not here: it was deleted or is disabled, or belongs to another ` +
        "Node-RED that shares the outbox and is away. They wait. Enable it again, or drop them in the outbox's list.",
      { code: "MISSING_ACCOUNT", outcome: "not-sent" },
      { kind: "outboxAccountAway", values: { account: target } },
    );
  }
  const [{ account, route }, { accountSender }, { routeSender }] = await Promise.all([
    wayThrough(node),
    import("../../src/outbox/account-sender.ts"),
    import("../../src/outbox/route-sender.ts"),
  ]);
  const sender = route ? routeSender(route) : accountSender(account);
  const accounts = route ? route.accounts() : [account];
  return {
    ...sender,
    // So that a webhook-in recognises the reports.
    send: (channel, drafts, options, call, about) =>
      correlated({ accounts, message: about, channel }, { call, warnOnce: () => undefined }, (context) =>
        sender.send(channel, drafts, options, context.call, about),
      ),
  };
}
