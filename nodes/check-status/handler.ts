import type { StatusReply } from "../../src/provider.ts";
import { sharedCheck, type Check } from "../../src/sending/shared-check.ts";
import { assertSameProvider, statusLookup, statusResult } from "../../src/status.ts";
import { reports } from "../../src/webhook/reports.ts";
import type { Run } from "../kit/run.ts";
import { notSupported } from "../kit/not-supported.ts";
import { positive } from "../kit/positive.ts";
import { deliveryBadge, workBadge } from "../kit/status.ts";
import type { definition } from "./definition.ts";
import { follow } from "./follow.ts";
import { followedOf } from "./followed.ts";
import type { Listen } from "./hearing.ts";

const EVERY_SECONDS = 5;
const WITHIN_SECONDS = 300;

/** How long a question waits for those about other messages: the first one just for those that come at the same time. */
const FIRST_MS = 50;
const LONGEST_MS = 5000;

/** The status of a message or a bulk, once or until it is final. */
export const run: Run<typeof definition.fields> = async (fields, { account, call, emit, show, unfollowed }) => {
  const check = account.provider.operations.checkStatus;
  if (!check) throw notSupported(account, "noStatus");
  assertSameProvider(fields.lookup, account.provider);
  const lookup = statusLookup(fields.lookup, fields.kind);
  const told = (reply: StatusReply) => {
    const result = statusResult(account, reply);
    show(deliveryBadge(result.status));
    return result;
  };
  const ask = async () => told(await account.perform(call, (session) => check(session, lookup)));
  if (!fields.follow) return ask();

  const everyMs = 1000 * (positive("everySeconds", fields.everySeconds) ?? EVERY_SECONDS);
  const withinMs = 1000 * (positive("withinSeconds", fields.withinSeconds) ?? WITHIN_SECONDS);
  const { name } = account.provider;
  const listen: Listen = (hear) => reports.listen((report) => (report.provider === name ? hear(report) : undefined));
  const plan = { followed: followedOf(fields.lookup, lookup), everyMs, withinMs, stop: call.signal, listen };
  const together = sharedCheck(account, lookup);
  let patience = FIRST_MS;
  const askTogether = async (check: Check) => {
    const answer = check({ ms: patience, signal: call.signal });
    patience = Math.min(everyMs / 2, LONGEST_MS);
    return told(await answer);
  };
  const ending = await follow(together ? () => askTogether(together) : ask, plan, (result) => {
    show(deliveryBadge(result.status));
    emit(0, result);
  });
  if (ending.end === "stopped") unfollowed();
  if (ending.end === "overdue") {
    show(workBadge("status.overdue"));
    emit(1, ending.last);
  }
  return undefined;
};
