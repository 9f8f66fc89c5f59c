import { strict as assert } from "node:assert";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StateFile } from "../../src/state-file.ts";

describe("a state file", () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "messaging-state-"));
    path = join(folder, "deep", "state.json");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("holds nothing until something was written, and then the last of it", async () => {
    const file = new StateFile(path);
    assert.equal(await file.read(), undefined);
    await file.write({ count: 1 });
    await file.write({ count: 2 });
    assert.deepEqual(await new StateFile(path).read(), { count: 2 });
  });

  it("is its owner's alone, also where it was not before", async () => {
    const file = new StateFile(path);
    await file.write({});
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.equal((await stat(join(folder, "deep"))).mode & 0o777, 0o700);
    await chmod(path, 0o644);
    await file.write({});
    assert.equal((await stat(path)).mode & 0o777, 0o600);
  });

  it("is whole even where a write was cut short", async () => {
    const file = new StateFile(path);
    await file.write({ count: 1 });
    await writeFile(`${path}.new`, '{"cou');
    assert.deepEqual(await file.read(), { count: 1 });
    await file.write({ count: 2 });
    assert.deepEqual(await readdir(join(folder, "deep")), ["state.json"]);
  });

  it("tells what is no JSON from what cannot be read", async () => {
    const file = new StateFile(path);
    await file.write({});
    await writeFile(path, "{");
    await assert.rejects(file.read(), SyntaxError);
    await assert.rejects(new StateFile(folder).read(), { code: "EISDIR" });
  });

  it("can be put aside, where it stays readable, and removed", async () => {
    const file = new StateFile(path);
    await file.write({ count: 1 });
    assert.equal(await readFile(await file.setAside(), "utf8"), '{"count":1}');
    assert.equal(await file.read(), undefined);
    await file.write({});
    await file.remove();
    await file.remove();
    assert.equal(await file.read(), undefined);
  });
});
