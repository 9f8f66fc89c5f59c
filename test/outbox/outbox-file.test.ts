import { strict as assert } from "node:assert";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { lookInto } from "../../src/outbox/sqlite/look-into.ts";
import { isOutboxFile } from "../../src/outbox/sqlite/outbox-file.ts";
import { folder, sqliteStore } from "./sqlite.ts";
import { newJob, newRows } from "./store-desk.ts";

describe("an outbox's file", () => {
  it("is known without being opened, also when all of it is in its log still, and nothing else is taken for one", async () => {
    const { path, remove } = await folder();
    const file = join(path, "outbox.sqlite");
    const store = sqliteStore(file);
    await store.open();
    await store.put(newJob(), newRows());
    assert.equal(await isOutboxFile(file), true);
    await store.close();
    assert.equal(await isOutboxFile(file), true);

    const other = join(path, "other.sqlite");
    const database = new DatabaseSync(other);
    database.exec("CREATE TABLE other (id)");
    database.close();
    await writeFile(
      join(path, "text.sqlite"),
      "SQLite format 3\0 as a text that is long enough to have an id, but has none at all",
    );
    const known = ["other.sqlite", "text.sqlite", "none.sqlite", ""].map((name) => isOutboxFile(join(path, name)));
    assert.deepEqual(await Promise.all(known), [false, false, false, false]);
    await remove();
  });

  describe("that is looked into while no outbox has it", () => {
    const worker = new URL("../../src/outbox/sqlite/look-worker.ts", import.meta.url);
    let place: { path: string; remove: () => Promise<void> };
    let file: string;
    beforeEach(async () => {
      place = await folder();
      file = join(place.path, "outbox.sqlite");
      const store = sqliteStore(file);
      await store.open();
      await store.put(newJob({ total: 300 }), newRows(300));
      await store.put(newJob({ total: 2 }), newRows(1), true);
      await store.close();
    });
    afterEach(() => place.remove());

    it("tells what waits in it, without what was never whole, and stays as it is, also when it is of an older version", async () => {
      const database = new DatabaseSync(file);
      database.exec("PRAGMA user_version = 1");
      database.close();
      const before = await readFile(file);
      assert.deepEqual(await lookInto(file, worker), { waiting: 300, inDoubt: 0 });
      assert.ok(before.equals(await readFile(file)));
    });

    it("is called damaged where it is, and neither set aside nor changed", async () => {
      const bytes = await readFile(file);
      for (let at = 10 * 4096; at < bytes.length; at += 4096) bytes.fill(0xff, at, at + 200);
      await writeFile(file, bytes);
      assert.equal(await lookInto(file, worker), "damaged");
      assert.ok(bytes.equals(await readFile(file)));
      assert.ok(!(await readdir(place.path)).some((name) => name.includes("damaged")));
      assert.equal(await lookInto(join(place.path, "none.sqlite"), worker), undefined);
      assert.ok(!(await readdir(place.path)).includes("none.sqlite"));
    });
  });
});
