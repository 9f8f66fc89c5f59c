import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { languages, root } from "../../scripts/node-set.ts";

/** What npm takes along without being asked, and the changelog. */
const DOCUMENTS = ["package.json", "README.md", "LICENSE", "CHANGELOG.md"];

/** The editor's scripts, the sidebar tab's page, the runtime's own words, and what makes the compiled code CommonJS. */
const SINGLE_FILES = [
  "resources/editor.js",
  "resources/messages.js",
  "dist/nodes/messages-tab/messages-tab.html",
  "dist/package.json",
  ...languages.map((language) => `dist/nodes/kit/locales/${language}.json`),
];

/** Every file that the tarball has to hold, and it may hold no other: paths from the package's root, sorted. */
export function expectedFiles(types: readonly string[]): string[] {
  const examples = readdirSync(join(root, "examples")).flatMap((file) =>
    file.endsWith(".json") ? `examples/${file}` : [],
  );
  return [...DOCUMENTS, ...SINGLE_FILES, ...compiled(), ...types.flatMap(filesOfNode), ...examples].sort();
}

/** One file for each source that runs in Node-RED. What runs in the browser is in the scripts of resources/. */
function compiled(): string[] {
  const { include, exclude } = JSON.parse(readFileSync(join(root, "tsconfig.json"), "utf8")) as {
    include: string[];
    exclude: string[];
  };
  // Node.js 20 has no glob of its own.
  const sources = ts.sys.readDirectory(root, [".ts"], [...exclude, "**/fixtures/**"], include);
  return sources.map((file) => `dist/${relative(root, file).replace(/ts$/, "js")}`);
}

/** Without its code: that is compiled. */
function filesOfNode(type: string): string[] {
  const texts = languages.flatMap((language) => [
    `locales/${language}/${type}.json`,
    `locales/${language}/${type}.html`,
  ]);
  return [`${type}.html`, `icons/${type}.svg`, ...texts].map((file) => `dist/nodes/${type}/${file}`);
}
