import { strict as assert } from "node:assert";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import ts from "typescript";

const root = resolve(import.meta.dirname, "..", "..");
const files = globSync(["src/**/*.ts", "nodes/**/*.ts"], { cwd: root }).sort();

/** Where a path leads that only a running program knows; into no room that has a rule. */
const UNREADABLE = "a path that cannot be read from the source";

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

/** What a part of a file imports, in each way that the language has; undefined for a path that is made up while it runs. */
function importIn(node: ts.Node): { path: string | undefined; typeOnly: boolean } | undefined {
  const found = (path: ts.Node | undefined, typeOnly = false) => ({
    path: path !== undefined && ts.isStringLiteralLike(path) ? path.text : undefined,
    typeOnly,
  });
  if (ts.isImportDeclaration(node)) {
    return found(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) return found(node.moduleSpecifier, node.isTypeOnly);
  if (ts.isExternalModuleReference(node)) return found(node.expression);
  if (ts.isImportTypeNode(node))
    return found(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
  if (ts.isCallExpression(node) && (isImport(node.expression) || isRequire(node.expression))) {
    return found(node.arguments[0]);
  }
  return undefined;
}

function isImport({ kind }: ts.Node): boolean {
  return kind === ts.SyntaxKind.ImportKeyword;
}

function isRequire(node: ts.Node): boolean {
  return ts.isIdentifier(node) && node.text === "require";
}

/** Every import of a relative path in a file, as paths from the repository's root. */
function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const source = ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest);
  const visit = (node: ts.Node): void => {
    const { path, typeOnly = false } = importIn(node) ?? { path: "" };
    if (path === undefined) found.push({ from: file, to: UNREADABLE, typeOnly });
    if (path?.startsWith("."))
      found.push({ from: file, to: relative(root, resolve(root, dirname(file), path)), typeOnly });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const imports = files.flatMap(importsOf);

/** The room that a file belongs to; outside of src and nodes there is none that has a rule. */
function room(file: string): string {
  const [top, second, third] = file.split("/");
  if (top === "nodes") return second === "kit" ? "kit" : "nodes";
  if (top !== "src") return file;
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
