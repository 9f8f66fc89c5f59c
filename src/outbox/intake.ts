import { setImmediate as breathe } from "node:timers/promises";
import type { MessagingError } from "../error.ts";
import type { Draft, EmailMessage, SmsMessage } from "../message.ts";
import type { Outgoing, Stored } from "./contract.ts";
import { allRefused } from "../sending/send-result.ts";
import { outcomeOf } from "./outcome.ts";
import { storedProperties } from "./properties.ts";
import type { NewJob, NewRow } from "./job.ts";
import type { OutboxStore } from "./store.ts";

type AnyDraft = Draft<SmsMessage | EmailMessage>;

/** Rows handed to the store at a time, so that a bulk of any size takes little memory and never holds Node-RED for long. */
const PAGE = 200;

/** Stores a message and its recipients, or nothing of it. */
export async function takeIn(store: OutboxStore, outgoing: Outgoing, expireAfterMs: number): Promise<Stored> {
  const pages = paged(outgoing.drafts, PAGE);
  let page = pages.next();
  let upcoming = pages.next();
  const error = wholeError(page.value ?? [], outgoing);
  if (error) throw error;
  const { text: properties, tooLarge } = storedProperties(outgoing.properties, outgoing.without);
  const job = { ...asJob(outgoing, Date.now(), expireAfterMs), properties };
  const put = await store.put(job, asRows(page.value), !upcoming.done);
  const stored = { job: put.job, duplicate: put.duplicateOf !== undefined, tooLarge };
  if (stored.duplicate || upcoming.done) return stored;
  try {
    for (let place = PAGE; !upcoming.done; place += PAGE) {
      page = upcoming;
      upcoming = pages.next();
      await store.append(put.job, place, asRows(page.value), !upcoming.done);
      await breathe();
    }
  } catch (thrown) {
    await store.abandon(put.job).catch(() => undefined);
    throw thrown;
  }
  return stored;
}

function asJob(outgoing: Outgoing, now: number, expireAfterMs: number): Omit<NewJob, "properties"> {
  const { node, target, provider, account, channel, options, total, about = {}, dedupeKey, priority, asOne } = outgoing;
  const { at, ...others } = options;
  return {
    node,
    target,
    provider,
    account,
    channel,
    priority: priority ?? "normal",
    options: { ...others, ...(at && { at: at.toISOString() }), ...(asOne && { asOne }) },
    about,
    ...(dedupeKey !== undefined && { dedupeKey }),
    createdAt: now,
    expiresAt: now + expireAfterMs,
    total,
  };
}

/** Where the only recipient, or each that was to be sent as one, is no good there is nothing to store. */
function wholeError(
  drafts: readonly AnyDraft[],
  { total, asOne, provider, account }: Outgoing,
): MessagingError | undefined {
  if (drafts.length < total || (total > 1 && !asOne)) return undefined;
  const errors = drafts.flatMap((draft) => ("error" in draft ? [draft.error] : []));
  const [first] = errors;
  return first && errors.length === total ? allRefused(first, total).with({ provider, account }) : undefined;
}

function asRows(drafts: readonly AnyDraft[] = []): NewRow[] {
  return drafts.map((draft) => ("error" in draft ? { to: draft.to, outcome: outcomeOf(draft.error, 1) } : draft));
}

function* paged<T>(items: Iterable<T>, size: number): Generator<T[], undefined> {
  let page: T[] = [];
  for (const item of items) {
    page.push(item);
    if (page.length < size) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
