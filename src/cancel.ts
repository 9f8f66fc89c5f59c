import { invalid, type MessagingError } from "./error.ts";
import { asId, asRecords, isRecord } from "./json.ts";
import type { CancelReply } from "./provider.ts";
import type { Channel } from "./result.ts";
import { statusLookup } from "./status.ts";

/** Which scheduled messages to take back. */
export type Cancellation = { readonly ids: readonly string[] } | { readonly references: readonly string[] };

/** What cancel-sms puts out. Plain JSON. */
export interface CancelResult {
  provider: string;
  channel: Channel;
  /** The account's name. */
  account: string;
  /** How many were cancelled. */
  cancelled: number;
  /** Those that were cancelled, each with what the provider calls its state now. */
  messages: CancelReply["messages"];
  /** Ids that were asked for, or are named in the reply, of messages that go, or went, all the same. */
  notCancelled?: string[];
  /** What the provider replied; an array where it took several requests. */
  raw: unknown;
}

/** Ids in one request. */
const MAX_IDS = 100;

/**
 * What to cancel, from the result of a send, an id (or a comma list of them) or an object with a `reference`. Of a result, the
 * ids of its messages go before its reference, as the user may have given the same reference to other sends too. A delivery's id
 * is the reference of its send. Throws INVALID_MESSAGE.
 */
export function cancellation(value: unknown): Cancellation {
  const { id, ids, deliveries, search } = statusLookup(value, "sms");
  // By their ids, so that each one that is not cancelled is known; by the delivery where not all of them have one.
  if (ids && !hasNameless(value)) return { ids };
  if (deliveries) return { references: deliveries };
  if (ids) return { ids };
  if (id !== undefined) return { ids: id.split(",").map((each) => each.trim()) };
  const reference = asId(search?.reference);
  if (reference !== undefined) return { references: [reference] };
  throw invalid(
    "What to cancel is a search: only an id or a reference can be cancelled. Give the result of a send node, an id, " +
      "or an object with a reference.",
  );
}

/** Whether a message of a send's result went out, or will, without an id of its own. */
function hasNameless(value: unknown): boolean {
  const messages = isRecord(value) ? asRecords(value.messages ?? []) : [];
  return messages.some(({ id, status }) => asId(id) === undefined && status !== "rejected" && status !== "failed");
}

/**
 * Cancels by `cancel`, in as many requests as it takes. A request that finds nothing to cancel is no failure as long as another
 * one does; rejects with the first of them when none does.
 */
export async function cancelAll(
  what: Cancellation,
  cancel: (which: { id: string } | { reference: string }) => Promise<CancelReply>,
): Promise<Pick<CancelResult, "cancelled" | "messages" | "notCancelled" | "raw">> {
  const replies: CancelReply[] = [];
  const refusals: MessagingError[] = [];
  for (const which of requests(what)) {
    await cancel(which).then(
      (reply) => void replies.push(reply),
      (error: MessagingError) => {
        if (error.code !== "REJECTED") throw error;
        refusals.push(error);
      },
    );
  }
  const [refusal] = refusals;
  if (refusal && replies.length === 0) throw refusal;
  const messages = replies.flatMap((reply) => reply.messages);
  const done = new Set(messages.map(({ id }) => id));
  const asked = "ids" in what ? what.ids : [];
  const named = replies.flatMap((reply) => reply.notCancelled ?? []);
  const notCancelled = [...new Set([...asked, ...named])].filter((id) => !done.has(id));
  return {
    cancelled: messages.length,
    messages,
    ...(notCancelled.length > 0 && { notCancelled }),
    raw: replies.length === 1 ? replies[0]?.raw : replies.map(({ raw }) => raw),
  };
}

function requests(what: Cancellation): ({ id: string } | { reference: string })[] {
  if ("references" in what) return [...new Set(what.references)].map((reference) => ({ reference }));
  const ids = [...new Set(what.ids)];
  return Array.from({ length: Math.ceil(ids.length / MAX_IDS) }, (_, index) => ({
    id: ids.slice(index * MAX_IDS, (index + 1) * MAX_IDS).join(","),
  }));
}
