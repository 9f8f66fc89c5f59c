import type { Parameters } from "../../form.ts";
import { asId, asNumber, asRecords } from "../../json.ts";
import type { Session } from "../../provider.ts";
import type { MessageStatus, Page, Status, StatusEvent } from "../../result.ts";
import { asE164, readDate } from "./fields.ts";
import { without } from "./inserted.ts";
import { PAGE_SIZE } from "./limits.ts";
import { ask } from "./request.ts";

/** The two services that can be searched. The one of push knows SMS too, but only accounts with a push plan may ask it. */
export type Service = "sms" | "push";

/** A page of a list. */
interface Listing {
  readonly items: readonly Record<string, unknown>[];
  /** As the provider counts; absent where it does not. */
  readonly page?: Page;
  readonly raw: unknown;
}

/** A page of messages. */
export interface Found extends Omit<Listing, "items"> {
  readonly messages: readonly FoundMessage[];
}

export interface FoundMessage extends MessageStatus {
  /** Whether it went as push and not as SMS. */
  readonly isPush: boolean;
}

/** A list without end is none of ours. */
const MAX_PAGES = 200;

/**
 * Document, table of states. PENDING covers scheduled messages too. Test mode's SANDBOX (public clients) is all that will ever
 * become of such a message. The cancelled ones are a guess.
 */
const STATES: Readonly<Record<string, { status: Status; final: boolean }>> = {
  PENDING: { status: "queued", final: false },
  INSERTED: { status: "accepted", final: false },
  SENT: { status: "sent", final: false },
  NOSENT: { status: "undelivered", final: true },
  DELIVERED: { status: "delivered", final: true },
  NOTDELIVERED: { status: "undelivered", final: true },
  NOT_INSERTED: { status: "rejected", final: true },
  SANDBOX: { status: "accepted", final: true },
  CANCELLED: { status: "undelivered", final: true },
  CANCELED: { status: "undelivered", final: true },
};

/** Our word for one of the provider's. */
export function statusOf(state: string): Status {
  return STATES[state]?.status ?? "unknown";
}

/** What the dates of a message tell, in the order of its life. */
const DATES: readonly (readonly [field: string, type: string])[] = [
  ["insertDate", "accepted"],
  ["sentDate", "sent"],
  ["deliveryDate", "delivered"],
];

/** One page of messages, as the parameters of the document's search ask for them. */
export async function searchPage(session: Session, service: Service, parameters: Parameters): Promise<Found> {
  const { items, ...found } = await askList(session, `${service}/search`, parameters);
  return { ...found, messages: items.map((item) => readMessage(item, session)) };
}

/** All messages, page by page, until `enough` are found. */
export async function searchAll(
  session: Session,
  service: Service,
  parameters: Parameters,
  enough = Infinity,
): Promise<{ messages: FoundMessage[]; raws: unknown[] }> {
  const messages: FoundMessage[] = [];
  const raws: unknown[] = [];
  for await (const { items, raw } of pagesOf(session, `${service}/search`, parameters)) {
    messages.push(...items.map((item) => readMessage(item, session)));
    raws.push(raw);
    if (messages.length >= enough) break;
  }
  return { messages, raws };
}

/**
 * A list page by page, until one is not full and the provider counts no more. What comes in meanwhile, at the top of the list,
 * pushes others from the end of one page to the begin of the next, where they are left out.
 */
export async function* pagesOf(session: Session, operation: string, parameters: Parameters): AsyncGenerator<Listing> {
  let offset = 0;
  let previous: Listing | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const listing = await askList(session, operation, { ...parameters, offset, limit: PAGE_SIZE });
    const { items, page } = listing;
    // A server that ignores the offset must not keep us asking.
    if (previous && JSON.stringify(items) === JSON.stringify(previous.items)) return;
    yield previous ? { ...listing, items: items.slice(pushedDown(previous, listing)) } : listing;
    previous = listing;
    offset += items.length;
    // Full by what was granted, which may be less than what was asked for, and than what is said to be granted.
    const isFull = items.length >= Math.min(page?.limit || PAGE_SIZE, PAGE_SIZE);
    if (items.length === 0 || (!isFull && offset >= (page?.count ?? 0))) return;
  }
}

/**
 * How many items at the begin of a page stood at the end of the one before. Two that are the same are taken for two where the
 * provider's count tells that nothing came in between.
 */
function pushedDown(before: Listing, { items, page }: Listing): number {
  const cameIn = before.page && page ? page.count - before.page.count : Infinity;
  const ends = before.items.map((item) => JSON.stringify(item));
  const begins = items.map((item) => JSON.stringify(item));
  for (let count = Math.min(cameIn, ends.length, begins.length); count > 0; count--) {
    if (ends.slice(-count).every((end, index) => end === begins[index])) return count;
  }
  return 0;
}

/** A page of a list: a reply without it tells nothing, one with an empty list or null that nothing was found. */
async function askList(session: Session, operation: string, parameters: Parameters): Promise<Listing> {
  const answer = await ask(session, operation, parameters);
  const { smsList, metadata } = answer.fields;
  if (smsList === undefined && metadata === undefined) throw without("smsList", answer);
  const page = readPage(metadata);
  return { items: asRecords(smsList), ...(page && { page }), raw: answer.raw };
}

export function readMessage(
  item: Readonly<Record<string, unknown>>,
  { country, timeZone }: Pick<Session, "country" | "timeZone">,
): FoundMessage {
  const word = asId(item.status) ?? "";
  const to = asE164(item.to, country);
  const key = word.toUpperCase();
  const known = Object.hasOwn(STATES, key) ? STATES[key] : undefined;
  const events = DATES.flatMap(([field, type]): StatusEvent[] => {
    const at = readDate(item[field], timeZone);
    return at === undefined ? [] : [{ type, at, raw: item[field] }];
  });
  return {
    id: asId(item.id) ?? "",
    ...(known ?? { status: "unknown", final: false }),
    providerStatus: word,
    ...(to !== undefined && { to }),
    ...(events.length > 0 && { events }),
    ...(typeof item.text === "string" && { text: item.text }),
    isPush: asId(item.type)?.toUpperCase() === "PUSH",
  };
}

function readPage(value: unknown): Page | undefined {
  const [metadata] = asRecords(value);
  const [count, offset, limit] = [metadata?.count, metadata?.offset, metadata?.limit].map(asNumber);
  if (count === undefined && offset === undefined && limit === undefined) return undefined;
  return { count: count ?? 0, offset: offset ?? 0, limit: limit ?? 0 };
}
