import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual, promisify } from "node:util";
import { publint } from "publint";
import { languages, root } from "../../scripts/node-set.ts";
import { NodeRedProcess } from "../support/node-red-process.ts";
import { expectedFiles } from "./expected-files.ts";

const exec = promisify(execFile);
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  name: string;
  scripts: Record<string, string>;
  dependencies: Record<string, string>;
  "node-red": { nodes: Record<string, string>; plugins: Record<string, string> };
};
const nodes = Object.entries(manifest["node-red"].nodes);

interface Packed {
  filename: string;
  files: { path: string; size: number }[];
}

interface NodeSet {
  module: string;
  name: string;
  types: string[];
  enabled: boolean;
  err?: unknown;
}

async function pack(into: string): Promise<Packed> {
  const { stdout } = await exec("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", into], {
    cwd: root,
  });
  const [packed] = Object.values(JSON.parse(stdout) as Record<string, Packed>);
  assert.ok(packed);
  return packed;
}

/** A user directory as the palette manager makes it: nothing but the package and what it depends on. */
async function install(tarball: string, userDir: string): Promise<void> {
  await writeFile(join(userDir, "package.json"), JSON.stringify({ name: "user-dir", private: true }));
  await exec("npm", ["install", tarball, "--no-audit", "--no-fund", "--prefer-offline"], { cwd: userDir });
}

/** What the editor asks a Node-RED for that has the package: its scripts, pages, pictures, labels and helps. */
async function serves({ url }: NodeRedProcess): Promise<void> {
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const reply = await fetch(new URL(path, url), { headers });
    assert.equal(reply.status, 200, path);
    return reply.text();
  };
  for (const script of ["editor.js", "messages.js"]) {
    const served = await get(`resources/${manifest.name}/${script}`);
    assert.ok(served === readFileSync(join(root, "resources", script), "utf8"), script);
  }
  assert.match(await get("plugins", { accept: "text/html" }), /messages\.js/);
  for (const language of languages) {
    const labels = JSON.parse(await get(`nodes/messages?lng=${language}`)) as Record<string, unknown>;
    const pages = await get("nodes", { accept: "text/html", "accept-language": language });
    for (const [type] of nodes) {
      const built = (kind: string) =>
        readFileSync(join(root, "dist", "nodes", type, "locales", language, `${type}.${kind}`), "utf8");
      assert.ok(
        isDeepStrictEqual(labels[`${manifest.name}/${type}`], JSON.parse(built("json"))),
        `labels of ${type}, ${language}`,
      );
      assert.ok(pages.includes(`data-template-name="${type}"`), `form of ${type}`);
      assert.ok(pages.includes(built("html").trim()), `help of ${type}, ${language}`);
    }
  }
  for (const [type] of nodes) assert.match(await get(`icons/${manifest.name}/${type}.svg`), /<svg/);
}

describe("the packed package", () => {
  let folder: string;
  let packed: Packed;

  before(async function () {
    this.timeout(180_000);
    folder = await mkdtemp(join(tmpdir(), "messaging-pack-"));
    packed = await pack(folder);
    await install(join(folder, packed.filename), folder);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it("holds what an installed copy needs and nothing else", () => {
    const paths = packed.files.map(({ path }) => path);
    const expected = expectedFiles(nodes.map(([type]) => type));
    const missing = expected.filter((path) => !paths.includes(path));
    const stray = paths.filter((path) => !expected.includes(path));
    const empty = packed.files.filter(({ size }) => size === 0).map(({ path }) => path);
    assert.deepEqual({ missing, stray, empty }, { missing: [], stray: [], empty: [] });
    const { nodes: ofNodes, plugins } = manifest["node-red"];
    const code = Object.values({ ...ofNodes, ...plugins }).filter((file) => !expected.includes(file));
    assert.deepEqual(code, [], "package.json names code that no source is compiled to");
  });

  it("is as npm and bundlers expect a package to be", async () => {
    const { messages } = await publint({
      pkgDir: join(folder, "node_modules", manifest.name),
      pack: false,
      strict: true,
    });
    assert.deepEqual(
      messages.map(({ code, path }) => `${code} ${path.join(".")}`),
      [],
    );
  });

  it("runs nothing when it is installed", () => {
    const hooks = ["preinstall", "install", "postinstall", "prepare"].filter((name) => name in manifest.scripts);
    assert.deepEqual(hooks, []);
    assert.ok(Object.keys(manifest.dependencies).length <= 6, "the Node-RED scorecard wants six at most");
  });

  it("loads nothing heavy before the first message", async () => {
    const script = `
      const registered = [];
      const nodes = new Proxy({}, { get: (_, name) => (name === "registerType" ? (type) => registered.push(type) : () => {}) });
      const anything = new Proxy(() => anything, { get: (_, name) => (name === "nodes" ? nodes : anything) });
      for (const file of ${JSON.stringify(nodes.map(([, file]) => file))}) {
        require(${JSON.stringify(join(folder, "node_modules", manifest.name))} + "/" + file).default(anything);
      }
      const packages = Object.keys(require.cache).map((path) => path.split("node_modules/").pop().split("/")[0]);
      console.log(JSON.stringify({ registered, packages: [...new Set(packages)] }));
    `;
    const { stdout } = await exec(process.execPath, ["-e", script]);
    const loaded = JSON.parse(stdout) as { registered: string[]; packages: string[] };
    assert.deepEqual(loaded.registered.sort(), nodes.map(([type]) => type).sort());
    assert.deepEqual(loaded.packages, [manifest.name]);
  });

  it("loads in Node-RED and sends an example's message through the sandbox", async () => {
    const red = await NodeRedProcess.start({
      flows: JSON.parse(readFileSync(join(root, "examples", "first-sms.json"), "utf8")) as object[],
      prepare: (userDir) => cp(join(folder, "node_modules"), join(userDir, "node_modules"), { recursive: true }),
    });
    try {
      const reply = await fetch(new URL("nodes", red.url), { headers: { accept: "application/json" } });
      const sets = ((await reply.json()) as NodeSet[]).filter(({ module }) => module === manifest.name);
      assert.deepEqual(
        sets.map(({ name, enabled, err }) => ({ name, enabled, err })).sort((a, b) => (a.name < b.name ? -1 : 1)),
        nodes.map(([name]) => ({ name, enabled: true, err: undefined })).sort((a, b) => (a.name < b.name ? -1 : 1)),
      );
      await red.shows(/SMS [0-9a-f]{32}: delivered/);
      await serves(red);
    } finally {
      await red.stop();
    }
  }).timeout(90_000);
});
