import type { IncomingMessage } from "node:http";
import type { Callback } from "../../src/provider.ts";
import type { InboundMessage, StatusReport } from "../../src/result.ts";
import { bodyType, readBody } from "../../src/webhook/body.ts";
import { inboundMessage, statusReport, type Origin } from "../../src/webhook/event.ts";
import { fieldsOfBody, fieldsOfQuery, fieldsOfValue, type CallbackFields } from "../../src/webhook/fields.ts";
import { namesOf, only } from "../../src/webhook/names.ts";
import { Refusal } from "../../src/refusal.ts";
import type { Reported } from "../../src/webhook/repeats.ts";
import { reports } from "../../src/webhook/reports.ts";
import type { Match } from "../../src/webhook/match.ts";
import { sentMessages, type Patience } from "../../src/webhook/sent-messages.ts";
import { chosenProvider } from "../kit/find-account.ts";
import { readCallback } from "../kit/read-callback.ts";
import { deliveryBadge, workBadge } from "../kit/status.ts";
import { receivingAccount, type ReceivingAccount } from "./receiving-account.ts";
import type { Host, Visit } from "./visit.ts";

/** An inbound message does not change, so that its id alone tells it from others. */
const RECEIVED: Reported = { status: "delivered", final: true, providerStatus: "" };

/**
 * Node-RED delivers a message one turn after it was sent, and a deploy drops what it has not delivered: with so many turns it
 * has come through a few nodes.
 */
const TURNS = 4;

/** Reads a request and hands on what it says. Rejects with a Refusal; resolves when all of it was handed on. */
export async function receive(request: IncomingMessage, visit: Visit): Promise<void> {
  const records = await recordsOf(request, visit);
  const account = await receivingAccount(visit.RED, visit.config);
  const name = chosenProvider(visit.RED, visit.config);
  const found = await Promise.all(records.map((raw) => read(raw, name, account, visit)));
  const heard = found.filter((one) => one !== undefined);
  if (heard.length < records.length)
    tellUnread(
      records.filter((_, index) => found[index] === undefined),
      visit,
    );
  if (heard.length === 0) throw new Refusal(400, NOTHING_READ);
  if (visit.signal.aborted) throw new Refusal(408, "the request took too long");
  await visit.opened;
  // Here nothing waits: of two equal reports at once, the second finds what the first one left.
  const takeBack = heard.map(({ callback, origin, match }) =>
    callback.type === "status"
      ? handOnReport(callback, statusReport(callback, match, origin), match, visit)
      : handOnMessage(callback, inboundMessage(callback, origin), account?.nodeId, visit),
  );
  // A repeat waits as well: should the deploy drop what it repeats, it is not to be acknowledged either.
  await inTurns(TURNS);
  if (!visit.life.closing.aborted) return;
  for (const undo of takeBack.reverse()) undo?.();
  throw new Refusal(503, "a deploy came in between");
}

/** Resolves so many turns of the event loop later. */
function inTurns(turns: number): Promise<void> {
  return new Promise((resolve) => {
    const next = (left: number) => (left === 0 ? resolve() : void setImmediate(next, left - 1));
    next(turns);
  });
}

type CallbackOf<Type> = Extract<Callback, { type: Type }>;

interface Heard {
  readonly callback: Callback;
  readonly origin: Origin;
  /** The message that a report is about. */
  readonly match: Match | undefined;
}

async function read(
  raw: CallbackFields,
  name: string | undefined,
  account: ReceivingAccount | undefined,
  patience: Patience,
): Promise<Heard | undefined> {
  const found = await readCallback(raw, name, account);
  if (!found) return undefined;
  const { callback, provider } = found;
  const origin = { provider: provider.name, receivedAt: new Date().toISOString(), raw };
  const isReport = callback.type === "status";
  const match = isReport ? await sentMessages.await(provider.name, callback, patience) : undefined;
  return { callback, origin, match };
}

async function recordsOf(request: IncomingMessage, { maxBody, signal }: Visit): Promise<CallbackFields[]> {
  const { method, url = "" } = request;
  if (method === "GET") return fieldsOfQuery(url);
  if (method !== "POST") throw new Refusal(405, "use GET or POST");
  const type = bodyType(request);
  if (type === "none") return fieldsOfQuery(url);
  if (request.readableEnded) return fieldsReadByOthers(request, type, maxBody);
  return fieldsOfBody(await readBody(request, maxBody, signal), type);
}

/** Where Node-RED is a part of another application, its parsers may come before all of ours. */
function fieldsReadByOthers(request: IncomingMessage, type: "json" | "form", most: number): CallbackFields[] {
  const { body = "" } = request as { body?: unknown };
  const isRaw = typeof body === "string" || Buffer.isBuffer(body);
  const bytes = Buffer.from(isRaw ? body : JSON.stringify(body));
  if (bytes.length > most) throw new Refusal(413, `the body is longer than ${most} bytes`);
  return isRaw ? fieldsOfBody(bytes, type) : fieldsOfValue(body);
}

/** What is returned takes back that it was handed on; undefined where it was a repeat. */
type HandedOn = (() => void) | undefined;

function handOnReport(
  callback: CallbackOf<"status">,
  payload: StatusReport,
  match: Match | undefined,
  { node, memory: { repeats }, life }: Host,
): HandedOn {
  const names = namesOf([node.id, payload.provider], { ...payload, id: callback.id ?? match?.id });
  if (!repeats.isNew(names, payload)) return undefined;
  node.send([{ payload, ...(match && { sent: match.sent }) }, null]);
  reports.publish(payload);
  life.show(deliveryBadge(payload.status));
  return repeats.remember(names, payload);
}

function handOnMessage(
  { id }: CallbackOf<"inbound">,
  payload: InboundMessage,
  account: string | undefined,
  { node, memory: { repeats }, life }: Host,
): HandedOn {
  // Without an id, a person who writes the same twice cannot be told from a provider that repeats itself.
  const names = id === undefined ? undefined : only(JSON.stringify([node.id, payload.provider, "inbound", id]));
  if (names && !repeats.isNew(names, RECEIVED)) return undefined;
  node.send([null, { payload, to: payload.from, ...(account !== undefined && { account }) }]);
  life.show(workBadge("status.inbound"));
  return names && repeats.remember(names, RECEIVED);
}

const NOTHING_READ = "this address takes delivery reports and messages of a provider: nothing of these was found";

/** Names of fields help to find out what a provider sends; their values may be private. */
function tellUnread(records: readonly CallbackFields[], { life }: Host): void {
  const names = records.flatMap(Object.keys).map((name) => (/^[\w.-]{1,40}$/.test(name) ? name : "…"));
  if (names.length === 0) return;
  const shown = [...new Set(names)].slice(0, 10).join(", ");
  life.warnOnce("unreadCallback", { names: shown });
}
