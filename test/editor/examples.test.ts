import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadNodes } from "../../scripts/node-set.ts";
import { defaultsOf } from "../support/node-properties.ts";

const folder = resolve(import.meta.dirname, "..", "..", "examples");
const examples = readdirSync(folder).map((file) => ({
  file,
  flow: JSON.parse(readFileSync(join(folder, file), "utf8")) as ExampleNode[],
}));

interface ExampleNode {
  id: string;
  type: string;
  z?: string;
  wires?: string[][];
  [property: string]: unknown;
}

/** What Node-RED itself keeps with a node. */
const NODE_REDS_OWN = ["id", "type", "z", "x", "y", "wires", "name"];

const nodes = await loadNodes();
const ours = new Map(nodes.map((node) => [node.type, defaultsOf(node)]));

describe("the example flows", () => {
  it("show every node", () => {
    const shown = new Set(examples.flatMap(({ flow }) => flow.map(({ type }) => type)));
    assert.deepEqual(
      [...ours.keys()].filter((type) => !shown.has(type)),
      [],
    );
  });

  it("can be imported side by side: no id stands twice", () => {
    const ids = examples.flatMap(({ flow }) => flow.map(({ id }) => id));
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
  });

  for (const { file, flow } of examples) {
    describe(file, () => {
      const types = new Map(flow.map(({ id, type }) => [id, type]));

      it("sets the properties that its nodes have, and no others", () => {
        const wrong = flow.flatMap((node) => {
          const defaults = ours.get(node.type);
          if (!defaults) return [];
          const known = [...NODE_REDS_OWN, ...Object.keys(defaults)];
          return Object.keys(node)
            .filter((property) => !known.includes(property))
            .map((property) => `${node.type} has ${property}`);
        });
        assert.deepEqual(wrong, []);
      });

      it("chooses accounts that are in it, all in sandbox mode and without credentials", () => {
        for (const node of flow) {
          if (!ours.has(node.type) || node.type.startsWith("messaging-")) continue;
          if (node.type.endsWith("-account")) {
            assert.equal(node.mode, "sandbox");
            assert.equal(node.credentials, undefined);
          } else {
            const provider = String(node.provider);
            // The account comes with the message.
            if (provider === "message") continue;
            const expected = provider === "route" ? "messaging-route" : `${provider}-account`;
            assert.equal(types.get(String(node[provider])), expected, `${node.type} ${node.id}`);
          }
        }
      });

      it("is wired to its own nodes, and says in its tab what it shows", () => {
        const loose = flow.flatMap(({ wires = [] }) => wires.flat()).filter((id) => !types.has(id));
        assert.deepEqual(loose, []);
        const tab = flow.find(({ type }) => type === "tab");
        assert.ok(String(tab?.info).length > 40);
      });
    });
  }
});
