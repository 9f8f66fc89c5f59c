import { strict as assert } from "node:assert";
import { globSync, readFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { lookUp, ownCatalogue, type Catalogue } from "../../scripts/catalogue.ts";
import { languages, root } from "../../scripts/node-set.ts";

function keysOf(catalogue: Catalogue, path: string[] = []): string[] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === "string" ? [[...path, key].join(".")] : keysOf(value, [...path, key]),
  );
}

/** What stands in a script between `t("` and `"`, but for what the nodes' common labels have. */
function keysUsed(): string[] {
  const files = globSync("nodes/messages-tab/browser/*.ts", { cwd: root });
  const source = files.map((file) => readFileSync(join(root, file), "utf8")).join("\n");
  const used = [...source.matchAll(/\bt\(\s*"([\w.-]+)"/g)].map(([, key]) => key ?? "");
  return [...new Set(used)].filter((key) => !key.startsWith("mode.")).sort();
}

describe("the words of the tab Messages", () => {
  for (const language of languages) {
    it(`are all there in ${language}, and none is unused`, async () => {
      const catalogue = await ownCatalogue("messages-tab", language);
      assert.deepEqual(keysOf(catalogue).sort(), keysUsed());
      for (const key of keysUsed()) assert.notEqual(String(lookUp(catalogue, key)).trim(), "");
    });

    it(`have the same blanks in ${language}`, async () => {
      const [here, there] = await Promise.all([language, languages[0]].map((one) => ownCatalogue("messages-tab", one)));
      assert.ok(here && there);
      const blanks = (catalogue: Catalogue, key: string) =>
        [...String(lookUp(catalogue, key)).matchAll(/__\w+__/g)].map(String).sort().join();
      for (const key of keysOf(there)) assert.equal(blanks(here, key), blanks(there, key), key);
    });
  }

  it("come with the script, which stays small", async () => {
    const { size } = await stat(join(root, "resources", "messages.js"));
    assert.ok(size < 50_000, `messages.js has ${size} bytes`);
    const html = await readFile(join(root, "dist", "nodes", "messages-tab", "messages-tab.html"), "utf8");
    assert.match(html, /src="resources\/node-red-contrib-messaging\/messages\.js"/);
  });

  it("are coloured by Node-RED's own variables only", () => {
    const style = readFileSync(join(root, "nodes", "messages-tab", "browser", "style.ts"), "utf8");
    assert.deepEqual(style.match(/#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(/gi), null);
  });
});
