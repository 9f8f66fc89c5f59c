import { randomBytes } from "node:crypto";
import type { SandboxDesk, SandboxMessage, StandInFile } from "../../sandbox/stand-in.ts";
import { readPush, readSms, Refusal } from "./stand-in-parameters.ts";
import type { Order, Received } from "./stand-in-parameters.ts";

/** What each part of an SMS takes of the credit. */
export const PRICE = 0.05;

export const DEFAULT_SENDER = "Sandbox";

/** Within which the same text to the same number is a duplicate (providers.md). */
const DUPLICATE_MS = 24 * 3_600_000;

/** How many of each thing are remembered. */
const MAX_IMAGES = 20;
export const MAX_REMEMBERED = 5000;

/** What the stand-in knows beside its messages. */
export interface House {
  credit: number;
  pushes: number;
  nextId: number;
  /** Images by id. */
  readonly images: Map<string, StandInFile>;
  /** When each number, sender and text was last taken. */
  readonly seen: Map<string, number>;
  /** Ids of messages that were taken back. */
  readonly cancelled: Set<string>;
}

export interface Call {
  readonly received: Received;
  readonly desk: SandboxDesk;
  readonly house: House;
}

/** What became of one recipient of an order, as the reply shows it. */
interface Item {
  readonly id?: number;
  readonly to: string;
  readonly status: "INSERTED" | "NOT_INSERTED" | "SANDBOX";
  readonly statusDetail?: string;
  readonly type?: "PUSH";
}

/** push/send: a push to those who have the app, an SMS to the others if there is a text for it. */
export function sendPush(call: Call) {
  const order = readPush(call.received);
  const { sms, transactionId = call.desk.newId() } = order;
  const imageId = order.image && keepImage(call.house, order.image);
  const reachable = order.to.filter((to) => sms || hasApp(to));
  const { items, counts } = insert(call, { ...order, to: reachable, transactionId }, imageId);
  return {
    ...(sms && { from: sms.from ?? DEFAULT_SENDER, text: sms.text }),
    transactionId,
    ...counts,
    sms: items,
  };
}

/** sms/send. */
export function sendSms(call: Call) {
  const order = readSms(call.received);
  const { sms, transactionId = call.desk.newId() } = order;
  const { items, counts } = insert(call, { ...order, transactionId });
  const { smsInserted, smsNotInserted } = counts;
  return {
    from: sms?.from ?? DEFAULT_SENDER,
    text: order.text,
    transactionId,
    smsInserted,
    smsNotInserted,
    sms: items,
  };
}

/** sms/sendbulk. Asynchronous at the provider: its reply names no recipients (providers.md). */
export function sendBulk(call: Call) {
  const { from, text, transactionId } = sendSms(call);
  return { from, text, transactionId };
}

function insert(call: Call, order: Order, imageId?: string) {
  pay(order, call.house);
  const items = order.to.map((to) => insertOne(call, order, to, imageId));
  const number = (status: Item["status"], type?: "PUSH") =>
    items.filter((item) => item.status === status && item.type === type).length;
  const counts = {
    smsInserted: number("INSERTED"),
    smsNotInserted: items.filter(({ status }) => status === "NOT_INSERTED").length,
    pushInserted: number("INSERTED", "PUSH"),
  };
  return { items, counts };
}

function insertOne(call: Call, order: Order, to: string, imageId?: string): Item {
  const { desk, house } = call;
  const isPush = order.hasPush && hasApp(to);
  const { text, from = DEFAULT_SENDER } = isPush || !order.sms ? { text: order.text } : order.sms;
  const refusal = refusalOf(to, `${to}\n${from}\n${text}`, call, order.isTest || isPush);
  if (refusal) return { to, status: "NOT_INSERTED", statusDetail: refusal };
  const type = isPush ? ({ type: "PUSH" } as const) : {};
  const id = house.nextId++;
  if (order.isTest) return { id, to, status: "SANDBOX", ...type };
  desk.keep({
    id: String(id),
    channel: isPush ? "push" : "sms",
    to: `+${to}`,
    ...(!isPush && { from }),
    text,
    receivedAt: desk.now(),
    ...handling(order),
    ...(imageId !== undefined && isPush && { imageId }),
  } satisfies SandboxMessage);
  return { id, to, status: "INSERTED", ...type };
}

/** What an order says of each of its messages. */
function handling({ transactionId, deliverAt, statusCallback }: Order) {
  return {
    ...(transactionId !== undefined && { deliveryId: transactionId }),
    ...(deliverAt !== undefined && { deliverAt }),
    ...(statusCallback !== undefined && { reportTo: statusCallback }),
  };
}

function refusalOf(to: string, key: string, { desk, house }: Call, mayRepeat: boolean): string | undefined {
  if (!/^\d{8,15}$/.test(to) || to.endsWith("0001")) return "BADNUMBERFORMAT";
  if (to.endsWith("0004")) return "BLACKLIST";
  if (mayRepeat) return undefined;
  if (desk.now() - (house.seen.get(key) ?? -Infinity) < DUPLICATE_MS) return "DUPLICATESMS";
  house.seen.set(key, desk.now());
  forgetOldest(house.seen, MAX_REMEMBERED);
  return undefined;
}

/** Everyone has the app, but for one magic number. */
function hasApp(to: string): boolean {
  return !to.endsWith("0009");
}

function costs(order: Order) {
  const push = order.hasPush ? order.to.filter(hasApp).length : 0;
  const sms = order.sms ? (order.to.length - push) * order.sms.parts : 0;
  return { push, sms, cost: Math.round(sms * PRICE * 1000) / 1000 };
}

function pay(order: Order, house: House): void {
  const { push, cost } = costs(order);
  if (cost > house.credit) throw new Refusal(["BAD_CREDIT"]);
  if (push > house.pushes) throw new Refusal(["NO_PUSH"]);
  if (order.isTest) return;
  house.credit = Math.round((house.credit - cost) * 1000) / 1000;
  house.pushes -= push;
}

/** push/estimate and sms/estimate. */
export function estimate(order: Order, house: House) {
  const { push, sms, cost } = costs(order);
  const answer = { cost, userCredit: house.credit, smsCount: sms };
  return order.hasPush ? { ...answer, pushCount: push, pushAvailable: house.pushes } : answer;
}

function keepImage(house: House, file: StandInFile): string {
  const id = randomBytes(8).toString("base64");
  house.images.set(id, file);
  forgetOldest(house.images, MAX_IMAGES);
  return id;
}

/** Maps and Sets give their oldest first. */
export function forgetOldest(remembered: Map<string, unknown> | Set<string>, most: number): void {
  for (const key of remembered.keys()) {
    if (remembered.size <= most) return;
    remembered.delete(key);
  }
}
