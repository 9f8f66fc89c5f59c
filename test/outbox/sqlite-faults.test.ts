import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { MessagingError } from "../../src/error.ts";
import type { SqliteStore, SqliteStoreOptions } from "../../src/outbox/sqlite/sqlite-store.ts";
import { Setting, until } from "./setting.ts";
import { folder, sqliteStore } from "./sqlite.ts";
import { newJob, newRows } from "./store-desk.ts";
import { failure } from "../support/failure.ts";

const QUERY = { now: Date.now(), chunkSize: 100, limit: 10, highOnly: false, inHand: new Map<string, string>() };

describe("the store on SQLite, when something is wrong with its file", () => {
  let place: Awaited<ReturnType<typeof folder>>;
  let file: string;
  const stores: SqliteStore[] = [];
  const make = (options: Partial<SqliteStoreOptions> = {}) => {
    const store = sqliteStore(file, options);
    stores.push(store);
    return store;
  };
  beforeEach(async () => {
    place = await folder();
    file = join(place.path, "outbox.sqlite");
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await place.remove();
  });

  it("is read and written by its owner only", async () => {
    const store = make();
    await store.open();
    await store.put(newJob(), newRows());
    for (const name of readdirSync(place.path)) {
      assert.equal(statSync(join(place.path, name)).mode & 0o777, 0o600, name);
    }
  });

  it("says so when another process has the file, and can be opened once that is gone", async () => {
    const script = `
      const { DatabaseSync } = require("node:sqlite");
      const db = new DatabaseSync(${JSON.stringify(file)});
      db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; CREATE TABLE other (id)");
      console.log("open");
      setInterval(() => db, 1000);`;
    const other = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
    await once(other.stdout, "data");
    const store = make();
    const error = await failure(store.open());
    assert.match(error.message, /Another program, perhaps another Node-RED, has it open/);
    assert.equal(error.cause.outcome, "not-sent");
    other.kill("SIGKILL");
    await once(other, "exit");
    await store.open();
  });

  it("says so when the file cannot be made", async () => {
    file = join(place.path, "missing", "outbox.sqlite");
    assert.match((await failure(make().open())).message, /Check that its folder is there/);
  });

  it("leaves the file of a later version alone", async () => {
    const store = make();
    await store.open();
    await store.close();
    const db = new DatabaseSync(file);
    db.exec("PRAGMA user_version = 99");
    db.close();
    assert.match((await failure(make().open())).message, /written by a later version/);
    assert.deepEqual(readdirSync(place.path), ["outbox.sqlite"]);
  });

  it("sets aside what is no database, and begins anew", async () => {
    writeFileSync(file, "this is no database, but much longer than its header would be ".repeat(100));
    const store = make();
    const { setAside = "" } = await store.open();
    assert.match(setAside, /outbox\.sqlite\.damaged-/);
    assert.ok(readFileSync(setAside, "utf8").startsWith("this is no database"));
    await store.put(newJob(), newRows());
    assert.equal((await store.counts()).queued, 1);
  });

  it("goes on with every single byte flipped: with the same messages, or with a new file", async function () {
    this.timeout(120_000);
    const store = make();
    await store.open();
    for (let count = 0; count < 30; count++) await store.put(newJob(), newRows(3));
    await store.close();
    const whole = readFileSync(file);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bytes = Buffer.from(whole);
        bytes.writeUInt8(bytes.readUInt8(at) ^ flip, at);
        file = join(place.path, `flipped-${at}-${flip}.sqlite`);
        writeFileSync(file, bytes);
        const flipped = sqliteStore(file);
        try {
          const asides: string[] = [];
          const { setAside } = await flipped.open({ onSetAside: (path) => asides.push(path) });
          if (setAside !== undefined) asides.push(setAside);
          // Any call may find out, and fails; then there is a new file.
          let failures = 0;
          for (let look = 0; look < 12; look++) {
            for (const { rows } of await flipped.ready("account", QUERY).catch(() => (failures++, []))) {
              const claim = { rows: rows.map(({ id }) => id), claim: "c", at: 0 };
              await flipped.claim(claim, { concurrency: 1, ratePerSecond: 0 }).catch(() => failures++);
            }
            const listed = await flipped.list({ limit: 500, offset: 0 }).catch(() => (failures++, []));
            for (const { row } of listed) {
              assert.deepEqual(row.message, { to: row.to, text: `text ${Number(row.to.slice(-4))}` });
            }
            await flipped.put(newJob(), newRows());
          }
          assert.ok(
            failures <= 1 && asides.length <= 1,
            `${failures} calls failed, ${asides.length} files were set aside`,
          );
          assert.ok(failures <= asides.length);
        } finally {
          await flipped.close();
        }
      }),
      { numRuns: 30 },
    );
  });

  it("finds out while it is in use, says so, and takes what comes next into a new file", async () => {
    const setting = await Setting.make({ account: { baseUrl: "http://127.0.0.1:9" } });
    try {
      await setting.put();
      await setting.outbox.close();
      // Pages and indexes are whole, so that the look at the opening finds nothing.
      const db = new DatabaseSync(setting.file);
      db.exec("UPDATE rows SET message = replace(message, ':', '{')");
      db.close();
      setting.outbox = setting.newOutbox();
      await setting.outbox.open();
      await until(() => setting.troubles.some(({ message }) => message.includes("was damaged: it was set aside as")));
      await setting.put({ text: "after" });
      const [message, another] = await setting.outbox.messages({});
      assert.equal(message?.text, "after");
      assert.equal(another, undefined);
    } finally {
      await setting.end();
    }
  });

  it("refuses what does not fit on the disk, stores nothing of it, and goes on with what is there", async () => {
    const store = make({ maxBytes: 700_000 });
    await store.open();
    const big = (key: string) =>
      store.put(newJob({ dedupeKey: key, properties: JSON.stringify("x".repeat(5000)) }), newRows());
    let stored = 0;
    const error = await (async () => {
      for (;;) {
        const refused = await big(`key ${stored}`).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (refused !== undefined) return refused;
        stored += 1;
      }
    })();
    assert.ok(error instanceof MessagingError);
    assert.deepEqual([error.code, error.cause.outcome], ["QUEUE_FULL", "not-sent"]);
    assert.match(error.message, /no more space on its disk/);
    assert.equal((await store.counts()).queued, stored);
    // What becomes of messages finds room all the same.
    for (let left = stored; left > 0; left--) {
      const [chunk] = await store.ready("account", { ...QUERY, limit: 1 });
      const rows = chunk?.rows.map(({ id }) => id) ?? [];
      assert.equal(await store.claim({ rows, claim: "c", at: 0 }, { concurrency: 1, ratePerSecond: 0 }), "claimed");
      const outcome = { status: "accepted", id: "x".repeat(100) } as const;
      const reply = { provider: "p", channel: "sms", account: "a", id: "1", raw: "y".repeat(300) } as const;
      const [row = ""] = rows;
      const job = chunk?.job.id ?? "";
      await store.move([{ row, from: "sending", to: "accepted", set: { outcome } }], 1, { job, reply });
    }
    assert.equal((await failure(big(`key ${stored}`))).code, "QUEUE_FULL");
    for (const report of await store.due(["node"], stored)) await store.reported(report, 2);
    // The oldest that hold no key make room; these hold one, so that time has to pass.
    while (await store.prune(Date.now(), 0));
    await big("another");
  });

  it("starts its worker again when that ends unasked, with all that was stored", async () => {
    const store = make({ worker: new URL("fragile-worker.ts", import.meta.url) });
    const errors: string[] = [];
    await store.open({ onError: ({ message }) => errors.push(message) });
    await store.put(newJob(), newRows());
    const [chunk] = await store.ready("account", QUERY);
    const rows = chunk?.rows.map(({ id }) => id) ?? [];
    await store.claim({ rows, claim: "c", at: 0 }, { concurrency: 1, ratePerSecond: 0 });
    const [counted, asked] = await Promise.allSettled([store.counts(), store.row("die"), store.counts()]);
    assert.ok(counted.status === "rejected" || counted.value.sending === 1);
    assert.equal(asked.status, "rejected");
    await until(async () => (await store.counts().catch(() => undefined))?.sending === 1);
    assert.match(errors[0] ?? "", /has ended.*It is started again/);
    assert.equal((await store.orphans(10)).length, 1);
  });

  it("keeps what was put just before a kill, whole or not at all", async () => {
    const script = `
      import { sqliteStore } from ${JSON.stringify(new URL("sqlite.ts", import.meta.url).href)};
      import { newJob, newRows } from ${JSON.stringify(new URL("store-desk.ts", import.meta.url).href)};
      import { writeSync } from "node:fs";
      const store = sqliteStore(${JSON.stringify(file)});
      await store.open();
      for (let index = 0; ; index++) {
        const { job } = await store.put(newJob({ total: 5 }), newRows(5));
        writeSync(1, job + "\\n");
      }`;
    const jobs: string[] = [];
    for (let kill = 0; kill < 3; kill++) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let said = "";
      child.stdout.on("data", (data: Buffer) => (said += data.toString()));
      await until(() => said.length > 500);
      child.kill("SIGKILL");
      await once(child, "close");
      jobs.push(...said.split("\n").slice(0, -1));
    }
    const store = make();
    await store.open();
    for (const job of jobs) assert.equal((await store.rows(job, 0, 10)).length, 5);
    assert.equal((await store.counts()).queued % 5, 0);
  });
});
