import { isRecord } from "../../json.ts";
import type { SandboxDesk } from "../../sandbox/stand-in.ts";
import { formatInZone } from "../../time.ts";
import { Refusal, TIME_ZONE } from "./stand-in-form.ts";
import type { Form } from "./stand-in-form.ts";
import { GROUPS } from "./stand-in-lists.ts";

/** Document, "Envío múltiple". */
const MAX_MESSAGES = 1000;

/** Euros for one SMS. */
const PRICE = 0.052;

const NUMBER = /^[1-9]\d{7,14}$/;
const DAY = /^[1-7]$/;
const INTERVAL = /^(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d$/;

/** The account in the sandbox. */
export interface Purse {
  /** Euros. */
  balance: number;
  lastId: number;
}

export interface Call {
  readonly form: Form;
  readonly desk: SandboxDesk;
  readonly purse: Purse;
}

interface Item {
  readonly number: string;
  readonly text: string;
}

interface Order {
  readonly configuration: string;
  readonly items: readonly Item[];
  readonly name?: string;
  /** Epoch milliseconds. */
  readonly start?: number | undefined;
}

/** The same text to many. */
export function pushSimple(call: Call) {
  const { form } = call;
  const configuration = form.text("configuration_name");
  const text = form.text("message");
  const items = form.list("numbers", NUMBER).map((number) => ({ number, text }));
  checkItems(form, "numbers", items);
  const start = form.moment("start_date");
  form.end();
  return { data: take(call, { configuration, items, start }) };
}

/** A text for each number. */
export function pushMultiple(call: Call) {
  const { form } = call;
  const configuration = form.text("configuration_name");
  const items = readItems(form);
  checkItems(form, "messages", items);
  form.end();
  return { data: take(call, { configuration, items }) };
}

/** One text to groups. Days and intervals have to be right even where, without blocks, they are not looked at. */
export function pushCampaign(call: Call) {
  const { form } = call;
  const name = form.text("name");
  const configuration = form.text("configuration_name");
  const text = form.text("message");
  const groups = form.list("available_groups", /^\d+$/);
  if (groups.some((id) => !Object.hasOwn(GROUPS, id))) form.wrong("available_groups", "names a group that is unknown");
  const start = form.moment("start_date");
  checkDrip(form);
  form.end();
  const numbers = new Set(groups.flatMap((id) => GROUPS[id]?.numbers ?? []));
  const items = [...numbers].map((number) => ({ number, text }));
  const { id, start_date, configuration_id } = take(call, { configuration, items, name, start });
  return { data: { id, name, configuration_id, start_date } };
}

/** Document, SMSXBLOCK and MINUTESXBLOCK: each requires the other. */
function checkDrip(form: Form): void {
  const messages = form.positive("smsxblock");
  const minutes = form.positive("minutesxblock");
  if (messages === undefined && minutes !== undefined) form.wrong("smsxblock", "is required beside minutesxblock");
  if (minutes === undefined && messages !== undefined) form.wrong("minutesxblock", "is required beside smsxblock");
  if (form.optional("days") !== undefined) form.list("days", DAY);
  if (form.optional("time_intervals") !== undefined) form.list("time_intervals", INTERVAL);
}

function readItems(form: Form): Item[] {
  const list = parsed(form.text("messages"));
  if (!Array.isArray(list) || list.length === 0) {
    form.wrong("messages", "must be a JSON array with at least one message");
    return [];
  }
  return list.map((entry: unknown, index) => {
    const { number, message, ...others } = isRecord(entry) ? entry : {};
    const isRight = typeof number === "string" && NUMBER.test(number) && typeof message === "string" && message.trim();
    if (!isRight || Object.keys(others).length > 0) form.wrong("messages", `entry ${index + 1} has a wrong form`);
    return { number: String(number), text: String(message) };
  });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function checkItems(form: Form, name: string, items: readonly Item[]): void {
  if (items.length > MAX_MESSAGES) form.wrong(name, `has ${items.length} entries, more than ${MAX_MESSAGES}`);
  const bad = items.findIndex(({ number }) => number.endsWith("0001"));
  if (bad >= 0) form.wrong(name, `entry ${bad + 1} is no mobile number`);
}

/** Keeps the messages, for which there must be balance, and answers as push/simple does [pub]. */
function take({ desk, purse }: Call, { configuration, items, name, start }: Order) {
  if (configuration === "unknown") throw new Refusal(404, "NOT_FOUND", "There is no configuration of this name");
  const dlrs = items.map(({ number }) => {
    const isBlocked = number.endsWith("0004");
    return { message_id: desk.newId(), number, messages_sent: isBlocked ? 0 : 1, in_SMS_blacklist: isBlocked };
  });
  const sent = dlrs.filter((dlr) => !dlr.in_SMS_blacklist).length;
  if (sent * PRICE > purse.balance) throw new Refusal(402, "INSUFFICIENT_BALANCE", "Not enough balance");
  purse.balance -= sent * PRICE;
  purse.lastId += 1;
  const id = purse.lastId;
  const delivery = { deliveryId: String(id), deliveryName: name ?? `#${id}` };
  dlrs.forEach((dlr, index) => {
    if (dlr.in_SMS_blacklist) return;
    const text = items[index]?.text ?? "";
    const message = { id: dlr.message_id, channel: "sms", to: `+${dlr.number}`, from: configuration, text } as const;
    desk.keep({ ...message, ...delivery, receivedAt: desk.now(), ...(start !== undefined && { deliverAt: start }) });
  });
  return {
    id,
    name: delivery.deliveryName,
    configuration_id: 1,
    price: Math.round(sent * PRICE * 1000) / 1000,
    total_messages_sent: sent,
    dlrs,
    start_date: formatInZone(new Date(start ?? desk.now()), TIME_ZONE, "yyyy-MM-dd HH:mm:ss"),
  };
}
