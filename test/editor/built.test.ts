import { strict as assert } from "node:assert";
import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { messageDefaults } from "../../nodes/kit/editor/fields.ts";
import { formHtml } from "../../scripts/form.ts";
import { nodeCatalogue } from "../../scripts/catalogue.ts";
import { languages, loadNodes, root, type NodeEntry } from "../../scripts/node-set.ts";

function read(...path: string[]): Promise<string> {
  return readFile(join(root, "dist", "nodes", ...path), "utf8");
}

describe("the built package", () => {
  let nodes: NodeEntry[];

  before(async () => {
    nodes = await loadNodes();
  });

  it("has code, form, icon, labels and help of every node", async () => {
    for (const { type } of nodes) {
      await read(type, `${type}.js`);
      assert.match(await read(type, "icons", `${type}.svg`), /^<svg [^>]*viewBox="0 0 40 60"/);
      assert.match(await read(type, `${type}.html`), new RegExp(`data-template-name="${type}"`));
      for (const language of languages) {
        assert.match(await read(type, "locales", language, `${type}.html`), new RegExp(`data-help-name="${type}"`));
        JSON.parse(await read(type, "locales", language, `${type}.json`));
      }
    }
  });

  it("registers every node with its own definition", async () => {
    for (const node of nodes) {
      const scripts = [
        ...(await read(node.type, `${node.type}.html`)).matchAll(/<script type="text\/javascript">(.*?)<\/script>/gs),
      ];
      const calls: [string, { definition: object }][] = [];
      const take = (kind: string) => (facts: { definition: object }) => void calls.push([kind, facts]);
      const messagingEditor = { message: take("message"), account: take("account"), config: take("config") };
      for (const [, script] of scripts) runInNewContext(script ?? "", { messagingEditor });
      assert.deepEqual(
        calls.map(([kind, { definition }]) => [kind, JSON.stringify(definition)]),
        [[node.kind, JSON.stringify(node.definition)]],
      );
    }
  });

  it("holds no sources, tests or fixtures", () => {
    const strange = globSync(["dist/**/*.ts", "dist/**/fixtures/**", "dist/test/**", "dist/scripts/**"], { cwd: root });
    assert.deepEqual(strange, []);
  });

  it("brings one small script for all forms", async () => {
    const script = await readFile(join(root, "resources", "editor.js"), "utf8");
    assert.ok(script.length < 60_000, `editor.js has ${script.length} bytes`);
  });
});

describe("a form", () => {
  let forms: Map<string, string>;

  before(async () => {
    const nodes = await loadNodes();
    const made = nodes.map(
      async (node) => [node.type, formHtml(node, await nodeCatalogue(node.type, "en-US"))] as const,
    );
    forms = new Map(await Promise.all(made));
  });

  it("holds no word of any language, only keys", () => {
    for (const [type, html] of forms) {
      // A provider is called the same in every language.
      const words = html
        .replace(/<option value="\w+">[^<]*<\/option>/g, "")
        .replace(/<[^>]*>/g, "")
        .trim();
      assert.equal(words, "", type);
    }
  });

  it("labels each of its controls", () => {
    for (const [type, html] of forms) {
      const controls = [
        ...html.matchAll(/<(?:input type="(?!hidden)[^>]*|select[^>]*) id="([^"]+)"|<select id="([^"]+)"/g),
      ];
      assert.ok(controls.length > 1, type);
      for (const [, input, select] of controls)
        assert.ok(html.includes(`<label for="${input ?? select}"`), `${type} ${input ?? select}`);
    }
  });

  it("uses each id once", () => {
    for (const [type, html] of forms) {
      const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
      assert.deepEqual([...new Set(ids)], ids, type);
    }
  });

  it("offers no choice of provider where only one is able", () => {
    assert.ok(!forms.get("send-email")?.includes(`id="node-input-provider"`));
    assert.ok(forms.get("send-email")?.includes(`id="node-input-connectus"`));
  });

  for (const [type, names] of [
    ["send-sms", "connectus smshosting conectaline"],
    ["send-bulk", "connectus smshosting conectaline"],
    ["check-balance", "connectus smshosting conectaline"],
    ["check-status", "connectus smshosting"],
  ] as const) {
    it(`offers for ${type} all providers that are able`, () => {
      const offered = [...(forms.get(type) ?? "").matchAll(/<option value="(\w+)">\w+<\/option>/g)];
      assert.equal(offered.map(([, name]) => name).join(" "), names);
      for (const name of names.split(" ")) assert.ok(forms.get(type)?.includes(`id="node-input-${name}"`));
    });
  }

  it("offers a choice where several are able, with accounts of each", async () => {
    const node = (await loadNodes()).find(({ type }) => type === "send-email");
    assert.ok(node?.kind === "message");
    const [first] = node.providers;
    assert.ok(first);
    const providers = [first, { ...first, name: "another", label: "Another & Co" }];
    const html = formHtml({ ...node, providers }, await nodeCatalogue("send-email", "en-US"));
    assert.match(html, /<select id="node-input-provider"[^>]*><option value="connectus">Connectus<\/option>/);
    assert.match(html, /<option value="another">Another &#38; Co<\/option>/);
    assert.match(html, /data-field="connectus".*\n.*data-field="another"/);
    const { connectus, another, provider } = messageDefaults(node.definition, providers);
    assert.deepEqual(
      [connectus?.type, another?.type, provider?.value],
      ["connectus-account", "another-account", "connectus"],
    );
  });

  it("folds what is rarely needed", () => {
    const [first, folded] = (forms.get("send-sms") ?? "").split("<details>");
    assert.match(first ?? "", /id="node-input-to"/);
    assert.match(folded ?? "", /id="node-input-encoding"/);
  });
});
