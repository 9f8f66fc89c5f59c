import { randomBytes } from "node:crypto";
import { hasBasicAuth } from "../../sandbox/basic-auth.ts";
import type { StandIn, StandInReply, StandInRequest } from "../../sandbox/stand-in.ts";
import { FORM_TYPE } from "../../form.ts";
import { callbacks } from "./stand-in-callbacks.ts";
import {
  DEFAULT_SENDER,
  estimate,
  forgetOldest,
  MAX_REMEMBERED,
  PRICE,
  sendBulk,
  sendPush,
  sendSms,
} from "./stand-in-orders.ts";
import type { Call, House } from "./stand-in-orders.ts";
import { GROUPS, Reader, readPush, readSms, Refusal } from "./stand-in-parameters.ts";
import type { Received } from "./stand-in-parameters.ts";
import { search, searchReceived } from "./stand-in-search.ts";
import { describe, stateOf } from "./stand-in-states.ts";
import { statusOf } from "./search.ts";

const CREDENTIALS = { authKey: "sandbox", authSecret: "sandbox-secret" };

/** Credit that a new sandbox has, and the push messages of its plan. */
const FIRST_CREDIT = 10_000;
const FIRST_PUSHES = 100_000;

const MULTIPART = "multipart/form-data";

interface Route {
  readonly method: "GET" | "POST";
  answer(call: Call): unknown;
}

const ROUTES: Readonly<Record<string, Route>> = {
  "push/send": { method: "POST", answer: sendPush },
  "push/estimate": { method: "POST", answer: (call) => estimate(readPush(call.received), call.house) },
  "push/search": {
    method: "GET",
    answer: ({ received, desk, house }) => search(received, desk, house.cancelled, true),
  },
  "push/invitation": { method: "POST", answer: invite },
  "sms/send": { method: "POST", answer: sendSms },
  "sms/sendbulk": { method: "POST", answer: sendBulk },
  "sms/estimate": { method: "POST", answer: (call) => estimate(readSms(call.received), call.house) },
  "sms/cancel": { method: "POST", answer: cancel },
  "sms/search": {
    method: "GET",
    answer: ({ received, desk, house }) => search(received, desk, house.cancelled, false),
  },
  "sms/received/search": { method: "GET", answer: ({ received, desk }) => searchReceived(received, desk) },
  user: { method: "GET", answer: user },
  "phonebook/group/list": { method: "GET", answer: groups },
};

const MULTIMEDIA = "push/multimedia/";

/**
 * SMSHosting, played as strictly as its document. A message is PENDING, SENT after 1.5 s and DELIVERED after 3 s. The same text
 * to the same number within 24 hours is a duplicate. To try what can go wrong, send to:
 *
 * | a number ending in | what happens |
 * |---|---|
 * | 0001 | this recipient is refused: BADNUMBERFORMAT |
 * | 0002 | becomes NOTDELIVERED |
 * | 0003 | stays SENT |
 * | 0004 | this recipient is refused: BLACKLIST |
 * | 0005 | alone: GENERIC_ERROR, so that nobody knows whether it was taken |
 * | 0006 | alone: too many requests (429), try again after a second |
 * | 0007 | alone: a reply that tells nothing |
 * | 0008 | becomes NOSENT |
 * | 0009 | has no app: a push leaves it out, or becomes an SMS |
 * | 0011 | answers an SMS two seconds after it was delivered; webhooks hear of it where the SMS was a question |
 */
export function smshostingStandIn(firstCredit = FIRST_CREDIT): StandIn {
  const house: House = {
    credit: firstCredit,
    pushes: FIRST_PUSHES,
    nextId: 389_310_742,
    images: new Map(),
    seen: new Map(),
    cancelled: new Set(),
  };
  return {
    credentials: CREDENTIALS,
    callbacks,
    stateOf: ({ id, ...message }, now) =>
      house.cancelled.has(id) ? "cancelled" : statusOf(stateOf({ id, ...message }, now)),
    imageOf: (id) => house.images.get(id),
    errorBody: (errorCode, errorMsg) => ({ errorCode, errorMsg }),
    answer(request, desk) {
      if (!hasBasicAuth(request, CREDENTIALS.authKey, CREDENTIALS.authSecret)) return refused(401, "BAD_CREDENTIALS");
      const { method, path } = request;
      if (path.startsWith(MULTIMEDIA)) return method === "GET" ? image(path, house) : refused(405, "BAD_METHOD");
      const route = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
      if (!route) return refused(404, "NOT_FOUND");
      if (method !== route.method) return refused(405, "BAD_METHOD");
      if (method === "POST" && !hasRightType(request)) return refused(415, "BAD_CONTENT_TYPE");
      const received = method === "GET" ? Object.fromEntries(request.query) : request.body;
      return magicOf(path, received) ?? answered(route, { received, desk, house });
    },
  };
}

/** Document, push/send: multipart when a file is attached, a form when not. */
function hasRightType({ path, contentType, body }: StandInRequest): boolean {
  const mayHaveFile = path === "push/send" || path === "push/estimate";
  return contentType === (mayHaveFile && typeof body.file === "object" ? MULTIPART : FORM_TYPE);
}

function answered(route: Route, call: Call): StandInReply {
  try {
    return { status: 200, body: route.answer(call) };
  } catch (error) {
    if (error instanceof Refusal) return refused(error.status, error.message);
    throw error;
  }
}

function refused(errorCode: number, errorMsg: string): StandInReply {
  return { status: errorCode, body: { errorCode, errorMsg } };
}

/** What sends to certain single numbers bring about instead of an answer. */
function magicOf(path: string, { to }: Received): StandInReply | undefined {
  const ending = path === "sms/send" || path === "push/send" ? String(to).slice(-4) : "";
  if (String(to).includes(",")) return undefined;
  if (ending === "0005") return refused(400, "GENERIC_ERROR");
  if (ending === "0006") return { ...refused(429, "TOO_MANY_REQUESTS"), headers: { "retry-after": "1" } };
  if (ending === "0007") return { status: 200, body: { result: "OK" } };
  return undefined;
}

function invite({ received }: Call) {
  const reader = new Reader(received);
  const to = reader.text("to") ?? reader.wrong("NO_PARAMS");
  if (to !== undefined && !/^\d{8,15}$/.test(to)) reader.wrong("BAD_TO");
  reader.done();
  // Without a scheme, as the document shows it.
  return { to, url: `cqui.it/${randomBytes(3).toString("hex")}` };
}

/** Takes back what is still to be sent. The state that such a message then has is a guess. */
function cancel({ received, desk, house }: Call) {
  const reader = new Reader(received);
  const ids = reader.text("id")?.split(",");
  const transactionId = reader.text("transactionId");
  if (!ids && transactionId === undefined) reader.wrong("NO_PARAMS");
  if (ids && !ids.every((id) => desk.find(id))) reader.wrong("BAD_ID");
  reader.done();
  const named = ids ? ids.flatMap((id) => desk.find(id) ?? []) : desk.inDelivery(transactionId ?? "");
  const waiting = named.filter(({ id, deliverAt = 0 }) => deliverAt > desk.now() && !house.cancelled.has(id));
  for (const { id } of waiting) house.cancelled.add(id);
  forgetOldest(house.cancelled, MAX_REMEMBERED);
  return waiting.map((message) => describe(message, desk.now(), "CANCELLED"));
}

function user({ house }: Call) {
  return {
    name: "Sandbox",
    credit: house.credit,
    italysms: Math.floor(house.credit / PRICE),
    sender: DEFAULT_SENDER,
    senderAlias: ["INFO", "ALARM"],
    accountPlan: "SANDBOX",
  };
}

function groups() {
  return GROUPS.map(({ id, name, members }) => ({ id, name, contactCount: members.length }));
}

function image(path: string, { images }: House): StandInReply {
  const file = images.get(path.slice(MULTIMEDIA.length));
  if (!file) return refused(400, "BAD_ID");
  return { status: 200, body: file.data, headers: { "content-type": file.contentType } };
}
