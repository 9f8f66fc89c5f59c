import { asNumber } from "../../json.ts";
import type { Session } from "../../provider.ts";
import type { Channel } from "../../result.ts";
import { without } from "./answer.ts";
import { ask } from "./request.ts";

/** How many SMS or e-mails the account may still send. Documented as an integer, shown as a string (document p. 13). */
export async function checkBalance(session: Session, channel: Channel): Promise<{ balance: number; raw: unknown }> {
  const answer = await ask(session, channel === "email" ? "check_email_balance" : "check_balance");
  const balance = asCount(answer.fields.balance);
  if (balance === undefined) throw without("balance", answer);
  return { balance, raw: answer.raw };
}

/**
 * A count of messages. Chile parts thousands by points: as text, "1.432" is 1432, since nobody has 432 thousandths of an SMS,
 * and whoever watches for a low balance must not be told of 1.4. A JSON number is what it says.
 */
function asCount(value: unknown): number | undefined {
  const isParted = typeof value === "string" && /^\s*-?[1-9]\d{0,2}(\.\d{3})+\s*$/.test(value);
  return asNumber(isParted ? value.replaceAll(".", "") : value);
}
