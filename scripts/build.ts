/** Builds what the package ships: dist/ (compiled code, forms, catalogues, help, icons) and resources/ (the editor's script). */
import { spawn } from "node:child_process";
import { globSync } from "node:fs";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build as bundle } from "esbuild";
import { nodeCatalogue, nodeHelp, ownCatalogue, runtimeCatalogue } from "./catalogue.ts";
import { helpHtml, nodeHtml, tabHtml } from "./node-html.ts";
import { languages, loadNodes, root, type Language, type NodeEntry } from "./node-set.ts";

const started = performance.now();
try {
  await Promise.all(["dist", "resources"].map((folder) => rm(join(root, folder), { recursive: true, force: true })));
  const [nodes] = await Promise.all([buildNodes(), buildRuntimeWords(), compile(), bundleEditor(), buildTab()]);
  await removeWhatNobodyLoads();
  console.log(`Built ${nodes.length} nodes in ${((performance.now() - started) / 1000).toFixed(1)} s`);
} catch (error) {
  console.error(`The build failed. ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function buildNodes(): Promise<NodeEntry[]> {
  const nodes = await loadNodes();
  await Promise.all(nodes.map(buildNode));
  // The sources are ES modules, what is compiled from them is CommonJS: Node-RED 4 can load nothing else.
  await write(join(root, "dist", "package.json"), `{ "type": "commonjs" }\n`);
  return nodes;
}

async function buildNode(node: NodeEntry): Promise<void> {
  const { type } = node;
  const folder = join(root, "dist", "nodes", type);
  const icon = join(folder, "icons", `${type}.svg`);
  await write(join(folder, `${type}.html`), nodeHtml(node, await nodeCatalogue(type, languages[0])));
  for (const language of languages) {
    const place = join(folder, "locales", language);
    await write(join(place, `${type}.json`), JSON.stringify(await nodeCatalogue(type, language)));
    await write(join(place, `${type}.html`), helpHtml(type, await nodeHelp(node, language)));
  }
  await mkdir(dirname(icon), { recursive: true });
  await copyFile(join(root, "icons", `${type}.svg`), icon);
}

/** What the runtime says itself: the editor does not load it. */
async function buildRuntimeWords(): Promise<void> {
  for (const language of languages) {
    const file = join(root, "dist", "nodes", "kit", "locales", `${language}.json`);
    await write(file, JSON.stringify(await runtimeCatalogue(language)));
  }
}

/** Type errors are printed by the compiler itself. */
async function compile(): Promise<void> {
  const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const child = spawn(process.execPath, [compiler, "-p", "tsconfig.json"], { cwd: root, stdio: "inherit" });
  const code = await new Promise<number | null>((settle, reject) => child.once("error", reject).once("exit", settle));
  if (code !== 0) throw new Error("TypeScript found the errors above.");
}

/** One script for the forms of all nodes; a node with something of its own has it in nodes/<type>/editor.ts. */
async function bundleEditor(): Promise<void> {
  const sources = ["nodes/kit/editor/index.ts", ...globSync("nodes/*/editor.ts", { cwd: root }).sort()];
  await bundle({
    stdin: { contents: sources.map((file) => `import "./${file}";`).join("\n"), resolveDir: root },
    outfile: join(root, "resources", "editor.js"),
    bundle: true,
    format: "iife",
    target: "es2020",
    minify: true,
    logLevel: "warning",
  });
}

/** The sidebar's tab is no node: it has a script of its own, which its page shares, and a page of HTML that loads it. */
async function buildTab(): Promise<void> {
  await write(join(root, "dist", "nodes", "messages-tab", "messages-tab.html"), tabHtml());
  await bundle({
    entryPoints: [join(root, "nodes", "messages-tab", "browser", "index.ts")],
    define: await tabLabels(),
    outfile: join(root, "resources", "messages.js"),
    bundle: true,
    format: "iife",
    target: "es2020",
    minify: true,
    logLevel: "warning",
  });
}

/** By language and type the labels of the nodes whose results the tab shows, and by name those of the providers. */
async function tabLabels(): Promise<{ NODE_LABELS: string; PROVIDER_LABELS: string }> {
  const nodes = await loadNodes();
  const senders = nodes.filter(
    (node) =>
      node.kind === "message" && [node.definition.needs].flat().some((operation) => operation.startsWith("send")),
  );
  const labels = (language: Language) =>
    Promise.all(senders.map(async ({ type }) => [type, (await ownCatalogue(type, language)).label] as const));
  const byLanguage = languages.map(async (language) => {
    // As the script names languages: "en" of "en-US".
    return [language.slice(0, 2), Object.fromEntries(await labels(language))] as const;
  });
  const providers = nodes.flatMap((node) =>
    node.kind === "account" ? [[node.provider.name, node.provider.label]] : [],
  );
  return {
    NODE_LABELS: JSON.stringify(Object.fromEntries(await Promise.all(byLanguage))),
    PROVIDER_LABELS: JSON.stringify(Object.fromEntries(providers)),
  };
}

/** Requests and replies that only the tests replay, and the catalogue that is there for its type alone. */
async function removeWhatNobodyLoads(): Promise<void> {
  const folders = globSync(["dist/src/**/fixtures", "dist/nodes/kit/locales/*.runtime.json"], { cwd: root });
  await Promise.all(folders.map((folder) => rm(join(root, folder), { recursive: true })));
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
