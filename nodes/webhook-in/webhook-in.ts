import { randomBytes } from "node:crypto";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { registerWebhook } from "../../src/sandbox/webhooks.ts";
import { MIN_SECRET_CHARACTERS, SecretSet } from "../../src/webhook/secret.ts";
import { sentMessages } from "../../src/webhook/sent-messages.ts";
import { credentialTypes } from "../kit/definition.ts";
import { plain, type Config } from "../kit/fields.ts";
import { chosenAccount, chosenProvider } from "../kit/find-account.ts";
import { NodeLife } from "../kit/node-life.ts";
import { workBadge } from "../kit/status.ts";
import { registerAdminRoutes } from "./admin.ts";
import { definition } from "./definition.ts";
import { Entrance, type Hook } from "./entrance.ts";
import type { App } from "./layers.ts";
import type { Credentials, Listening } from "./listening.ts";
import { Memory } from "./memory.ts";
import { ownAddress } from "./own-address.ts";
import { Reception } from "./reception.ts";

export default function register(RED: NodeAPI): void {
  const { httpNode } = RED as unknown as { httpNode?: App };
  const entrance = httpNode && new Entrance(httpNode);
  const listening = new Map<string, Listening>();
  const memory = new Memory();

  function WebhookInNode(this: Node<Credentials>, config: NodeDef & Config): void {
    RED.nodes.createNode(this, config);
    sentMessages.want();
    const isSandbox = chosenAccount(RED, config)?.mode === "sandbox";
    const { secret = isSandbox ? passingSecret() : undefined, previousSecret } = credentialsOf(this);
    const life = new NodeLife(this);
    const { userDir } = RED.settings as { userDir?: string };
    const opened = memory.open(userDir, (text) => life.warnOnce(text));
    const maxBody = maxBodyOf(config, life);
    const reception = new Reception({ RED, node: this, config, life, memory, opened, maxBody });
    const hook: Hook = {
      path: String(plain(config, "path", definition.fields.path)).replace(/^\/+|\/+$/g, ""),
      secrets: new SecretSet([secret, previousSecret]),
      take: (request, response) => reception.take(request, response),
    };
    const problem = problemOf(RED, hook, [secret, previousSecret]) ?? (entrance?.open(hook) ? undefined : TAKEN);
    if (problem) this.warn(`This webhook does not listen: ${problem}`);
    life.show(workBadge(problem ? "status.not-listening" : "status.listening"));
    if (isShort(secret) || isShort(previousSecret)) this.warn(SHORT);
    listening.set(this.id, {
      reception,
      isOpen: !problem,
      ...(secret !== undefined && { secret }),
      ...(previousSecret !== undefined && { previousSecret }),
    });

    const unregister = registerWebhook(chosenProvider(RED, config), () => {
      const base = ownAddress(RED);
      const isCalled = isSandbox && !problem && base && secret && httpNode;
      if (!isCalled) return undefined;
      return `${base}${httpNode.path().replace(/\/+$/, "")}/${hook.path}/${encodeURIComponent(secret)}`;
    });

    this.on("close", (removed: boolean, done: () => void) => {
      entrance?.close(hook);
      unregister();
      listening.delete(this.id);
      if (removed) memory.forget(this.id);
      void reception
        .close()
        .then(() => memory.flush())
        .then(done);
    });
  }

  RED.nodes.registerType(definition.type, WebhookInNode, {
    credentials: credentialTypes(definition.credentials ?? {}),
  });
  registerAdminRoutes(RED, (id) => listening.get(id));
}

const TAKEN = "another webhook-in of this Node-RED has the same path and secret: give one of them a secret of its own.";

const SHORT = `The secret of this webhook has fewer than ${MIN_SECRET_CHARACTERS} characters and could be guessed: open the node and make a new one.`;

/** Why a webhook cannot listen, and what to do. */
function problemOf(RED: NodeAPI, { path, secrets }: Hook, given: readonly (string | undefined)[]): string | undefined {
  if (RED.settings.httpNodeRoot === false) return "settings.js switches HTTP nodes off (httpNodeRoot: false).";
  if (path === "") return "it has no path. Open the node and give one.";
  if (secrets.size === 0) return "it has no secret. Open the node, which makes one, and deploy.";
  // Node-RED leaves it as it is, and anyone could guess it.
  const unset = given.find((secret) => secret !== undefined && /^\$[{(].*[})]$/.test(secret));
  return unset && `its secret is to come from the environment variable ${unset}, which is not set.`;
}

/** Node-RED keeps an emptied credential as an empty text. */
function credentialsOf({ credentials }: { credentials?: Credentials }): Credentials {
  return Object.fromEntries(Object.entries(credentials ?? {}).filter(([, secret]) => secret));
}

/** So that an imported example works at once: the sandbox is told the address, and nobody else needs it. */
function passingSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** Bytes. */
function maxBodyOf(config: Config, life: NodeLife): number {
  const field = definition.fields.maxBodyKB;
  const given = Number(config.maxBodyKB || field.value);
  if (given >= field.min && given <= field.max) return given * 1024;
  life.warnOnce(`"maxBodyKB" must be a number from ${field.min} to ${field.max}; ${field.value} is taken instead.`);
  return field.value * 1024;
}

function isShort(secret: string | undefined): boolean {
  return secret !== undefined && secret !== "" && secret.length < MIN_SECRET_CHARACTERS;
}
