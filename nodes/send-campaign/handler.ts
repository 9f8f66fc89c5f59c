import { checkedCampaign } from "../../src/campaign.ts";
import { sendToGroups } from "../../src/sending/group-send.ts";
import type { Run } from "../kit/run.ts";
import { notSupported } from "../kit/not-supported.ts";
import { sendBadge } from "../kit/status.ts";
import { switchedOff } from "../kit/tally.ts";
import type { definition } from "./definition.ts";

/** One text to groups of the provider's address book, at once or in blocks. */
export const run: Run<typeof definition.fields> = async (fields, { account, call, show, log }) => {
  const { sendCampaign } = account.provider.operations;
  if (!sendCampaign) throw notSupported(account, "noCampaigns");
  const campaign = checkedCampaign(fields, account.timeZone);
  const send = { channel: "sms", hasGroups: true } as const;
  const result = await sendToGroups(account, { ...send, send: (session) => sendCampaign(session, campaign) }, call);
  if (result.off) log(switchedOff(`1 campaign to ${campaign.groups.length} group(s)`));
  show(sendBadge(result, account.mode === "sandbox"));
  return result;
};
