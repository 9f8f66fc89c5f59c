import { strict as assert } from "node:assert";
import { globSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { offersRoute, usesOutbox } from "../../nodes/kit/definition.ts";
import { FAILURE_KEYS } from "../../nodes/kit/failures.ts";
import { STATUS_KEYS } from "../../nodes/kit/status.ts";
import { parseNumber } from "../../src/phone.ts";
import {
  commonCatalogue,
  lookUp,
  nodeCatalogue,
  nodeHelp,
  ownCatalogue,
  type Catalogue,
} from "../../scripts/catalogue.ts";
import { languages, loadNodes, root, type NodeEntry } from "../../scripts/node-set.ts";
import { fieldsOf } from "../support/node-properties.ts";

function keysOf(catalogue: Catalogue, path: string[] = []): string[] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === "string" ? [[...path, key].join(".")] : keysOf(value, [...path, key]),
  );
}

/** Labels that a node must have, and those that it may have. */
function keysFor(node: NodeEntry): { needed: string[]; allowed: RegExp } {
  const fields = Object.entries(fieldsOf(node));
  const lists = node.kind === "config" ? (node.definition.lists ?? []) : [];
  const needed = [
    "label",
    "field.name",
    ...fields.map(([name]) => `field.${name}`),
    ...lists.map((name) => `field.${name}`),
    ...fields.flatMap(([name, field]) =>
      field.kind === "choice" ? field.options.map((option) => `${name}.${option}`) : [],
    ),
    ...(fields.some(([, { more }]) => more) ? ["form.more"] : []),
    ...(node.kind === "message" ? messageKeys(node) : []),
    ...globSync(`nodes/${node.type}/{editor,browser/*}.ts`, { cwd: root }).flatMap(keysIn),
  ];
  const outbox = node.kind === "message" && usesOutbox(node.definition) ? ["outbox"] : [];
  const names = [...fields.map(([name]) => name), ...lists, ...outbox].join("|");
  return { needed, allowed: new RegExp(`^(hint|placeholder)\\.(${names})(\\.[\\w-]+)?$`) };
}

function messageKeys({ definition, providers }: NodeEntry & { kind: "message" }): string[] {
  return [
    "field.account",
    ...(providers.length > 1 || definition.replies ? ["field.provider"] : []),
    ...(definition.replies ? ["provider.message"] : []),
    ...(offersRoute(definition, providers) ? ["field.route", "provider.route"] : []),
    ...(usesOutbox(definition) ? ["field.outbox"] : []),
    ...definition.outputs.map((output) => `output.${output}`),
    ...(definition.errorOutput ? ["output.error"] : []),
    ...STATUS_KEYS,
  ];
}

/** Texts that a script of the editor asks for by name. */
function keysIn(script: string): string[] {
  const source = readFileSync(join(root, script), "utf8");
  return [...source.matchAll(/\bt\("([\w.-]+)"/g)].map(([, key]) => key ?? "");
}

/** The cities after which time zones are named: the form asks for any of them, and takes the zone's own word where there is none. */
const CITIES = new Set(Intl.supportedValuesOf("timeZone").map((zone) => `live.city.${zone.split("/").at(-1) ?? zone}`));

/** Texts that the script of all forms asks for. */
function commonKeys(): string[] {
  return [...globSync("nodes/kit/editor/*.ts", { cwd: root }).flatMap(keysIn), ...FAILURE_KEYS];
}

describe("labels and help", () => {
  let nodes: NodeEntry[];

  before(async () => {
    nodes = await loadNodes();
  });

  for (const language of languages) {
    it(`in ${language} name everything that a form or a badge shows`, async () => {
      const problems = commonKeys();
      assert.ok(problems.length > 5);
      for (const node of nodes) {
        const catalogue = await nodeCatalogue(node.type, language);
        const missing = [...keysFor(node).needed, ...problems].filter((key) => {
          const text = lookUp(catalogue, key);
          return typeof text !== "string" || text.trim() === "";
        });
        assert.deepEqual(missing, [], node.type);
      }
    });

    it(`in ${language} hold nothing that no form or badge shows`, async () => {
      const used = new Set([...commonKeys(), "field.provider", ...nodes.flatMap((node) => keysFor(node).needed)]);
      const allowed = nodes.map((node) => keysFor(node).allowed);
      const unused = keysOf(await commonCatalogue(language)).filter(
        (key) => !used.has(key) && !CITIES.has(key) && !allowed.some((pattern) => pattern.test(key)),
      );
      for (const node of nodes) {
        const { needed, allowed: own } = keysFor(node);
        const keys = keysOf(await ownCatalogue(node.type, language));
        unused.push(
          ...keys.filter((key) => !needed.includes(key) && !own.test(key)).map((key) => `${node.type} ${key}`),
        );
      }
      assert.deepEqual(unused, []);
    });

    it(`in ${language} explain each node: what goes in, what comes out, which providers`, async () => {
      for (const node of nodes) {
        const help = await nodeHelp(node, language);
        assert.ok(help.length > 600, `${node.type} has ${help.length} characters of help`);
        assert.ok(!/%\w+%/.test(help), `${node.type}: a blank was left`);
        assert.ok(!/<\/?script/i.test(help), node.type);
        for (const { label } of node.kind === "message" ? node.providers : [])
          assert.match(help, new RegExp(`### ${label}`));
        // Node-RED reads a line of a description list as ": name (type) : text", without another colon.
        assert.deepEqual(
          help.split("\n").filter((line) => /^ *:/.test(line) && line.split(":").length !== 3),
          [],
        );
        const examples = [...help.matchAll(/```json\n(.*?)```/gs)].map(([, text]) => text ?? "");
        for (const example of examples) assert.doesNotThrow(() => void JSON.parse(example), `${node.type}: ${example}`);
        assert.ok(node.kind !== "message" || examples.length > 0, `${node.type} shows no example of a result`);
      }
    });
  }

  const [fallback, ...others] = languages;
  for (const language of others) {
    it(`in ${language} have the keys and blanks that ${fallback} has`, async () => {
      for (const node of nodes) {
        const [here, there] = [await nodeCatalogue(node.type, language), await nodeCatalogue(node.type, fallback)];
        assert.deepEqual(keysOf(here).sort(), keysOf(there).sort(), node.type);
        for (const key of keysOf(there)) {
          const blanks = (catalogue: Catalogue) =>
            [...String(lookUp(catalogue, key)).matchAll(/__\w+__|\{\{\w+\}\}/g)].sort();
          assert.deepEqual(blanks(here).join(), blanks(there).join(), `${node.type} ${key}`);
        }
      }
    });
  }

  it("quote errors as they are", async () => {
    const bulk = nodes.find(({ type }) => type === "send-bulk");
    assert.ok(bulk);
    for (const language of languages) {
      const help = await nodeHelp(bulk, language);
      assert.throws(
        () => parseNumber("12", "CL"),
        ({ message }: Error) => help.includes(`"message": ${JSON.stringify(message)}`),
      );
    }
  });

  it("name examples that exist", async () => {
    for (const node of nodes) {
      for (const language of languages) {
        const named = [...(await nodeHelp(node, language)).matchAll(/\*\*([a-z-]+)\.json\*\*/g)].map(
          ([, name]) => name,
        );
        assert.ok(node.kind !== "message" || named.length > 0, `${node.type} in ${language} names no example`);
        for (const name of named) await readFile(join(root, "examples", `${name}.json`));
      }
    }
  });
});
