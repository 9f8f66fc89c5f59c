import { join } from "node:path";
import { folder, sqliteStore } from "./sqlite.ts";
import { storeContract } from "./store-contract.ts";

storeContract("on SQLite", async (options) => {
  const { path, remove } = await folder();
  const file = join(path, "outbox.sqlite");
  let store = sqliteStore(file, options);
  await store.open();
  return {
    store,
    // To the next opening, what the last one left in `sending` looks the same after a close as after a crash.
    crash: async () => {
      await store.close();
      store = sqliteStore(file, options);
      await store.open();
      return store;
    },
    remove: async () => {
      await store.close();
      await remove();
    },
  };
});
