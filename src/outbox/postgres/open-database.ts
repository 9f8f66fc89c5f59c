import type { PgBoss } from "pg-boss";
import { invalid, MessagingError } from "../../error.ts";
import { connectionOptions, Database } from "./database.ts";
import { databaseError } from "./errors.ts";
import { Leases } from "./leases.ts";
import { loadModules, type Modules } from "./load-modules.ts";
import { upgrade } from "./schema.ts";
import type { StoreEvents } from "../store.ts";

export interface Opened {
  readonly database: Database;
  readonly boss: PgBoss;
  readonly leases: Leases;
  /** On which the processes tell each other of news. */
  readonly channel: string;
  readonly stopListening: () => Promise<void>;
}

const OLDEST = 13;

/** News that come together are one. */
const GATHER_MS = 100;

/** Connects and makes all that is missing in the database. Rejects with a MessagingError that names no part of the string. */
export async function open(connectionString: string, schema: string, events: StoreEvents): Promise<Opened> {
  ensureUsable(connectionString, schema);
  const modules = await loadModules();
  const database = new Database(modules.pg, connectionString);
  let boss: PgBoss | undefined;
  try {
    await ensureVersion(database);
    // Nobody should wait to hear that the server is not there.
    const upgraded = await database.transaction((query) => upgrade(query, schema), 0);
    if (upgraded === "newer") throw newer();
    boss = makeBoss(modules, connectionString, `${schema}_boss`, await hasSchema(database, `${schema}_boss`), events);
    await boss.start();
    const leases = new Leases(boss);
    await leases.open();
    const channel = `${schema}_outbox`;
    return { database, boss, leases, channel, stopListening: await listen(boss, channel, leases.owner, events) };
  } catch (thrown) {
    await boss?.stop({ graceful: false }).catch(() => undefined);
    await database.close();
    throw databaseError(thrown);
  }
}

function makeBoss({ boss }: Modules, connectionString: string, schema: string, exists: boolean, events: StoreEvents) {
  const made = new boss.PgBoss({
    ...connectionOptions(connectionString),
    schema,
    createSchema: !exists,
    max: 2,
    schedule: false,
    // We do that ourselves, with a heartbeat's grace after an outage: see Pulse.
    supervise: false,
    monitorIntervalSeconds: 1,
  });
  made.on("error", (error) => events.onError?.(databaseError(error)));
  return made;
}

async function hasSchema(database: Database, schema: string): Promise<boolean> {
  return (await database.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [schema])).length > 0;
}

/** Hears of the others' news; where the database cannot tell them (some poolers), the outbox finds them by looking. */
async function listen(boss: PgBoss, channel: string, owner: string, events: StoreEvents): Promise<() => Promise<void>> {
  let timer: NodeJS.Timeout | undefined;
  const onNews = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      events.onWork?.();
    }, GATHER_MS).unref();
  };
  const onNotification = (from: string) => {
    if (from !== owner) onNews();
  };
  const handle = await boss
    .getDb()
    .listen?.(channel, onNotification, onNews)
    .catch(() => undefined);
  return async () => {
    clearTimeout(timer);
    await handle?.close();
  };
}

function ensureUsable(connectionString: string, schema: string): void {
  const { protocol } = URL.canParse(connectionString) ? new URL(connectionString) : { protocol: "" };
  if (!/^postgres(ql)?:$/.test(protocol)) {
    throw invalid(
      "The outbox's connection string is not one: write postgres://user:password@host:5432/database, with what is special " +
        "in the password percent-encoded.",
      "BAD_CREDENTIALS",
      { kind: "postgresBadString" },
    );
  }
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(schema)) {
    throw invalid(
      "The outbox's schema must be of lower-case letters, digits and _, begin with a letter, and have 40 characters at most.",
    );
  }
}

/** What an older one lacks is the fate of transactions, and what pg-boss needs. */
async function ensureVersion(database: Database): Promise<void> {
  const ask = "SELECT current_setting('server_version_num')::int AS number";
  const [version] = await database.query<{ number: number }>(ask, [], 0);
  const major = Math.floor((version?.number ?? 0) / 10_000);
  if (major >= OLDEST) return;
  const message =
    `The outbox's PostgreSQL is version ${major}; the outbox needs ${OLDEST} or later. ` +
    "Update the server, or choose another database.";
  throw new MessagingError(message, { code: "NOT_SUPPORTED", outcome: "not-sent", retryable: false });
}

function newer(): MessagingError {
  const message =
    "The outbox's tables in PostgreSQL were made by a later version of node-red-contrib-messaging. " +
    "Update it here too: the instances that share an outbox should have the same version.";
  return new MessagingError(message, { code: "NOT_SUPPORTED", outcome: "not-sent", retryable: false });
}
