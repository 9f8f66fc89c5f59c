import type { DatabaseSync } from "node:sqlite";

/** Marks the file as ours, for tools such as `file`: "MsgO". */
export const APPLICATION_ID = 0x4d73674f;

/** Each step brings the schema from the version that is its place to the next. Never change one that was released. */
const STEPS: readonly string[] = [
  `
  CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    node TEXT NOT NULL,
    target TEXT NOT NULL,
    provider TEXT NOT NULL,
    account TEXT NOT NULL,
    channel TEXT NOT NULL,
    high INTEGER NOT NULL,
    options TEXT NOT NULL,
    properties TEXT NOT NULL,
    about TEXT NOT NULL,
    dedupe_key TEXT,
    duplicate_of INTEGER REFERENCES jobs,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    total INTEGER NOT NULL,
    -- 1 when all its rows are there.
    complete INTEGER NOT NULL,
    -- 1 when its result is to be handed over.
    due INTEGER NOT NULL DEFAULT 0,
    -- What was handed over: 0 nothing, 1 the final result, 2 one with uncertain recipients.
    told INTEGER NOT NULL DEFAULT 0,
    -- Counts changes, so that a result which is being handed over is known to be the latest.
    version INTEGER NOT NULL DEFAULT 0,
    settled_at INTEGER
  ) STRICT;
  CREATE INDEX jobs_due ON jobs (node, settled_at) WHERE due = 1;
  CREATE INDEX jobs_settled ON jobs (settled_at) WHERE settled_at IS NOT NULL;
  CREATE INDEX jobs_duplicate ON jobs (duplicate_of) WHERE duplicate_of IS NOT NULL;
  CREATE INDEX jobs_following ON jobs (duplicate_of) WHERE duplicate_of IS NOT NULL AND told = 0;
  CREATE INDEX jobs_incomplete ON jobs (id) WHERE complete = 0;

  CREATE TABLE rows (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job INTEGER NOT NULL REFERENCES jobs,
    place INTEGER NOT NULL,
    -- As its job's, for the index of what can be sent.
    target TEXT NOT NULL,
    high INTEGER NOT NULL,
    state TEXT NOT NULL,
    recipient TEXT NOT NULL,
    message TEXT,
    -- Of recipient and message: SQLite itself does not see a byte that flipped within a text.
    checksum INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    doubts INTEGER NOT NULL DEFAULT 0,
    possible_duplicate INTEGER NOT NULL DEFAULT 0,
    -- Of a queued row 0: it can be sent; of an uncertain one NULL: a person decides.
    next_at INTEGER,
    expires_at INTEGER NOT NULL,
    claim TEXT,
    -- Which opening of the store made the claim.
    session TEXT,
    reference TEXT,
    claimed_at INTEGER,
    outcome TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX rows_place ON rows (job, place);
  CREATE INDEX rows_ready ON rows (target, high DESC, id) WHERE state = 'queued' AND next_at = 0;
  CREATE INDEX rows_later ON rows (target, next_at) WHERE state = 'queued' AND next_at > 0;
  CREATE INDEX rows_expiring ON rows (expires_at) WHERE state = 'queued';
  CREATE INDEX rows_doubtful ON rows (next_at) WHERE state = 'uncertain' AND next_at IS NOT NULL;
  CREATE INDEX rows_open ON rows (job)
    WHERE state IN ('queued', 'sending') OR (state = 'uncertain' AND next_at IS NOT NULL);
  CREATE INDEX rows_uncertain ON rows (job) WHERE state = 'uncertain';
  CREATE INDEX rows_state ON rows (state, id);

  CREATE TABLE replies (
    id INTEGER PRIMARY KEY,
    job INTEGER NOT NULL REFERENCES jobs,
    reply TEXT NOT NULL
  ) STRICT;
  CREATE INDEX replies_job ON replies (job);

  CREATE TABLE keys (
    key TEXT PRIMARY KEY,
    job INTEGER NOT NULL REFERENCES jobs,
    held_until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX keys_job ON keys (job);
  `,
  `
  -- What was sent, for the reports on it: it outlasts rows and jobs.
  CREATE TABLE sent (
    row INTEGER PRIMARY KEY,
    job INTEGER NOT NULL,
    -- Where they are not those of the job, as with a route.
    provider TEXT,
    account TEXT,
    provider_id TEXT,
    reference TEXT,
    recipient TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sent_id ON sent (provider_id) WHERE provider_id IS NOT NULL;
  CREATE INDEX sent_reference ON sent (reference) WHERE reference IS NOT NULL;
  CREATE INDEX sent_at ON sent (at);

  CREATE TABLE letters (
    job INTEGER PRIMARY KEY,
    provider TEXT NOT NULL,
    account TEXT NOT NULL,
    channel TEXT NOT NULL,
    about TEXT NOT NULL,
    -- That of the latest line of sent.
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX letters_at ON letters (at);
  `,
  `
  -- By job, so that one of which enough is on its way can be passed over, however many rows it has.
  DROP INDEX rows_ready;
  CREATE INDEX rows_ready ON rows (target, high DESC, job, place) WHERE state = 'queued' AND next_at = 0;
  `,
];

/** The version that this package writes. */
export const VERSION = STEPS.length;

/** Brings the schema up to date, in one transaction. Throws for a file of a later version, and leaves it as it is. */
export function migrate(db: DatabaseSync): void {
  const { user_version: version } = db.prepare("PRAGMA user_version").get() as { user_version: number };
  if (version > VERSION) {
    throw new Error(
      `The outbox's file was written by a later version of this package (schema ${version}, this one knows ${VERSION}). ` +
        "Install that version again, or give the outbox another path.",
    );
  }
  if (version === VERSION) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    for (const step of STEPS.slice(version)) db.exec(step);
    if (version === 0) startIds(db, ["jobs", "rows"]);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${VERSION}; COMMIT`);
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** Undoes the transaction, if there still is one: some errors end it by themselves. */
export function rollBack(db: DatabaseSync): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // There is none.
  }
}

/** Ids begin at the time, in microseconds: what was read from a file that was set aside can mean nothing in its successor. */
function startIds(db: DatabaseSync, tables: readonly string[]): void {
  const start = Date.now() * 1000 + Math.floor(Math.random() * 1000);
  for (const table of tables) db.exec(`INSERT INTO sqlite_sequence (name, seq) VALUES ('${table}', ${start})`);
}
