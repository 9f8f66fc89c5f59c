import { crc32 } from "node:zlib";
import type { EmailMessage, SmsMessage } from "../../message.ts";
import type { State } from "../states.ts";
import type { Job, ListedRow, Row, RowOutcome, StoredOptions } from "../job.ts";

/** A line of the table `rows`. */
export interface RowRecord {
  id: number;
  job: number;
  place: number;
  state: State;
  recipient: string;
  message: string | null;
  checksum: number;
  attempts: number;
  doubts: number;
  possible_duplicate: number;
  next_at: number | null;
  expires_at: number;
  claim: string | null;
  reference: string | null;
  claimed_at: number | null;
  outcome: string | null;
  created_at: number;
  updated_at: number;
}

/** A line of the table `jobs`. */
export interface JobRecord {
  id: number;
  node: string;
  target: string;
  provider: string;
  account: string;
  channel: "sms" | "email";
  high: number;
  options: string;
  properties: string;
  about: string;
  dedupe_key: string | null;
  duplicate_of: number | null;
  created_at: number;
  expires_at: number;
  total: number;
}

/** Of a job, what a row is listed with. */
export type ListedRecord = RowRecord &
  Pick<JobRecord, "node" | "target" | "provider" | "account" | "channel" | "high" | "options" | "about">;

/** Names of the columns of a RowRecord. */
export const ROW_COLUMNS = `rows.id, rows.job, rows.place, rows.state, rows.recipient, rows.message, rows.checksum, rows.attempts, rows.doubts,
  rows.possible_duplicate, rows.next_at, rows.expires_at, rows.claim, rows.reference, rows.claimed_at, rows.outcome,
  rows.created_at, rows.updated_at`;

export const LISTED_COLUMNS = `${ROW_COLUMNS}, jobs.node, jobs.target, jobs.provider, jobs.account, jobs.channel, jobs.high,
  jobs.options, jobs.about`;

/** What was read is not what was written. */
export class Damaged extends Error {}

/** So that no message goes to another number, or with another text, than was put. */
export function checksumOf(recipient: string, message: string | null): number {
  return crc32(`${recipient}\n${message}`);
}

export function asRow(record: RowRecord): Row {
  if (checksumOf(record.recipient, record.message) !== record.checksum) throw new Damaged("A message is damaged.");
  const { message, next_at: nextAt, claim, reference, claimed_at: claimedAt, outcome } = record;
  return {
    id: String(record.id),
    job: String(record.job),
    place: record.place,
    state: record.state,
    to: record.recipient,
    ...(message !== null && { message: JSON.parse(message) as SmsMessage | EmailMessage }),
    attempts: record.attempts,
    doubts: record.doubts,
    possibleDuplicate: record.possible_duplicate === 1,
    ...(nextAt && { nextAt }),
    expiresAt: record.expires_at,
    ...(claim !== null && { claim }),
    ...(reference !== null && { reference }),
    ...(claimedAt !== null && { claimedAt }),
    ...(outcome !== null && { outcome: JSON.parse(outcome) as RowOutcome }),
    createdAt: record.created_at,
    updatedAt: record.updated_at,
  };
}

export function asListedRow(record: ListedRecord): ListedRow & { job: Pick<Job, "about"> } {
  const { node, target, provider, account, channel, high, options, about } = record;
  return {
    row: asRow(record),
    job: {
      id: String(record.job),
      node,
      target,
      provider,
      account,
      channel,
      priority: high === 1 ? "high" : "normal",
      options: JSON.parse(options) as StoredOptions,
      about: JSON.parse(about) as Record<string, unknown>,
    },
  };
}

export function asJob(record: JobRecord): Job {
  const { dedupe_key: dedupeKey, duplicate_of: duplicateOf } = record;
  return {
    id: String(record.id),
    node: record.node,
    target: record.target,
    provider: record.provider,
    account: record.account,
    channel: record.channel,
    priority: record.high === 1 ? "high" : "normal",
    options: JSON.parse(record.options) as StoredOptions,
    properties: record.properties,
    about: JSON.parse(record.about) as Record<string, unknown>,
    ...(dedupeKey !== null && { dedupeKey }),
    ...(duplicateOf !== null && { duplicateOf: String(duplicateOf) }),
    createdAt: record.created_at,
    expiresAt: record.expires_at,
    total: record.total,
  };
}
