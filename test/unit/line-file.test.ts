import { strict as assert } from "node:assert";
import { appendFile, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LineFile } from "../../src/line-file.ts";

describe("a file of lines", () => {
  let folder: string;
  let path: string;
  let file: LineFile;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "messaging-lines-"));
    path = join(folder, "below", "lines.jsonl");
    file = new LineFile(path);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("is empty as long as it is not there", async () => {
    assert.deepEqual(await file.read(), []);
  });

  it("keeps what it began with and what was added, for its owner only", async () => {
    await file.replace([{ a: "\n" }, 2]);
    await file.append([null]);
    await file.append([[3], "4"]);
    assert.deepEqual(await new LineFile(path).read(), [{ a: "\n" }, 2, null, [3], "4"]);
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(join(folder, "below")), ["lines.jsonl"]);
  });

  it("loses no more than the line that a crash cut short", async () => {
    await file.replace([1]);
    await appendFile(path, '{"torn":');
    await file.append([2]);
    assert.deepEqual(await file.read(), [1, 2]);
  });

  it("takes many values", async () => {
    const many = Array.from({ length: 2500 }, (_, index) => index);
    await file.replace(many);
    assert.deepEqual(await file.read(), many);
  });

  it("rejects where it cannot be written or read", async () => {
    const blocked = new LineFile(join(folder, "blocked", "lines"));
    await appendFile(join(folder, "blocked"), "");
    await assert.rejects(blocked.read(), { code: "ENOTDIR" });
    await assert.rejects(blocked.append([1]), { code: "ENOTDIR" });
    await assert.rejects(blocked.replace([1]));
  });
});
