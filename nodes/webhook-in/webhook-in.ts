import { randomBytes } from "node:crypto";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { MIN_SECRET_CHARACTERS, SecretSet } from "../../src/webhook/secret.ts";
import { sentMessages } from "../../src/webhook/sent-messages.ts";
import { credentialTypes } from "../kit/definition.ts";
import { plain, type Config } from "../kit/fields.ts";
import { chosenAccount } from "../kit/find-account.ts";
import { NodeLife } from "../kit/node-life.ts";
import { workBadge } from "../kit/status.ts";
import { publicBase, trimmedPath, webhookUrl } from "./address.ts";
import { registerAdminRoutes } from "./admin.ts";
import { clearWay } from "./clear-way.ts";
import { definition } from "./definition.ts";
import { Entrance, type Hook } from "./entrance.ts";
import type { App } from "./layers.ts";
import type { Credentials, Listening } from "./listening.ts";
import { Memory } from "./memory.ts";
import { Reception } from "./reception.ts";
import { tellAddress } from "./tell-address.ts";
import { isShort, problemOf, TAKEN } from "./warnings.ts";

export default function register(RED: NodeAPI): void {
  const { httpNode } = RED as unknown as { httpNode?: App };
  const entrance = httpNode && entranceTo(httpNode, RED);
  const listening = new Map<string, Listening>();
  const memory = new Memory();

  function WebhookInNode(this: Node<Credentials>, config: NodeDef & Config): void {
    RED.nodes.createNode(this, config);
    sentMessages.want();
    const isSandbox = chosenAccount(RED, config)?.mode === "sandbox";
    const { secret = isSandbox ? passingSecret() : undefined, previousSecret } = credentialsOf(this);
    const life = new NodeLife(RED, this);
    const opened = memory.open(userDirOf(RED), life.warnOnce);
    const maxBody = maxBodyOf(config, life);
    const reception = new Reception({ RED, node: this, config, life, memory, opened, maxBody });
    const hook: Hook = {
      id: this.id,
      path: trimmedPath(String(plain(config, "path", definition.fields.path))),
      secrets: new SecretSet([secret, previousSecret]),
      take: (request, response) => reception.take(request, response),
    };
    const problem = problemOf(RED, hook, [secret, previousSecret]) ?? (entrance?.open(hook) ? undefined : TAKEN);
    if (problem) life.warn("notListening", { why: life.words.warning(problem.kind, problem.values) });
    life.show(workBadge(problem ? "status.not-listening" : "status.listening"));
    if (isShort(secret) || isShort(previousSecret)) life.warn("shortSecret", { least: MIN_SECRET_CHARACTERS });
    // The form knows a node inside a subflow by the id that it has there.
    const formId = (this as { _alias?: string })._alias ?? this.id;
    const running: Listening = {
      reception,
      isOpen: !problem,
      path: hook.path,
      ...(secret !== undefined && { secret }),
      ...(previousSecret !== undefined && { previousSecret }),
    };
    listening.set(formId, running);

    const urlAt = (base: string) =>
      secret && httpNode && !problem ? webhookUrl(base, httpNode.path(), hook.path, secret) : undefined;
    const endCalls = tellAddress({ RED, config, life, publicUrl: publicUrlOf(config, life), secret, urlAt });

    this.on("close", (removed: boolean, done: () => void) => {
      entrance?.close(hook, { returns: !removed });
      endCalls();
      if (listening.get(formId) === running) listening.delete(formId);
      if (removed) memory.forget(this.id);
      const flushed = reception.close().then(() => memory.flush());
      void flushed.then(done);
    });
  }

  RED.nodes.registerType(definition.type, WebhookInNode, {
    credentials: credentialTypes(definition.credentials ?? {}),
  });
  registerAdminRoutes(RED, {
    running: (id) => listening.get(id),
    // Also of a node that does not run: one that is disabled, or whose flow is.
    stored: (id) => credentialsOf({ credentials: RED.nodes.getCredentials(id) }),
  });
}

function entranceTo(app: App, RED: NodeAPI): Entrance {
  return new Entrance(app, (settle) => RED.events.once("flows:started", settle), clearWay(RED, app));
}

function userDirOf(RED: NodeAPI): string | undefined {
  return (RED.settings as { userDir?: string }).userDir;
}

/** Node-RED keeps an emptied credential as an empty text. */
function credentialsOf({ credentials }: { credentials?: Credentials | undefined }): Credentials {
  return Object.fromEntries(Object.entries(credentials ?? {}).filter(([, secret]) => secret));
}

/** So that an imported example works at once: the sandbox is told the address, and nobody else needs it. */
function passingSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** Undefined for none. */
function publicUrlOf(config: Config, life: NodeLife): string | undefined {
  const given = String(plain(config, "publicUrl", definition.fields.publicUrl)).trim();
  if (given === "") return undefined;
  const base = publicBase(given);
  if (base === undefined) life.warnOnce("publicUrl");
  return base;
}

/** Bytes. */
function maxBodyOf(config: Config, life: NodeLife): number {
  const field = definition.fields.maxBodyKB;
  const given = Number(config.maxBodyKB || field.value);
  if (given >= field.min && given <= field.max) return given * 1024;
  life.warnOnce("maxBody", { field: "maxBodyKB", least: field.min, most: field.max, usual: field.value });
  return field.value * 1024;
}
