/**
 * The same storm with two Node-REDs that share an outbox on a real PostgreSQL: messages pour into both, one of them is killed
 * (kill -9) again and again. Its options are those of `bench/outbox-storm.ts`; to be run after a build.
 *
 *   node bench/outbox-storm-postgres.ts --messages 10000 --on-unknown hold
 */
import { startPostgres } from "../test/outbox/postgres-server.ts";
import { raiseStorm, stormOptions } from "./raise-storm.ts";

const server = await startPostgres();
try {
  const held = await raiseStorm({
    ...stormOptions(process.argv.slice(2)),
    companions: 1,
    outbox: { store: "postgres" },
    outboxCredentials: { connectionString: await server.database() },
  });
  process.exitCode = held ? 0 : 1;
} finally {
  await server.stop();
}
