import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { usesOutbox } from "../nodes/kit/definition.ts";
import { root, type Language, type NodeEntry } from "./node-set.ts";

/** Labels by key; a key with dots in it is looked up through the levels. */
export interface Catalogue {
  [key: string]: string | Catalogue;
}

/** What is common to all nodes: nodes/kit/locales. */
export function commonCatalogue(language: Language): Promise<Catalogue> {
  return readJson(join(root, "nodes", "kit", "locales", `${language}.json`));
}

/** What is a node's own. */
export function ownCatalogue(type: string, language: Language): Promise<Catalogue> {
  return readJson(join(root, "nodes", type, "locales", language, `${type}.json`));
}

/** What Node-RED loads for a node: the common labels and its own. */
export async function nodeCatalogue(type: string, language: Language): Promise<Catalogue> {
  return merge(await commonCatalogue(language), await ownCatalogue(type, language), `${type} in ${language}`);
}

/** What warnings and errors say: nodes/kit/locales/<language>.runtime.json, and what failures mean, which forms say too. */
export async function runtimeCatalogue(language: Language): Promise<Catalogue> {
  const own = await readJson(join(root, "nodes", "kit", "locales", `${language}.runtime.json`));
  const { failure = {} } = await commonCatalogue(language);
  return { ...own, failure };
}

/** The node's help page in Markdown; an account's with what all accounts have, a message node's with what is common to all, and notes on each provider it can use. */
export async function nodeHelp(node: NodeEntry, language: Language): Promise<string> {
  const help = await readText(join(root, "nodes", node.type, "locales", language, "help.md"));
  const common = (topic: string) => readText(join(root, "nodes", "kit", "locales", `${language}.${topic}.md`));
  if (node.kind === "account") return [help, await common("account")].join("\n\n");
  if (node.kind === "config") return help;
  const shared = await Promise.all([...(usesOutbox(node.definition) ? ["outbox"] : []), "errors"].map(common));
  const notes = await Promise.all(node.providers.map((provider) => providerNotes(node.type, provider, language)));
  const [example] = node.providers;
  return [help, ...shared, ...notes]
    .join("\n\n")
    .replaceAll("%provider%", example?.name ?? "")
    .replaceAll("%account%", example?.label ?? "");
}

/** What its account's folder says of one provider in one node: the section of notes.md under that node's type. */
async function providerNotes(type: string, provider: { name: string; label: string }, language: Language) {
  const file = join(root, "nodes", `${provider.name}-account`, "locales", language, "notes.md");
  const sections = (await readText(file)).split(/^# /m);
  const section = sections.find((text) => text.startsWith(`${type}\n`));
  if (section === undefined) throw new Error(`${file} has no section "# ${type}"`);
  return `### ${provider.label}\n${section.slice(type.length)}`.trimEnd();
}

/** The text at a dotted key, or undefined. */
export function lookUp(catalogue: Catalogue, key: string): string | Catalogue | undefined {
  let found: string | Catalogue | undefined = catalogue;
  for (const part of key.split(".")) {
    if (found === undefined || typeof found === "string") return undefined;
    found = found[part];
  }
  return found;
}

function merge(common: Catalogue, own: Catalogue, where: string): Catalogue {
  const merged: Catalogue = { ...common };
  for (const [key, value] of Object.entries(own)) {
    const there = merged[key];
    if (there === undefined) merged[key] = value;
    else if (typeof there === "string" || typeof value === "string")
      throw new Error(`${where}: "${key}" hides the common label`);
    else merged[key] = merge(there, value, where);
  }
  return merged;
}

async function readJson(file: string): Promise<Catalogue> {
  const text = await readText(file);
  try {
    return JSON.parse(text) as Catalogue;
  } catch (error) {
    throw new Error(`${file} is no JSON: ${String(error)}`, { cause: error });
  }
}

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => Promise.reject(new Error(`missing file ${file}`)));
}
