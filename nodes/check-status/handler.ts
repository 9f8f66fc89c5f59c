import { statusLookup, statusResult } from "../../src/status.ts";
import type { Run } from "../kit/message-node.ts";
import { notSupported } from "../kit/not-supported.ts";
import { positive } from "../kit/positive.ts";
import { deliveryBadge, workBadge } from "../kit/status.ts";
import type { definition } from "./definition.ts";
import { follow } from "./follow.ts";

const EVERY_SECONDS = 5;
const WITHIN_SECONDS = 300;

/** The status of a message or a bulk, once or until it is final. */
export const run: Run<typeof definition.fields> = async (fields, { account, call, emit, show }) => {
  const check = account.provider.operations.checkStatus;
  if (!check) throw notSupported(account, "cannot tell the status of a message");
  const lookup = statusLookup(fields.lookup, fields.kind);
  const ask = async () => {
    const result = statusResult(account, await account.perform(call, (session) => check(session, lookup)));
    show(deliveryBadge(result.status));
    return result;
  };
  if (!fields.follow) return ask();

  const everyMs = 1000 * (positive("everySeconds", fields.everySeconds) ?? EVERY_SECONDS);
  const withinMs = 1000 * (positive("withinSeconds", fields.withinSeconds) ?? WITHIN_SECONDS);
  const ending = await follow(ask, { everyMs, withinMs, stop: call.signal }, (result) => emit(0, result));
  if (ending.end === "overdue") {
    show(workBadge("status.overdue"));
    emit(1, ending.last);
  }
  return undefined;
};
