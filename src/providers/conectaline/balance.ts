import { asNumber, isRecord } from "../../json.ts";
import type { Session } from "../../provider.ts";
import type { BalanceResult } from "../../result.ts";
import { without } from "./answer.ts";
import { ask } from "./request.ts";

/** The account's money: `{balance, currency}` [pub]. */
export async function checkBalance(session: Session): Promise<Pick<BalanceResult, "balance" | "currency" | "raw">> {
  const answer = await ask(session, "balance");
  const fields = isRecord(answer.data) ? answer.data : {};
  const balance = asNumber(fields.balance);
  if (balance === undefined) throw without("balance", answer);
  const { currency } = fields;
  return { balance, ...(typeof currency === "string" && currency && { currency }), raw: answer.raw };
}
