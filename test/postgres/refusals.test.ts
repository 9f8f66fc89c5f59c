import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { PostgresStore } from "../../src/outbox/postgres/postgres-store.ts";
import { assertSilent } from "../outbox/postgres-refusal.ts";
import { PASSWORD, startPostgres, type PostgresServer } from "../outbox/postgres-server.ts";
import { failure } from "../support/failure.ts";

describe("an outbox whose PostgreSQL cannot be used", function () {
  this.timeout(60_000);
  let server: PostgresServer;
  let connectionString: string;

  const refused = (text: string, schema?: string) =>
    failure(
      new PostgresStore({ connectionString: text, maxMessages: 1, ...(schema !== undefined && { schema }) }).open(),
    );
  const asOwner = async (...statements: string[]) => {
    const client = new pg.Client({ connectionString });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };

  before(async () => (server = await startPostgres()));
  after(() => server.stop());
  beforeEach(async () => (connectionString = await server.database()));

  it("says what is wrong with a connection string without repeating it", async () => {
    const wrongs: [string, string][] = [
      [connectionString.replace(encodeURIComponent(PASSWORD), "other-secret"), "BAD_CREDENTIALS"],
      [connectionString.replace("owner", "nobody-we-know"), "BAD_CREDENTIALS"],
      [`${connectionString}_missing`, "BAD_CREDENTIALS"],
      [connectionString.replace(`:${server.port}`, ":1"), "UNREACHABLE"],
      [connectionString.replace("127.0.0.1", "no-such-host.invalid"), "UNREACHABLE"],
      [connectionString.replace("postgres:", "mysql:"), "BAD_CREDENTIALS"],
      [`host=127.0.0.1 password=${PASSWORD}`, "BAD_CREDENTIALS"],
      [`${connectionString}?sslmode=verify-full`, "UNREACHABLE"],
    ];
    for (const [wrong, code] of wrongs) {
      const error = await failure(new PostgresStore({ connectionString: wrong, maxMessages: 1 }).open());
      assert.equal(error.code, code, error.message);
      assertSilent(error, "other-secret", "nobody-we-know", "_missing", "no-such-host");
    }
  });

  it("can be opened again after a failed try", async () => {
    const again = new PostgresStore({ connectionString: `${connectionString}_later`, maxMessages: 1 });
    await failure(again.open());
    await server.createDatabase(`${new URL(connectionString).pathname.slice(1)}_later`);
    await again.open();
    await again.close();
  });

  it("says which packages to install when they are not there", async () => {
    const store = JSON.stringify(join(import.meta.dirname, "../../src/outbox/postgres/postgres-store.ts"));
    const script = `
      import { registerHooks } from "node:module";
      registerHooks({ resolve: (name, context, next) => next(name === "pg-boss" ? "pg-boss-is-not-installed" : name, context) });
      const { PostgresStore } = await import(${store});
      const store = new PostgresStore({ connectionString: "postgres://localhost/x", maxMessages: 1 });
      await store.open().catch((error) => process.stdout.write(error.code + " " + error.message));`;
    const node = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
    assert.match((await node).stdout, /^NOT_SUPPORTED .*npm install pg-boss@12 pg@8/);
  });

  it("says which right its user lacks, and needs no more than two schemas of its own", async () => {
    // Roles are those of the whole server.
    const guest = `guest_${Date.now()}`;
    await asOwner(`CREATE ROLE ${guest} LOGIN PASSWORD '${PASSWORD}'`, `CREATE SCHEMA alarms AUTHORIZATION ${guest}`);
    const asGuest = connectionString.replace("owner", guest);
    for (const schema of ["messaging", "alarms"]) {
      const error = await refused(asGuest, schema);
      assert.equal(error.code, "BAD_CREDENTIALS");
      assert.match(error.message, /lacks rights .*GRANT CREATE ON DATABASE/);
      assertSilent(error, guest);
    }
    await asOwner(`CREATE SCHEMA alarms_boss AUTHORIZATION ${guest}`);
    const store = new PostgresStore({ connectionString: asGuest, maxMessages: 1, schema: "alarms" });
    await store.open();
    await store.close();
  });

  it("says which version a server has that is too old", async () => {
    // Found before the server's own, as the search path says.
    await asOwner(
      "CREATE SCHEMA past",
      "CREATE FUNCTION past.current_setting(text) RETURNS text RETURN CASE $1 WHEN 'server_version_num' THEN '120022' END",
    );
    const error = await refused(`${connectionString}?options=-c%20search_path%3Dpast%2Cpg_catalog`);
    assert.equal(error.code, "NOT_SUPPORTED");
    assert.match(error.message, /is version 12; the outbox needs 13 or later/);
  });

  it("says that its tables are of a later version of this package, and leaves them as they are", async () => {
    const store = new PostgresStore({ connectionString, maxMessages: 1 });
    await store.open();
    await store.close();
    await asOwner("UPDATE messaging.version SET number = 99");
    const error = await refused(connectionString);
    assert.equal(error.code, "NOT_SUPPORTED");
    assert.match(error.message, /later version of node-red-contrib-messaging. Update it here too/);
  });

  it("says what a schema may be called", async () => {
    for (const schema of ["Alarms", "1st", 'a"; DROP SCHEMA messaging; --', "a".repeat(41)]) {
      assert.match((await refused(connectionString, schema)).message, /schema must be of lower-case letters/);
    }
  });
});
