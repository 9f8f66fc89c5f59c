import { asNumber } from "../../json.ts";
import type { Session } from "../../provider.ts";
import type { Channel } from "../../result.ts";
import { without } from "./answer.ts";
import { ask } from "./request.ts";

/** How many SMS or e-mails the account may still send. Documented as an integer, shown as a string (document p. 13). */
export async function checkBalance(session: Session, channel: Channel): Promise<{ balance: number; raw: unknown }> {
  const answer = await ask(session, channel === "email" ? "check_email_balance" : "check_balance");
  const balance = asNumber(answer.fields.balance);
  if (balance === undefined) throw without("balance", answer);
  return { balance, raw: answer.raw };
}
