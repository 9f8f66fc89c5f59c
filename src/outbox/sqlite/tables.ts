import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

/** A database with its prepared statements. */
export class Tables {
  readonly db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync) {
    this.db = db;
  }

  /** The number of rows that were changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  /** As `run`, of an INSERT: the new row's id. */
  insert(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).lastInsertRowid);
  }

  get<Record>(sql: string, ...values: SQLInputValue[]): Record | undefined {
    return this.#statement(sql).get(...values) as Record | undefined;
  }

  all<Record>(sql: string, ...values: SQLInputValue[]): Record[] {
    return this.#statement(sql).all(...values) as Record[];
  }

  /** One by one, read no further than the caller goes. */
  *each<Record>(sql: string, ...values: SQLInputValue[]): Generator<Record, void> {
    for (const record of this.#statement(sql).iterate(...values)) yield record as Record;
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
