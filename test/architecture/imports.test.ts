import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { globSync } from "node:fs";

const root = resolve(import.meta.dirname, "..", "..");
const files = globSync(["src/**/*.ts", "nodes/**/*.ts"], { cwd: root }).sort();

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

/** Every relative import of a file, static or dynamic, as paths from the repository's root. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const found = text.matchAll(/^\s*(?:import|export)\s+(type\s)?[^"';]*?from\s+"(\.[^"]+)"|import\("(\.[^"]+)"\)/gm);
  return [...found].map(([, type, fixed, lazy]) => ({
    from: file,
    to: relative(root, resolve(root, dirname(file), fixed ?? lazy ?? "")),
    typeOnly: type !== undefined,
  }));
}

const imports = files.flatMap(importsOf);

/** The room that a file belongs to. */
function room(file: string): string {
  const [top, second, third] = file.split("/");
  if (top === "nodes") return second === "kit" ? "kit" : "nodes";
  if (second === "providers") return third === "index.ts" ? "provider list" : "providers";
  return third === undefined ? "core" : (second ?? "");
}

/** Which rooms the files of a room may import from (design: who may import whom). A type costs nothing at runtime. */
const mayImport: Record<string, string[]> = {
  core: ["core"],
  providers: ["core", "providers", "sandbox"],
  "provider list": ["providers", "core"],
  sandbox: ["core", "sandbox"],
  sending: ["core", "sending", "sandbox"],
  webhook: ["core", "webhook"],
  outbox: ["core", "sending", "outbox"],
  kit: ["outbox", "core", "sending", "webhook", "provider list", "kit"],
  nodes: ["outbox", "core", "sending", "sandbox", "webhook", "providers", "kit", "nodes"],
};

function show(broken: Import[]): string[] {
  return broken.map(({ from, to }) => `${from} imports ${to}`);
}

describe("the structure", () => {
  it("has a rule for each room", () => {
    assert.deepEqual(
      [...new Set(files.map(room))].filter((name) => !(name in mayImport)),
      [],
    );
  });

  it("lets imports follow the arrows of the design only", () => {
    const broken = imports.filter(
      ({ from, to, typeOnly }) => !typeOnly && !(mayImport[room(from)] ?? []).includes(room(to)),
    );
    assert.deepEqual(show(broken), []);
  });

  it("keeps the providers apart from each other, and the nodes too", () => {
    const home = (file: string) =>
      file
        .split("/")
        .slice(0, file.startsWith("src/providers/") ? 3 : 2)
        .join("/");
    const between = (name: string) =>
      imports.filter(({ from, to }) => room(from) === name && room(to) === name && home(from) !== home(to));
    assert.deepEqual(show([...between("providers"), ...between("nodes")]), []);
  });

  it("lets only the nodes touch Node-RED", () => {
    const touching = files.filter(
      (file) =>
        file.startsWith("src/") && /(?<![-\w])RED\.|from "node-red"/.test(readFileSync(join(root, file), "utf8")),
    );
    assert.deepEqual(touching, []);
  });

  it("has no file that imports itself through others, not even a type", () => {
    const next = Map.groupBy(imports, ({ from }) => from);
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: string[]) => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
      if (path.includes(file) || done.has(file)) return;
      for (const { to } of next.get(file) ?? []) visit(to, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    assert.deepEqual(circles, []);
  });

  it("has no file of 250 lines or more: that is two ideas", () => {
    const lines = (file: string) => readFileSync(join(root, file), "utf8").trimEnd().split("\n").length;
    assert.deepEqual(
      files.filter((file) => lines(file) >= 250),
      [],
    );
  });

  it("names a provider in its own folders and in the list of providers only", () => {
    const names = globSync("src/providers/*/index.ts", { cwd: root }).map((file) => file.split("/")[2] ?? "");
    const leaks = names.flatMap((name) =>
      files.filter(
        (file) =>
          !file.startsWith(`src/providers/${name}/`) &&
          !file.startsWith(`nodes/${name}-account/`) &&
          file !== "src/providers/index.ts" &&
          new RegExp(name, "i").test(readFileSync(join(root, file), "utf8")),
      ),
    );
    assert.ok(names.length > 0);
    assert.deepEqual(leaks, []);
  });
});
