import type { State } from "../states.ts";
import type { Job, ListedRow, NewJob, Row } from "../job.ts";

/** What of a job is kept as one JSON text, as nothing is found by it. */
type Facts = Pick<NewJob, "provider" | "account" | "channel" | "options" | "about" | "dedupeKey">;

export interface JobRecord {
  id: number;
  node: string;
  target: string;
  priority: number;
  facts: string;
  properties: string;
  created_at: number;
  expires_at: number;
  total: number;
  duplicate_of: number | null;
}

export interface MessageRecord {
  id: number;
  job: number;
  place: number;
  state: State;
  recipient: string;
  message: string | null;
  attempts: number;
  doubts: number;
  possible_duplicate: boolean;
  next_at: number | null;
  expires_at: number;
  claim: string | null;
  reference: string | null;
  claimed_at: number | null;
  outcome: string | null;
  created_at: number;
  updated_at: number;
}

/** A message with the columns of its job, as LISTED selects them. */
export interface ListedRecord extends MessageRecord {
  node: string;
  target: string;
  priority: number;
  facts: string;
}

export const MESSAGE =
  "m.id, m.job, m.place, m.state, m.recipient, m.message, m.attempts, m.doubts, m.possible_duplicate, m.next_at, " +
  "m.expires_at, m.claim, m.reference, m.claimed_at, m.outcome, m.created_at, m.updated_at";

export const LISTED = `${MESSAGE}, j.node, j.target, j.priority, j.facts`;

export function toPriority(priority: NewJob["priority"]): number {
  return priority === "high" ? 1 : 0;
}

export function toFacts({ provider, account, channel, options, about, dedupeKey }: NewJob): string {
  const facts: Facts = { provider, account, channel, options, about, ...(dedupeKey !== undefined && { dedupeKey }) };
  return JSON.stringify(facts);
}

export function fromFacts(facts: string): Facts {
  return JSON.parse(facts) as Facts;
}

export function asJob(record: JobRecord): Job {
  return {
    id: String(record.id),
    node: record.node,
    target: record.target,
    priority: record.priority === 1 ? "high" : "normal",
    ...fromFacts(record.facts),
    properties: record.properties,
    createdAt: record.created_at,
    expiresAt: record.expires_at,
    total: record.total,
    ...(record.duplicate_of !== null && { duplicateOf: String(record.duplicate_of) }),
  };
}

export function asRow(record: MessageRecord): Row {
  return {
    id: String(record.id),
    job: String(record.job),
    place: record.place,
    state: record.state,
    to: JSON.parse(record.recipient) as string,
    ...(record.message !== null && { message: JSON.parse(record.message) as NonNullable<Row["message"]> }),
    attempts: record.attempts,
    doubts: record.doubts,
    possibleDuplicate: record.possible_duplicate,
    ...(record.next_at !== null && { nextAt: record.next_at }),
    expiresAt: record.expires_at,
    ...(record.claim !== null && { claim: record.claim }),
    ...(record.reference !== null && { reference: record.reference }),
    ...(record.claimed_at !== null && { claimedAt: record.claimed_at }),
    ...(record.outcome !== null && { outcome: JSON.parse(record.outcome) as NonNullable<Row["outcome"]> }),
    createdAt: record.created_at,
    updatedAt: record.updated_at,
  };
}

export function asListed(record: ListedRecord): ListedRow {
  const { provider, account, channel, options } = fromFacts(record.facts);
  return {
    row: asRow(record),
    job: {
      id: String(record.job),
      node: record.node,
      target: record.target,
      provider,
      account,
      channel,
      priority: record.priority === 1 ? "high" : "normal",
      options,
    },
  };
}

/** What a chunk tells of its job. */
export function asChunkJob(record: ListedRecord) {
  const { channel, options, about } = fromFacts(record.facts);
  const { id, target, priority } = asListed(record).job;
  return { id, target, channel, priority, options, about };
}

/** Our ids are numbers; any other text names nothing. */
export function idOf(id: string): number {
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : 0;
}
