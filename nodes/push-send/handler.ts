import { pushDraft, type PushDraft } from "../../src/push.ts";
import { deliverPush, estimateCost } from "../../src/sending/push.ts";
import { requireGsm7 } from "../kit/gsm7.ts";
import type { Context, Run } from "../kit/run.ts";
import { notSupported } from "../kit/not-supported.ts";
import { sendOptions } from "../kit/send-options.ts";
import { switchedOff } from "../kit/tally.ts";
import { countBadge, sendBadge } from "../kit/status.ts";
import type { definition } from "./definition.ts";

/** One push to numbers and groups, or only what it would cost. */
export const run: Run<typeof definition.fields> = async (fields, context) => {
  const { at, smsFrom: from, reference, encoding, smsFallback } = fields;
  const options = sendOptions({ at, from, reference, encoding }, context.account);
  const draft = await pushDraft(fields, options, context.account.country);
  if (smsFallback && encoding === "gsm7") requireGsm7(String(fields.smsText));
  return fields.estimateOnly ? estimate(draft, context) : send(draft, context);
};

async function send(draft: PushDraft, { account, call, show, log }: Context) {
  const { sendPush } = account.provider.operations;
  if (!sendPush) throw notSupported(account, "noPush");
  const result = await deliverPush(account, sendPush, draft, call);
  if (result.off) log(switchedOff(`1 push, ${result.rejected} recipient(s) refused`));
  show(sendBadge(result, account.mode === "sandbox"));
  return result;
}

async function estimate(draft: PushDraft, { account, call, show }: Context) {
  const { estimatePush } = account.provider.operations;
  if (!estimatePush) throw notSupported(account, "noPushCost");
  const result = await estimateCost(account, estimatePush, draft, call);
  show(countBadge("green", String(result.cost)));
  return result;
}
