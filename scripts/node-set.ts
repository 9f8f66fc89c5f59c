import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  ableProviders,
  type AccountNodeDefinition,
  type ConfigNodeDefinition,
  type MessageNodeDefinition,
} from "../nodes/kit/definition.ts";
import type { ProviderFacts } from "../nodes/kit/editor/fields.ts";
import type { ListName, Provider } from "../src/provider.ts";
import { providers } from "../src/providers/index.ts";

export const root = resolve(import.meta.dirname, "..");

/** The languages of labels and help; the first is Node-RED's fallback. `es` serves every Spanish. */
export const languages = ["en-US", "es", "it"] as const;
export type Language = (typeof languages)[number];

/** A node type of the package, with all that its form needs to know. */
export type NodeEntry =
  | { kind: "message"; type: string; definition: MessageNodeDefinition; providers: ProviderFacts[] }
  | { kind: "config"; type: string; definition: ConfigNodeDefinition; providers: ProviderFacts[] }
  | { kind: "account"; type: string; definition: AccountNodeDefinition; provider: ProviderFacts };

/** The types of package.json's `node-red` map. */
export async function nodeTypes(): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    "node-red": { nodes: Record<string, string> };
  };
  const wrong = Object.entries(manifest["node-red"].nodes).filter(
    ([type, file]) => file !== `dist/nodes/${type}/${type}.js`,
  );
  if (wrong.length > 0) {
    throw new Error(
      `package.json, node-red.nodes: expected "<type>": "dist/nodes/<type>/<type>.js", not ${String(wrong)}`,
    );
  }
  return Object.keys(manifest["node-red"].nodes);
}

/** Every node of the package, in the order of package.json. */
export async function loadNodes(): Promise<NodeEntry[]> {
  return Promise.all((await nodeTypes()).map(loadNode));
}

async function loadNode(type: string): Promise<NodeEntry> {
  const file = join(root, "nodes", type, "definition.ts");
  const { definition } = (await import(pathToFileURL(file).href)) as {
    definition: MessageNodeDefinition | ConfigNodeDefinition | AccountNodeDefinition;
  };
  if (definition.type !== type) throw new Error(`${file} defines "${definition.type}", not "${type}"`);
  if (!isAccount(definition)) {
    const able = ableProviders(definition, providers).map(facts);
    return "inputs" in definition
      ? { kind: "message", type, definition, providers: able }
      : { kind: "config", type, definition, providers: able };
  }
  const provider = providers.find(({ name }) => `${name}-account` === type);
  if (provider === undefined) throw new Error(`${type} is the account of no provider in src/providers/index.ts`);
  return { kind: "account", type, definition, provider: facts(provider) };
}

function isAccount(definition: { type: string }): definition is AccountNodeDefinition {
  return definition.type.endsWith("-account");
}

function facts({ name, label, baseUrl, country, timeZone, maxSmsParts, operations }: Provider): ProviderFacts {
  const { sendSms, sendEmail, sendPush } = operations;
  const honours = {
    ...(sendSms && { sms: sendSms.honours }),
    ...(sendEmail && { email: sendEmail.honours }),
    ...(sendPush && { push: [] }),
  };
  const lists = Object.keys(operations.lists ?? {}) as ListName[];
  return { name, label, baseUrl, country, timeZone, honours, lists, ...(maxSmsParts !== undefined && { maxSmsParts }) };
}
