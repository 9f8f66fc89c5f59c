import type { Node, NodeAPI, NodeDef } from "node-red";
import { sentMessages } from "../../src/webhook/sent-messages.ts";
import { credentialTypes } from "../kit/definition.ts";
import type { Config } from "../kit/fields.ts";
import type { OutboxNode } from "../kit/outbox-node.ts";
import { Words } from "../kit/words.ts";
import { registerAdminRoutes } from "./admin.ts";
import { definition } from "./definition.ts";
import { Keeper } from "./keeper.ts";
import { keepsIn, tellOfTheRest, watchLeftBehind } from "./left-behind.ts";
import { fileIn, openOutbox, type Credentials } from "./open-outbox.ts";
import { recall } from "./recall.ts";
import { whenStarted } from "./started.ts";

export default function register(RED: NodeAPI): void {
  const keepers = new Map<string, Keeper>();

  function MessagingOutboxNode(this: Node<Credentials>, config: NodeDef & Config): void {
    RED.nodes.createNode(this, config);
    const words = new Words(RED, definition.type);
    const keeper = new Keeper(
      () => openOutbox(RED, this, config),
      (error) => words.warnings(this).fail(error),
    );
    keepers.set(this.id, keeper);
    Object.assign(this, {
      put: (outgoing) => keeper.put(outgoing),
      subscribe: (node, onSettled) => keeper.subscribe(node, onSettled),
    } satisfies Pick<OutboxNode, "put" | "subscribe">);
    const stopAnswering = sentMessages.consult((provider, named) => recall(keeper, provider, named));
    const file = fileOrNone(RED, this.id, config);
    // So that nobody takes it for one that was left behind.
    const letGo = file === undefined ? () => undefined : keepsIn(this.id, file);
    const stopListening = whenStarted(RED, () => keeper.start());

    this.on("close", (removed: boolean, done: () => void) => {
      stopListening();
      letGo();
      stopAnswering();
      if (keepers.get(this.id) === keeper) keepers.delete(this.id);
      // What is in a file is told of when the deploy is over, by those who look for files.
      const told = removed && file === undefined ? tellOfTheRest(keeper, words.warnings(this).warn) : Promise.resolve();
      void told.then(() => keeper.close()).then(done);
    });
  }

  RED.nodes.registerType(definition.type, MessagingOutboxNode, {
    credentials: credentialTypes(definition.credentials),
  });
  registerAdminRoutes(RED, (id) => keepers.get(id));
  watchLeftBehind(RED);
}

/** The file that it keeps its messages in, if that is known. */
function fileOrNone(RED: NodeAPI, id: string, config: Config): string | undefined {
  try {
    return fileIn(RED, id, config);
  } catch {
    // That it has no place for its file is said when it is opened.
    return undefined;
  }
}
