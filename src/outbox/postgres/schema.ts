import type { Query } from "./database.ts";

/**
 * Texts from outside (recipients, messages, outcomes) are kept as JSON text: PostgreSQL's text cannot hold a NUL, and its
 * json would refuse half a surrogate pair. Times are epoch milliseconds.
 */
const FIRST = (schema: string) => `
CREATE TABLE ${schema}.job (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, home uuid NOT NULL,
  node text NOT NULL, target text NOT NULL, priority smallint NOT NULL,
  facts text NOT NULL, properties text NOT NULL,
  created_at bigint NOT NULL, expires_at bigint NOT NULL, total integer NOT NULL,
  duplicate_of bigint REFERENCES ${schema}.job,
  complete boolean NOT NULL,
  settled_at bigint, due_no bigint, version integer NOT NULL DEFAULT 0,
  reported_at bigint, told_doubt boolean NOT NULL DEFAULT false,
  holder uuid, held_until timestamptz
);
CREATE INDEX job_due ON ${schema}.job (node, due_no) WHERE due_no IS NOT NULL;
CREATE INDEX job_duplicates ON ${schema}.job (duplicate_of) WHERE duplicate_of IS NOT NULL;
CREATE INDEX job_untold ON ${schema}.job (id) WHERE duplicate_of IS NOT NULL AND reported_at IS NULL;
CREATE INDEX job_settled ON ${schema}.job (settled_at) WHERE settled_at IS NOT NULL;
CREATE SEQUENCE ${schema}.due_no;

CREATE TABLE ${schema}.message (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job bigint NOT NULL REFERENCES ${schema}.job ON DELETE CASCADE, place integer NOT NULL,
  target text NOT NULL, priority smallint NOT NULL, state text NOT NULL,
  recipient text NOT NULL, message text,
  attempts integer NOT NULL DEFAULT 0, doubts integer NOT NULL DEFAULT 0,
  possible_duplicate boolean NOT NULL DEFAULT false,
  next_at bigint, expires_at bigint NOT NULL,
  claim text, reference text, claimed_at bigint, orphaned boolean NOT NULL DEFAULT false,
  outcome text, created_at bigint NOT NULL, updated_at bigint NOT NULL,
  UNIQUE (job, place)
);
CREATE INDEX message_ready ON ${schema}.message (target, priority DESC, job, place) WHERE state = 'queued';
CREATE INDEX message_next ON ${schema}.message (target, next_at NULLS FIRST) WHERE state = 'queued';
CREATE INDEX message_sending ON ${schema}.message (target, claim) WHERE state = 'sending';
CREATE INDEX message_doubt ON ${schema}.message (next_at) WHERE state = 'uncertain' AND next_at IS NOT NULL;
CREATE INDEX message_expiry ON ${schema}.message (expires_at)
  WHERE state = 'queued' OR (state = 'uncertain' AND next_at IS NOT NULL);
CREATE INDEX message_open ON ${schema}.message (job) WHERE state IN ('queued', 'sending', 'uncertain');
CREATE INDEX message_state ON ${schema}.message (state, id);

CREATE TABLE ${schema}.reply (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job bigint NOT NULL REFERENCES ${schema}.job ON DELETE CASCADE, body text NOT NULL
);
CREATE INDEX reply_job ON ${schema}.reply (job);

CREATE TABLE ${schema}.dedupe (
  key text PRIMARY KEY, job bigint NOT NULL REFERENCES ${schema}.job ON DELETE CASCADE
);
CREATE INDEX dedupe_job ON ${schema}.dedupe (job);

CREATE TABLE ${schema}.pace (target text PRIMARY KEY, begun double precision[] NOT NULL);

CREATE TABLE ${schema}.presence (home uuid, what text, seen_at timestamptz NOT NULL, PRIMARY KEY (home, what));
CREATE INDEX presence_what ON ${schema}.presence (what);

CREATE TABLE ${schema}.waiting (slot smallint PRIMARY KEY, number bigint NOT NULL);
INSERT INTO ${schema}.waiting SELECT slot, 0 FROM generate_series(0, 7) slot;
`;

/** What was sent, for the reports on it: it outlasts messages and jobs. A provider and account that are absent are the job's. */
const SENT = (schema: string) => `
CREATE TABLE ${schema}.sent (
  row bigint PRIMARY KEY, job bigint NOT NULL, provider text, account text, provider_id text, reference text,
  recipient text NOT NULL, at bigint NOT NULL
);
CREATE INDEX sent_id ON ${schema}.sent (provider_id) WHERE provider_id IS NOT NULL;
CREATE INDEX sent_reference ON ${schema}.sent (reference) WHERE reference IS NOT NULL;
CREATE INDEX sent_at ON ${schema}.sent (at);
CREATE TABLE ${schema}.letter (job bigint PRIMARY KEY, facts text NOT NULL, at bigint NOT NULL);
CREATE INDEX letter_at ON ${schema}.letter (at);
`;

/** Requests on their way, by the account that they go through, whatever route brought them; and what waits ends, nothing else. */
const FLIGHTS = (schema: string) => `
CREATE TABLE ${schema}.flight (
  id text PRIMARY KEY, claim text NOT NULL, account text NOT NULL, began_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX flight_account ON ${schema}.flight (account);
CREATE INDEX flight_claim ON ${schema}.flight (claim);
DROP INDEX ${schema}.message_sending;
CREATE INDEX message_sending ON ${schema}.message (claim) WHERE state = 'sending';
DROP INDEX ${schema}.message_expiry;
CREATE INDEX message_expiry ON ${schema}.message (expires_at) WHERE state = 'queued';
`;

/**
 * The queue in its order. Of expressions, so that the planner has no other index for it: before it knows how many wait, each
 * looks as good to it, and the others have it sort all of them for every look.
 */
const QUEUE = (schema: string) => `
DROP INDEX ${schema}.message_ready;
CREATE INDEX message_queue ON ${schema}.message ((target || ''), (0 - priority), (job + 0), place)
  WHERE (state || '') = 'queued';
`;

const STEPS = [FIRST, SENT, FLIGHTS, QUEUE];

/** Any number that nobody else is likely to lock. */
const LOCK = 7_264_819_035;

export type Upgrade = "done" | "newer";

/**
 * Brings the tables up to date, one process at a time; `newer`: they were made by a later version of this package.
 * A schema that is there already is used without asking for the right to make one.
 */
export async function upgrade(query: Query, schema: string): Promise<Upgrade> {
  await query("SELECT pg_advisory_xact_lock($1)", [LOCK]);
  const [found] = await query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [schema]);
  if (!found) await query(`CREATE SCHEMA ${schema}`);
  await query(`CREATE TABLE IF NOT EXISTS ${schema}.version (number integer NOT NULL)`);
  const [version] = await query<{ number: number }>(`SELECT number FROM ${schema}.version`);
  const at = version?.number ?? 0;
  if (at > STEPS.length) return "newer";
  for (const step of STEPS.slice(at)) await query(step(schema));
  if (version) await query(`UPDATE ${schema}.version SET number = $1`, [STEPS.length]);
  else await query(`INSERT INTO ${schema}.version VALUES ($1)`, [STEPS.length]);
  return "done";
}
