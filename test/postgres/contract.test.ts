import { PostgresStore } from "../../src/outbox/postgres/postgres-store.ts";
import { startPostgres, type PostgresServer } from "../outbox/postgres-server.ts";
import { storeContract } from "../outbox/store-contract.ts";

describe("an outbox's store on PostgreSQL", function () {
  this.timeout(60_000);
  let server: PostgresServer;
  before(async () => (server = await startPostgres()));
  after(() => server.stop());

  storeContract("on PostgreSQL", async (options) => {
    const connectionString = await server.database();
    const open = async () => {
      const store = new PostgresStore({ connectionString, maxMessages: 100_000, ...options });
      await store.open();
      return store;
    };
    let store = await open();
    return {
      store,
      // What a process leaves when it is killed is found after some seconds: another test does that. Closing leaves the same.
      crash: async () => {
        await store.close();
        return (store = await open());
      },
      remove: () => store.close(),
    };
  });
});
