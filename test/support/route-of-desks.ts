import { strict as assert } from "node:assert";
import { bulkDrafts } from "../../src/bulk.ts";
import { smsDrafts } from "../../src/message.ts";
import type { RecipientResult, SendResult } from "../../src/result.ts";
import { breakerOf } from "../../src/sending/breaker.ts";
import type { DeliverOptions } from "../../src/sending/deliver.ts";
import type { LostMember, Member } from "../../src/sending/members.ts";
import { Route, type RouteSettings } from "../../src/sending/route.ts";
import type { Desk } from "./desk.ts";

export const NUMBER = "+56990324203";

export const member = ({ account }: Desk, ...prefixes: string[]): Member => ({ account, prefixes });

export function routeOf(members: readonly (Member | LostMember)[], more: Partial<RouteSettings> = {}): Route {
  const settings = { name: "Alarms", strategy: "failover", failoverOnRejected: false, turns: new Map() } as const;
  return new Route({ ...settings, ...more }, members);
}

/** Sends a text to numbers as send-sms does. */
export function sendBy(by: Route, to: unknown, call: DeliverOptions = {}): Promise<SendResult> {
  const drafts = smsDrafts(to, "Water high", by.account.country);
  return by.deliver("sms", drafts, drafts.length, {}, call);
}

/** And as send-bulk does. */
export function bulkBy(by: Route, list: unknown[], call: DeliverOptions = {}): Promise<SendResult> {
  const { drafts, total } = bulkDrafts("sms", list, { text: "hola" }, "CL");
  return by.deliver("sms", drafts, total, {}, call);
}

export const numbers = (count: number) => Array.from({ length: count }, (_, index) => `+569${90_000_000 + index}`);

/** What became of each recipient, and by which account. */
export const ways = (messages: readonly RecipientResult[]) =>
  messages.map(({ status, account }) => `${status} ${account}`);

/** Lets an account fail often enough to be skipped. */
export async function wearOut(by: Route, desk: Desk): Promise<void> {
  for (let calls = 0; calls < 10; calls++) await sendBy(by, NUMBER, { budgetMs: 20 }).catch(() => undefined);
  assert.ok(breakerOf(desk.account).isOpen);
  desk.requests.length = 0;
}
