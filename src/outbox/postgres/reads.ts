import type { Query } from "./database.ts";
import {
  asJob,
  asListed,
  asRow,
  idOf,
  LISTED,
  MESSAGE,
  type JobRecord,
  type ListedRecord,
  type MessageRecord,
} from "./records.ts";
import type { Sharer } from "../sent.ts";
import { STATES, type State } from "../states.ts";
import type { Job, ListedRow, Row, StoredReply } from "../job.ts";
import type { OutboxStore } from "../store.ts";

/** The reading half of the store: nothing here changes anything. */
export class Reading {
  readonly #query: Query;
  readonly #schema: string;
  readonly #listed: string;

  constructor(query: Query, schema: string) {
    this.#query = query;
    this.#schema = schema;
    this.#listed = `${schema}.message m JOIN ${schema}.job j ON j.id = m.job`;
  }

  /** From one target to the next by the index, however much waits for each. */
  async targets(): Promise<{ target: string; nextAt: number }[]> {
    const queued = `${this.#schema}.message WHERE state = 'queued'`;
    const found = await this.#query<{ target: string; next_at: number }>(
      `WITH RECURSIVE t AS (
         (SELECT target FROM ${queued} ORDER BY target LIMIT 1)
         UNION ALL
         SELECT (SELECT target FROM ${queued} AND target > t.target ORDER BY target LIMIT 1) FROM t WHERE t.target IS NOT NULL
       )
       SELECT t.target, first.next_at FROM t, LATERAL (
         SELECT COALESCE(m.next_at, m.created_at) AS next_at FROM ${this.#listed}
         WHERE m.state = 'queued' AND m.target = t.target AND j.complete ORDER BY m.next_at NULLS FIRST LIMIT 1
       ) first`,
    );
    return found.map(({ target, next_at }) => ({ target, nextAt: next_at }));
  }

  /** Rows in `sending` whose lease was lost, but for those that this process has a hold of nevertheless. */
  async orphans(limit: number, ours: string[]): Promise<Row[]> {
    return this.#rows("m.state = 'sending' AND m.orphaned AND m.claim <> ALL($2) ORDER BY m.id LIMIT $1", [
      limit,
      ours,
    ]);
  }

  async overdue(now: number, limit: number): Promise<Row[]> {
    const records = await this.#query<MessageRecord>(
      `SELECT ${MESSAGE} FROM ${this.#listed}
       WHERE m.state = 'queued' AND m.expires_at <= $1 AND j.complete
       ORDER BY m.expires_at, m.id LIMIT $2`,
      [now, limit],
    );
    return records.map(asRow);
  }

  async sharers(reference: string, to: readonly string[]): Promise<Sharer[]> {
    const found = await this.#query<{
      id: number;
      recipient: string;
      provider_id: string | null;
      message: string | null;
    }>(
      `SELECT s.row AS id, s.recipient, s.provider_id, m.message
       FROM ${this.#schema}.sent s LEFT JOIN ${this.#schema}.message m ON m.id = s.row
       WHERE s.reference = $1 AND s.recipient = ANY($2)
       UNION ALL SELECT m.id, m.recipient, NULL, m.message FROM ${this.#schema}.message m
       WHERE m.state IN ('sending', 'uncertain') AND m.reference = $1 AND m.recipient = ANY($2)
         AND NOT EXISTS (SELECT 1 FROM ${this.#schema}.sent s WHERE s.row = m.id AND s.reference = $1)`,
      [reference, to.map((one) => JSON.stringify(one))],
    );
    return found.map(({ id, recipient, provider_id: known, message }) => ({
      row: String(id),
      to: JSON.parse(recipient) as string,
      ...(known !== null && { id: known }),
      ...(message !== null && { message: JSON.parse(message) as NonNullable<Sharer["message"]> }),
    }));
  }

  async doubtful(now: number, limit: number): Promise<ListedRow[]> {
    return this.#list("m.state = 'uncertain' AND m.next_at <= $1 ORDER BY m.next_at, m.id LIMIT $2", [now, limit]);
  }

  async job(id: string): Promise<{ job: Job; replies: StoredReply[] } | undefined> {
    const [record] = await this.#query<JobRecord>(
      `SELECT id, node, target, priority, facts, properties, created_at, expires_at, total, duplicate_of
       FROM ${this.#schema}.job WHERE id = $1`,
      [idOf(id)],
    );
    if (!record) return undefined;
    const replies = await this.#query<{ body: string }>(
      `SELECT body FROM ${this.#schema}.reply WHERE job = $1 ORDER BY id`,
      [record.id],
    );
    return { job: asJob(record), replies: replies.map(({ body }) => JSON.parse(body) as StoredReply) };
  }

  async rows(job: string, fromPlace: number, limit: number): Promise<Row[]> {
    return this.#rows("m.job = $1 AND m.place >= $2 ORDER BY m.place LIMIT $3", [idOf(job), fromPlace, limit]);
  }

  async row(id: string): Promise<ListedRow | undefined> {
    return (await this.#list("m.id = $1", [idOf(id)]))[0];
  }

  async counts(): Promise<Record<State, number>> {
    const found = await this.#query<{ state: State; number: number }>(
      `SELECT state, count(*) AS number FROM ${this.#schema}.message GROUP BY state`,
    );
    const counts = Object.fromEntries(STATES.map((state) => [state, 0])) as Record<State, number>;
    for (const { state, number } of found) counts[state] = number;
    return counts;
  }

  async list({ state, limit, offset }: Parameters<OutboxStore["list"]>[0]): Promise<ListedRow[]> {
    const where = state === undefined ? "true" : "m.state = $3";
    const values = state === undefined ? [limit, offset] : [limit, offset, state];
    return this.#list(`${where} ORDER BY m.id DESC LIMIT $1 OFFSET $2`, values);
  }

  async #rows(where: string, values: unknown[]): Promise<Row[]> {
    const sql = `SELECT ${MESSAGE} FROM ${this.#schema}.message m WHERE ${where}`;
    return (await this.#query<MessageRecord>(sql, values)).map(asRow);
  }

  async #list(where: string, values: unknown[]): Promise<ListedRow[]> {
    const sql = `SELECT ${LISTED} FROM ${this.#listed} WHERE ${where}`;
    return (await this.#query<ListedRecord>(sql, values)).map(asListed);
  }
}
