import type { BalanceResult } from "../../src/result.ts";
import type { Run } from "../kit/run.ts";
import { notSupported } from "../kit/not-supported.ts";
import { countBadge } from "../kit/status.ts";
import type { definition } from "./definition.ts";

/** What is left on the account. */
export const run: Run<typeof definition.fields> = async (
  { channel },
  { account, call, show },
): Promise<BalanceResult> => {
  const { name, operations } = account.provider;
  const operation = operations.checkBalance;
  if (!operation?.channels.includes(channel))
    throw notSupported(account, channel === "sms" ? "noSmsBalance" : "noEmailBalance");
  const { raw, ...balance } = await account.perform(call, (session) => operation.check(session, channel));
  show(countBadge("green", [balance.balance, balance.currency].join(" ").trim()));
  return { provider: name, channel, ...balance, raw };
};
