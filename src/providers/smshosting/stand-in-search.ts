import type { SandboxDesk, SandboxMessage } from "../../sandbox/stand-in.ts";
import { asDigits } from "./fields.ts";
import { Reader } from "./stand-in-parameters.ts";
import type { Received } from "./stand-in-parameters.ts";
import { answerTo, describe, describeReply, stateOf } from "./stand-in-states.ts";

const STATES = ["PENDING", "SENT", "NOSENT", "DELIVERED", "NOTDELIVERED"];

/** Results that a page has at most, whatever is asked for; the document names the default only. */
const MAX_LIMIT = 100;

/** push/search and sms/search; the latter knows no push. `cancelled` are the ids of what was taken back. */
export function search(
  received: Received,
  desk: SandboxDesk,
  cancelled: ReadonlySet<string>,
  withPush: boolean,
): unknown {
  const reader = new Reader(received);
  const names = ["id", "transactionId", "msisdn", "fromDate", "toDate", "status"];
  if (!names.some((name) => reader.has(name))) reader.wrong("NO_PARAMS");
  const ids = reader.text("id")?.split(",");
  if (reader.has("id") && !ids?.every((id) => /^\d+$/.test(id))) reader.wrong("BAD_ID");
  const msisdn = reader.text("msisdn");
  if (reader.has("msisdn") && !/^\d{5,15}$/.test(msisdn ?? "")) reader.wrong("BAD_MSISDN");
  const status = reader.text("status");
  if (reader.has("status") && !STATES.includes(status ?? "")) reader.wrong("BAD_STATUS");
  const from = reader.date("fromDate") ?? -Infinity;
  const to = reader.date("toDate") ?? Infinity;
  const transactionId = reader.text("transactionId");
  const page = readPage(reader);
  reader.done();
  const candidates = ids ? ids.flatMap((id) => desk.find(id) ?? []) : desk.messages();
  const state = (message: SandboxMessage) => (cancelled.has(message.id) ? "CANCELLED" : stateOf(message, desk.now()));
  const found = candidates.filter(
    (message) =>
      (withPush || message.channel === "sms") &&
      (transactionId === undefined || message.deliveryId === transactionId) &&
      (msisdn === undefined || asDigits(message.to) === msisdn) &&
      (status === undefined || state(message) === status) &&
      message.receivedAt >= from &&
      message.receivedAt <= to,
  );
  return cut(found, page, (message) => describe(message, desk.now(), state(message)));
}

/** sms/received/search: what the phones that answer have answered, and what people have written. */
export function searchReceived(received: Received, desk: SandboxDesk): unknown {
  const reader = new Reader(received);
  if (!["from", "simIdRef", "fromDate", "toDate"].some((name) => reader.has(name))) reader.wrong("NO_PARAMS");
  const senders = reader.text("from")?.split(",");
  const from = reader.date("fromDate") ?? -Infinity;
  const to = reader.date("toDate") ?? Infinity;
  const page = readPage(reader);
  reader.done();
  const found = desk.messages().flatMap((message) => {
    const answer = answerTo(message, desk.now());
    const isWanted = answer && answer.at >= from && answer.at <= to;
    return isWanted && (!senders || senders.includes(asDigits(message.to))) ? [answer] : [];
  });
  const written = desk.replies().flatMap((reply) => {
    const isWanted = reply.receivedAt >= from && reply.receivedAt <= to;
    return isWanted && (!senders || senders.includes(asDigits(reply.from))) ? [describeReply(reply)] : [];
  });
  return cut([...found, ...written], page, ({ item }) => item);
}

interface Page {
  readonly offset: number;
  readonly limit: number;
}

function readPage(reader: Reader): Page {
  return { offset: reader.count("offset", 0), limit: Math.min(reader.count("limit", 20), MAX_LIMIT) };
}

function cut<T>(found: readonly T[], { offset, limit }: Page, show: (item: T) => unknown): unknown {
  return { metadata: { count: found.length, offset, limit }, smsList: found.slice(offset, offset + limit).map(show) };
}
