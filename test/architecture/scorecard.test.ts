import { strict as assert } from "node:assert";
import { existsSync, globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { loadNodes } from "../../scripts/node-set.ts";

/** The checks of the Node-RED library's scorecard that need no network. Its limit of dependencies is in the pack's test. */

const require = createRequire(import.meta.url);
const root = resolve(import.meta.dirname, "..", "..");

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly keywords: readonly string[];
  readonly license: string;
  readonly engines: { readonly node: string };
  readonly repository?: { readonly type: string; readonly url: string };
  readonly bugs?: { readonly url: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly "node-red": { readonly version: string; readonly nodes: Readonly<Record<string, string>> };
}

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly deprecated?: string;
  readonly hasInstallScript?: true;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly engines?: { readonly node?: string };
}

const manifest = read<Manifest>(join(root, "package.json"));
const locked = read<{ packages: Record<string, Locked> }>(join(root, "package-lock.json")).packages;

describe("the package, by the Node-RED scorecard,", () => {
  it("is named as packages of nodes are, and says what it is for", () => {
    assert.match(manifest.name, /^node-red-contrib-[a-z][a-z0-9-]+$/);
    assert.match(manifest.version, /^\d+\.\d+\.\d+(-[a-z0-9.]+)?$/);
    assert.ok(manifest.keywords.includes("node-red"), "the library lists packages with this keyword only");
    assert.equal(new Set(manifest.keywords).size, manifest.keywords.length);
    assert.ok(manifest.description.length >= 40 && manifest.description.length <= 255);
  });

  it("has a licence, and its text", () => {
    assert.equal(manifest.license, "Apache-2.0");
    assert.match(readFileSync(join(root, "LICENSE"), "utf8"), /Apache License\s+Version 2\.0/);
  });

  it("names its repository and where to tell of bugs by https, or neither", () => {
    const { repository, bugs } = manifest;
    assert.equal(repository === undefined, bugs === undefined);
    for (const url of [repository?.url, bugs?.url]) if (url !== undefined) assert.match(url, /^(git\+)?https:\/\//);
  });

  it("says which Node.js and which Node-RED it needs", () => {
    assert.match(manifest.engines.node, /^>=\d+\.\d+\.\d+$/);
    assert.match(manifest["node-red"].version, /^>=\d+\.\d+\.\d+$/);
  });

  it("needs no newer Node.js than it says, with all that comes with it", () => {
    const least = versionIn(manifest.engines.node);
    const demanding = runtime().filter(([, { engines }]) => needsMoreThan(least, engines?.node ?? ""));
    assert.deepEqual(
      demanding.map(([path, { engines }]) => `${path}: ${engines?.node}`),
      [],
    );
  });

  it("depends on published releases alone: none deprecated, none that runs a script, all under a permissive licence", () => {
    for (const range of Object.values(manifest.dependencies)) assert.match(range, /^[\^~]?\d/);
    const allowed = ["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "BlueOak-1.0.0"];
    for (const [path, { deprecated, hasInstallScript, license }] of runtime()) {
      assert.equal(deprecated, undefined, path);
      assert.equal(hasInstallScript, undefined, path);
      assert.ok(allowed.includes(license ?? ""), `${path}: ${license}`);
    }
  });

  it("has node types that neither itself nor Node-RED has twice", () => {
    const own = Object.keys(manifest["node-red"].nodes);
    const folder = join(dirname(require.resolve("@node-red/nodes/package.json")), "core");
    const sources = globSync("**/*.js", { cwd: folder }).map((file) => readFileSync(join(folder, file), "utf8"));
    const core = sources.flatMap((text) =>
      [...text.matchAll(/registerType\(\s*["']([^"']+)["']/g)].map(([, type]) => type),
    );
    assert.ok(core.includes("inject") && core.includes("http request"));
    assert.deepEqual(
      own.filter((type) => core.includes(type)),
      [],
    );
  });

  it("shows each node with an icon and a colour of its own", async () => {
    for (const node of await loadNodes()) {
      assert.ok(existsSync(join(root, "icons", `${node.type}.svg`)), node.type);
      if (node.kind === "message") assert.match(node.definition.color, /^#[0-9A-F]{6}$/i, node.type);
    }
  });

  it("has a README that is worth reading", () => {
    const words = readFileSync(join(root, "README.md"), "utf8").split(/\s+/).length;
    assert.ok(words > 300, `${words} words`);
  });
});

/** What an installed copy brings along, by its place in the lock file. */
function runtime(): [path: string, package_: Locked][] {
  const found = new Map<string, Locked>();
  const visit = (names: readonly string[]) => {
    for (const name of names) {
      const path = `node_modules/${name}`;
      const one = locked[path];
      assert.ok(one, `${path} is not in the lock file`);
      if (found.has(path)) continue;
      found.set(path, one);
      visit(Object.keys(one.dependencies ?? {}));
    }
  };
  visit(Object.keys(manifest.dependencies));
  return [...found];
}

function versionIn(range: string): number[] {
  return (/\d+(\.\d+)*/.exec(range)?.[0] ?? "0").split(".").map(Number);
}

/** Whether a range begins above this version; those of packages begin with the oldest that they take. */
function needsMoreThan(least: readonly number[], range: string): boolean {
  const needed = versionIn(range);
  const at = [0, 1, 2].find((place) => (needed[place] ?? 0) !== (least[place] ?? 0));
  return at !== undefined && (needed[at] ?? 0) > (least[at] ?? 0);
}

function read<Content>(file: string): Content {
  return JSON.parse(readFileSync(file, "utf8")) as Content;
}
