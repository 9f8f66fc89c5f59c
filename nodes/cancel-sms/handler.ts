import { cancelAll, cancellation, type CancelResult } from "../../src/cancel.ts";
import { assertSameProvider } from "../../src/status.ts";
import type { Run } from "../kit/run.ts";
import { notSupported } from "../kit/not-supported.ts";
import { countBadge, workBadge } from "../kit/status.ts";
import type { definition } from "./definition.ts";

/** Takes scheduled messages back. */
export const run: Run<typeof definition.fields> = async (
  { lookup },
  { account, call, show },
): Promise<CancelResult> => {
  const { name, operations } = account.provider;
  const { cancelSms } = operations;
  if (!cancelSms) throw notSupported(account, "noCancel");
  assertSameProvider(lookup, account.provider);
  const what = cancellation(lookup);
  const done = await account.perform(call, (session) => cancelAll(what, (which) => cancelSms(session, which)));
  const missed = done.notCancelled?.length ?? 0;
  if (missed > 0) show(countBadge("yellow", `${done.cancelled} ✓  ${missed} ✗`));
  else show(workBadge("status.cancelled"));
  return { provider: name, channel: "sms", account: account.name, ...done };
};
