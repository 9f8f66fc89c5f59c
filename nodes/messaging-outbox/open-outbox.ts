import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Node, NodeAPI } from "node-red";
import { invalid } from "../../src/error.ts";
import { SetAside } from "../../src/outbox/set-aside.ts";
import type { OutboxStore } from "../../src/outbox/store.ts";
import { variableUnset } from "../kit/account-settings.ts";
import type { NumberField } from "../kit/definition.ts";
import { plain, type Config } from "../kit/fields.ts";
import { Words } from "../kit/words.ts";
import { definition } from "./definition.ts";
import type { Open } from "./keeper.ts";
import { claimFile, fileOf, releaseFile } from "./place.ts";
import { senderFor } from "./senders.ts";

export interface Credentials {
  readonly connectionString?: string;
}

interface OwnedStore {
  readonly store: OutboxStore;
  /** To be called once it is closed, or was not opened. */
  readonly release: () => void;
}

const { fields } = definition;

/** Opens the outbox that a node describes. Rejects with a MessagingError that says what to do. */
export async function openOutbox(RED: NodeAPI, node: Node<Credentials>, config: Config): Promise<Open> {
  const words = new Words(RED, definition.type);
  refuseUnset({ ...config, connectionString: node.credentials.connectionString });
  const { Outbox } = await import("../../src/outbox/outbox.ts");
  const { store, release } = await makeStore(RED, node, config);
  const outbox = new Outbox(store, {
    onUnknown: plain(config, "onUnknown", fields.onUnknown) as (typeof fields.onUnknown.options)[number],
    expireAfterMs: positive(config, "expireAfterSeconds", fields.expireAfterSeconds) * 1000,
    sender: (target) => senderFor(RED, target),
    onTrouble: (error) => {
      if (error instanceof SetAside) words.warnings(node).fail(error);
      // What a deploy cut off goes on after it.
      else if (error.code !== "CANCELLED") words.warnings(node).warnOf(error);
    },
    onRecovered: () => node.log("The outbox's store works again: what waits there goes on."),
  });
  try {
    await outbox.open();
  } catch (error) {
    release();
    throw error;
  }
  return { outbox, store, close: () => outbox.close().then(release) };
}

async function makeStore(RED: NodeAPI, node: Node<Credentials>, config: Config): Promise<OwnedStore> {
  const maxMessages = positive(config, "maxMessages", fields.maxMessages);
  if (plain(config, "store", fields.store) === "postgres") {
    const { connectionString } = node.credentials;
    if (!connectionString) {
      const message = "This outbox has no connection string. Open it, fill that in and deploy.";
      throw invalid(message, "BAD_CREDENTIALS", { kind: "outboxNoConnection" });
    }
    const schema = String(plain(config, "schema", fields.schema)).trim();
    const { PostgresStore } = await import("../../src/outbox/postgres/postgres-store.ts");
    const store = new PostgresStore({ connectionString, maxMessages, ...(schema !== "" && { schema }) });
    return { store, release: () => undefined };
  }
  const file = configuredFile(RED, node.id, config);
  claimFile(file, node.id);
  const release = () => releaseFile(file, node.id);
  try {
    const { SqliteStore } = await import("../../src/outbox/sqlite/sqlite-store.ts");
    await mkdir(dirname(file), { recursive: true });
    return { store: new SqliteStore({ path: file, maxMessages }), release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Where this outbox keeps its messages; undefined where that is no file. Throws MISSING_ACCOUNT where it has no place. */
export function fileIn(RED: NodeAPI, id: string, config: Config): string | undefined {
  return plain(config, "store", fields.store) === "postgres" ? undefined : configuredFile(RED, id, config);
}

function configuredFile(RED: NodeAPI, id: string, config: Config): string {
  const { userDir } = RED.settings as { userDir?: string };
  return fileOf(id, String(plain(config, "path", fields.path)).trim(), userDir);
}

function positive(config: Config, name: string, field: NumberField): number {
  const value = Number(plain(config, name, field));
  if (value > 0) return value;
  const message = `The outbox's "${name}" must be above zero. Open it and correct that.`;
  throw invalid(message, "MISSING_ACCOUNT", { kind: "outboxPositive", values: { field: name, of: definition.type } });
}

/** Node-RED leaves `${NAME}` in its place when there is no such environment variable. */
function refuseUnset(saved: Config): void {
  const unset = Object.entries(saved).find(([, value]) => typeof value === "string" && /^\$[{(]\S+[})]$/.test(value));
  if (!unset) return;
  const outbox = { text: "The outbox", phrase: { kind: "theOutbox" } };
  throw variableUnset(outbox, definition.type, unset[0], String(unset[1]));
}
