import type { Pool, PoolClient, QueryResult, QueryResultRow } from "pg";
import { commitInDoubt, databaseError, isDisconnection, isPassing, storeClosed } from "./errors.ts";

/** One statement; resolves with its rows. */
export type Query = <T extends QueryResultRow = QueryResultRow>(text: string, values?: unknown[]) => Promise<T[]>;

/** How long a call goes on trying while the server is away, milliseconds: long enough for a restart. */
const PATIENCE_MS = 5000;

/** After a commit that nobody answered: as long as it takes a standby to take over. */
const DOUBT_PATIENCE_MS = 20_000;

const CONNECTIONS = 5;
const CONNECT_TIMEOUT_MS = 5000;
const STATEMENT_TIMEOUT_MS = 30_000;
const LOCK_TIMEOUT_MS = 10_000;
const INT8 = 20;

/** Settings of each connection; all times are in milliseconds. */
export function connectionOptions(connectionString: string) {
  return {
    connectionString,
    application_name: "node-red-contrib-messaging",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

/** A pool whose transactions survive a restart of the server. */
export class Database {
  readonly #pool: Pool;
  #closed = false;

  constructor(pg: typeof import("pg"), connectionString: string) {
    this.#pool = new pg.Pool({
      ...connectionOptions(connectionString),
      max: CONNECTIONS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS + 5000,
      lock_timeout: LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
      // All of our big integers are ids and times, which a number holds exactly.
      types: {
        getTypeParser: (oid: number, format?: "text" | "binary") =>
          oid === INT8 ? Number : (pg.types.getTypeParser(oid, format ?? "text") as (text: string) => unknown),
      },
    });
    // Without listeners, a connection that breaks would end the process; whoever uses it gets the error anyway.
    this.#pool.on("error", () => undefined);
    this.#pool.on("connect", (client) => client.on("error", () => undefined));
  }

  /** Reads, or writes what may be written twice; tried again while the server is away. */
  async query<T extends QueryResultRow>(text: string, values: unknown[] = [], patienceMs = PATIENCE_MS): Promise<T[]> {
    return this.#patiently(async () => (await this.#pool.query<T>(text, values)).rows, patienceMs);
  }

  /**
   * Runs `work` in a transaction, anew if the connection broke before its end or it met another: so `work` must not change
   * anything else. When the connection breaks while it commits, the server is asked later what became of it.
   */
  async transaction<T>(work: (query: Query) => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
    return this.#patiently(() => this.#transaction(work), patienceMs);
  }

  /** Ends the connections when what is under way has ended; what comes then is refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool.end().catch(() => undefined);
  }

  async #transaction<T>(work: (query: Query) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      const number = await begin(client);
      const result = await work(async (text, values) => (await client.query(text, values)).rows as never);
      await this.#commit(client, number);
      client.release();
      return result;
    } catch (thrown) {
      // A broken connection rolls back by itself.
      const intact = !isDisconnection(thrown) && (await rollback(client));
      client.release(!intact);
      throw thrown;
    }
  }

  async #commit(client: PoolClient, number: string): Promise<void> {
    try {
      await client.query("COMMIT");
    } catch (thrown) {
      if (!isDisconnection(thrown)) throw thrown;
      if ((await this.#fate(number)) !== "committed") throw thrown;
    }
  }

  /** What became of a transaction: the server remembers it for long. */
  async #fate(number: string): Promise<string> {
    return this.#patiently(async () => {
      const { rows } = await this.#pool.query<{ fate: string }>("SELECT pg_xact_status($1::xid8) AS fate", [number]);
      const fate = rows[0]?.fate ?? "";
      if (fate === "in progress") throw Object.assign(new Error("not ended yet"), { code: "08006" });
      return fate;
    }, DOUBT_PATIENCE_MS).catch(() => {
      throw commitInDoubt();
    });
  }

  async #patiently<T>(attempt: () => Promise<T>, patienceMs: number): Promise<T> {
    const until = performance.now() + patienceMs;
    for (let waitMs = 20; ; waitMs = Math.min(waitMs * 2, 500)) {
      if (this.#closed) throw storeClosed();
      try {
        return await attempt();
      } catch (thrown) {
        const again = isDisconnection(thrown) || isPassing(thrown);
        if (!again || performance.now() + waitMs > until) throw databaseError(thrown);
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * waitMs));
    }
  }
}

/** Its number, by which its fate can be asked for. */
async function begin(client: PoolClient): Promise<string> {
  // Two statements in one go: the driver answers with both results.
  const sql = "BEGIN; SELECT pg_current_xact_id()::text AS number";
  const results = (await client.query(sql)) as unknown as QueryResult<{ number: string }>[];
  return results[1]?.rows[0]?.number ?? "";
}

async function rollback(client: PoolClient): Promise<boolean> {
  return client.query("ROLLBACK").then(
    () => true,
    () => false,
  );
}
