import { strict as assert } from "node:assert";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FAILURE_KEYS } from "../../nodes/kit/failures.ts";
import { lookUp, runtimeCatalogue, type Catalogue } from "../../scripts/catalogue.ts";
import { languages, root } from "../../scripts/node-set.ts";

const sources = globSync(["src/**/*.ts", "nodes/**/*.ts"], { cwd: root })
  .filter((file) => !/\/(editor|browser)\/|\/editor\.ts$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));

function keysOf(catalogue: Catalogue, path: string[] = []): string[] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === "string" ? [[...path, key].join(".")] : keysOf(value, [...path, key]),
  );
}

describe("what the runtime says", () => {
  const catalogues = new Map<string, Catalogue>();

  before(async () => {
    for (const language of languages) catalogues.set(language, await runtimeCatalogue(language));
  });

  const words = (language: string) => catalogues.get(language) ?? {};

  for (const language of languages) {
    it(`has in ${language} the sentences and blanks that it has in English`, () => {
      const [here, there] = [words(language), words("en-US")];
      assert.deepEqual(keysOf(here), keysOf(there));
      for (const key of keysOf(there)) {
        const [own = "", english] = [here, there].map((one) => String(lookUp(one, key)));
        const blanks = (text = "") => [...text.matchAll(/__\w+?__/g)].map(([blank]) => blank).sort();
        assert.deepEqual(blanks(own), blanks(english), key);
        assert.ok(own.trim() !== "", key);
      }
    });
  }

  it("holds nothing that nobody says", () => {
    const said = new Set(sources.flatMap(({ text }) => [...text.matchAll(/"([\w-]+)"/g)].map(([, word]) => word)));
    // Made of a field's name, or an outcome.
    const others = ["fieldText", "fieldSubject", "fieldBody", "not-sent", "unknown", "rejected", "withDetail"];
    const silent = keysOf(words("en-US")).filter((key) => {
      const name = key.slice(key.indexOf(".") + 1);
      return !key.startsWith("failure.") && !said.has(name) && !others.includes(name);
    });
    assert.deepEqual(silent, []);
    assert.deepEqual(
      FAILURE_KEYS.filter((key) => lookUp(words("en-US"), key) === undefined),
      [],
    );
  });

  it("has a sentence for every phrase that an error is given", () => {
    const phrase = /\{\s*kind:\s*(?:[^,{}?]*\?\s*)?"(\w+)"(?:\s*:\s*"(\w+)")?(?=,?\s*\}|,\s*values\b)/g;
    const kinds = sources
      .filter(({ file }) => !/\/(definition|fields)\.ts$/.test(file))
      .flatMap(({ text }) => [...text.matchAll(phrase)].flatMap(([, ...found]) => found.filter(Boolean)));
    assert.ok(kinds.length > 80, String(kinds.length));
    const known = (kind: string) => ["error", "warning"].some((part) => lookUp(words("es"), `${part}.${kind}`));
    const unknown = kinds.filter((kind) => kind !== "request" && !known(kind));
    assert.deepEqual(unknown, []);
  });

  it("gives no node a text of its own to warn of", () => {
    const calls = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/\b(?:this|node|#node)\.(?:warn|error)\(([^;]*);/g)].map(([, given = ""]) => ({ file, given })),
    );
    assert.ok(calls.length > 5, String(calls.length));
    const own = calls.filter(({ given }) => {
      const isWorded = /^[^"'`]*\bwords\.\w+\(/.test(given);
      return !isWorded && (/["'`]/.test(given) || given.includes(".message"));
    });
    assert.deepEqual(own, []);
  });
});
