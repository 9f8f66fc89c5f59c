import { strict as assert } from "node:assert";
import { globSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "../../scripts/node-set.ts";

const DOCUMENTS = globSync(["*.md", "docs/**/*.md"], { cwd: root }).sort();

/** A README that takes long to show is not read. */
const MOST_BYTES = 150_000;

/** Where a document's links and pictures lead, those to the web left out. */
function targets(document: string): string[] {
  const text = readFileSync(join(root, document), "utf8").replaceAll(/```.*?```/gs, "");
  const found = [...text.matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)].map(([, link, source]) => link ?? source ?? "");
  return found.filter((target) => !/^(https?|mailto):/.test(target));
}

/** The anchors that a page of GitHub or npm makes of headings. */
function anchors(file: string): string[] {
  const headings = readFileSync(file, "utf8").matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function isBroken(document: string, target: string): boolean {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? join(root, document) : join(root, dirname(document), path);
  // A link out of the repository leads nowhere once it is published.
  if (relative(root, file).startsWith("..") || !statSync(file, { throwIfNoEntry: false })) return true;
  return anchor !== undefined && !anchors(file).includes(anchor);
}

describe("the documents", () => {
  for (const document of DOCUMENTS) {
    it(`${document} links to what is there`, () => {
      assert.deepEqual(
        targets(document).filter((target) => isBroken(document, target)),
        [],
      );
    });
  }

  it("show pictures that load fast", () => {
    const heavy = globSync("docs/images/*", { cwd: root }).filter(
      (file) => statSync(join(root, file)).size > MOST_BYTES,
    );
    assert.deepEqual(heavy, []);
  });
});
