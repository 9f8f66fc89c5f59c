import type { Node, NodeAPI, NodeDef } from "node-red";
import { sentMessages } from "../../src/webhook/sent-messages.ts";
import { credentialTypes } from "../kit/definition.ts";
import type { Config } from "../kit/fields.ts";
import type { OutboxNode } from "../kit/outbox-node.ts";
import { registerAdminRoutes } from "./admin.ts";
import { definition } from "./definition.ts";
import { Keeper } from "./keeper.ts";
import { openOutbox, type Credentials } from "./open-outbox.ts";
import { recall } from "./recall.ts";
import { whenStarted } from "./started.ts";

export default function register(RED: NodeAPI): void {
  const keepers = new Map<string, Keeper>();

  function MessagingOutboxNode(this: Node<Credentials>, config: NodeDef & Config): void {
    RED.nodes.createNode(this, config);
    const keeper = new Keeper(
      () => openOutbox(RED, this, config),
      (error) => this.error(error.message),
    );
    keepers.set(this.id, keeper);
    Object.assign(this, {
      put: (outgoing) => keeper.put(outgoing),
      subscribe: (node, onSettled) => keeper.subscribe(node, onSettled),
    } satisfies Pick<OutboxNode, "put" | "subscribe">);
    const stopAnswering = sentMessages.consult((provider, named) => recall(keeper, provider, named));
    const stopListening = whenStarted(RED, () => keeper.start());

    this.on("close", (done: () => void) => {
      stopListening();
      stopAnswering();
      if (keepers.get(this.id) === keeper) keepers.delete(this.id);
      void keeper.close().then(done);
    });
  }

  RED.nodes.registerType(definition.type, MessagingOutboxNode, {
    credentials: credentialTypes(definition.credentials),
  });
  registerAdminRoutes(RED, (id) => keepers.get(id));
}
