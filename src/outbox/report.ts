import { setImmediate as breathe } from "node:timers/promises";
import type { MessagingError } from "../error.ts";
import { allRefused, kindOf } from "../sending/send-result.ts";
import type { OutboxResult, Settled } from "./contract.ts";
import { asRecipient, errorOf } from "./outcome.ts";
import { restoredProperties } from "./properties.ts";
import type { Job, Row, RowOutcome, StoredReply } from "./job.ts";
import type { DueReport, OutboxStore } from "./store.ts";

const PAGE = 500;

/** What became of the recipients of a job. */
interface Sum {
  readonly messages: OutboxResult["messages"];
  readonly counts: Pick<OutboxResult, "accepted" | "rejected" | "failed">;
  /** Of requests that failed as a whole, the one that forbids sending all again if there is one. */
  readonly worst: RowOutcome | undefined;
  /** The first that speaks against a recipient. */
  readonly refusal: RowOutcome | undefined;
  /** Requests that the recipients were in: of the one that was tried most. */
  readonly attempts: number;
}

/**
 * What to hand to the node of a job that is due: as a direct send of all its recipients would have settled (see `deliver`).
 * Undefined when it is not settled after all, as a person just sent one of its messages again.
 */
export async function makeReport(store: OutboxStore, { job: id, revised }: DueReport): Promise<Settled | undefined> {
  const asked = await store.job(id);
  const { duplicateOf } = asked?.job ?? {};
  const first = duplicateOf === undefined ? asked : await store.job(duplicateOf);
  if (!asked || !first) return undefined;
  const sum = await sumUp(store, first.job);
  if (!sum) return undefined;
  const duplicate = duplicateOf !== undefined;
  const error = failureOf(first.job, sum, first.replies);
  const marks = { ...(duplicate && { duplicate: true as const }), ...(revised && { revised: true as const }) };
  return {
    job: id,
    properties: restoredProperties(asked.job.properties),
    outcome: error
      ? { error: error.with(marks) }
      : { result: { ...resultOf(first.job, sum, first.replies), ...marks } },
    duplicate,
    revised,
  };
}

async function sumUp(store: OutboxStore, job: Job): Promise<Sum | undefined> {
  const messages: OutboxResult["messages"] = [];
  const counts = { accepted: 0, rejected: 0, failed: 0 };
  let worst: RowOutcome | undefined;
  let refusal: RowOutcome | undefined;
  let attempts = 0;
  for (let place = 0; place < job.total; place += PAGE) {
    for (const row of await store.rows(job.id, place, PAGE)) {
      if (!isSettled(row)) return undefined;
      if (isOff(row)) continue;
      const message = asRecipient(row.to, row.outcome, row.possibleDuplicate);
      messages.push(message);
      counts[kindOf(message.status)] += 1;
      worst = worse(worst, row.outcome);
      attempts = Math.max(attempts, row.attempts);
      if (message.status === "rejected" && !row.outcome?.ofRequest) refusal ??= row.outcome;
    }
    await breathe();
  }
  return { messages, counts, worst, refusal, attempts };
}

function resultOf(job: Job, { messages, counts }: Sum, replies: readonly StoredReply[]): OutboxResult {
  const [first] = replies;
  const deliveries = replies.flatMap((reply) => reply.deliveries ?? []);
  const reference = job.options.reference ?? replies.find((reply) => reply.reference !== undefined)?.reference;
  const raw = replies.map((reply) => reply.raw);
  return {
    provider: first?.provider ?? job.provider,
    channel: job.channel,
    account: first?.account ?? job.account,
    id: idOf(messages, deliveries),
    ...(deliveries.length > 0 && { deliveries }),
    ...(reference !== undefined && { reference }),
    ...counts,
    messages,
    ...(replies.some(({ off }) => off) && { off: true }),
    raw: raw.length > 1 ? raw : (raw[0] ?? null),
  };
}

function idOf(messages: OutboxResult["messages"], deliveries: readonly string[]): string {
  const first = messages.find(({ id }) => id !== undefined)?.id ?? "";
  return messages.length === 1 && first ? first : (deliveries[0] ?? first);
}

/** The error of a send that failed as a whole, as `Delivery` has it. */
function failureOf(job: Job, sum: Sum, replies: readonly StoredReply[]): MessagingError | undefined {
  const { messages, attempts } = sum;
  const error = wholeFailure(job, sum, replies.length > 0);
  if (!error) return undefined;
  const { provider, account, options } = job;
  const reference = error.cause.reference ?? options.reference;
  return error.with({
    provider: error.cause.provider ?? provider,
    account: error.cause.account ?? account,
    attempts,
    ...(messages.some(({ possibleDuplicate }) => possibleDuplicate) && { possibleDuplicate: true }),
    ...(reference !== undefined && { reference }),
  });
}

function wholeFailure(
  { total, options }: Job,
  { counts, worst, refusal }: Sum,
  hasReply: boolean,
): MessagingError | undefined {
  const isRefused = counts.rejected === total && (total === 1 || options.asOne);
  if (isRefused && refusal && (hasReply || !worst)) return allRefused(errorOf(refusal), total);
  return worst && !hasReply && counts.accepted === 0 ? errorOf(worst) : undefined;
}

/** The first of those with an unknown outcome, or else the first. */
function worse(known: RowOutcome | undefined, next: RowOutcome | undefined): RowOutcome | undefined {
  if (!next?.ofRequest || (known && next.status !== "unknown")) return known;
  return known?.status === "unknown" ? known : next;
}

function isSettled({ state, nextAt }: Row): boolean {
  return state !== "queued" && state !== "sending" && !(state === "uncertain" && nextAt !== undefined);
}

/** Of an account that is switched off there is nothing to tell but what was wrong with a recipient. */
function isOff({ state, outcome }: Row): boolean {
  return state === "cancelled" && outcome?.failure?.code === "NOT_SUPPORTED";
}
