import type { Match, Named } from "../../src/webhook/match.ts";
import { ROUTE } from "../kit/definition.ts";
import type { Keeper } from "./keeper.ts";

/** Finds the message that a report is about among those that an outbox sent. Never rejects: that it is away is said elsewhere. */
export async function recall(keeper: Keeper, provider: string, named: Named): Promise<Match | undefined> {
  try {
    const { outbox } = await keeper.open();
    const found = await outbox.sent((one) => one === provider || one === ROUTE, named);
    if (!found) return undefined;
    const { about, reference, ...match } = found;
    return { ...match, sent: { ...(reference !== undefined && { reference }), ...about } };
  } catch {
    return undefined;
  }
}
