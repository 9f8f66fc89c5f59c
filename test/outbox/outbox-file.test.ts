import { strict as assert } from "node:assert";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
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
});
