import type { NodeAPI } from "node-red";
import { asMessagingError, invalid } from "../../src/error.ts";
import { isRecord } from "../../src/json.ts";
import { parsePrefixes, type LostMember, type Member, type Turns } from "../../src/sending/members.ts";
import { Route } from "../../src/sending/route.ts";
import { plain, type Config } from "../kit/fields.ts";
import { accountNode } from "../kit/find-account.ts";
import type { Warn } from "../kit/words.ts";
import { definition } from "./definition.ts";

interface Owner {
  /** Kept from one message to the next. */
  readonly turns: Turns;
  readonly warnOnce: Warn;
}

/**
 * The route of a config node, with its accounts as they are now: they may be edited and deployed without it. It goes without
 * those that cannot be used, and warns of them. Rejects with MISSING_ACCOUNT when none is left.
 */
export async function openRoute(RED: NodeAPI, config: Config, { turns, warnOnce }: Owner): Promise<Route> {
  const { strategy, failoverOnRejected } = definition.fields;
  const name = String(config.name ?? "").trim() || "route";
  const entries = Array.isArray(config.members) ? config.members.filter(isRecord) : [];
  const members = await Promise.all(entries.map((entry, index) => memberOf(RED, entry, index + 1)));
  const settings = {
    name,
    strategy: plain(config, "strategy", strategy) === "round-robin" ? "round-robin" : "failover",
    failoverOnRejected: plain(config, "failoverOnRejected", failoverOnRejected) === true,
    turns,
  } as const;
  const route = new Route(settings, members);
  for (const lost of members) {
    if ("problem" in lost) warnOnce("routeWithout", { route: name, account: lost.name, problem: lost.problem });
  }
  return route;
}

/** One that cannot be used keeps its place, so that its numbers do not go to others unseen. */
async function memberOf(RED: NodeAPI, entry: Config, place: number): Promise<Member | LostMember> {
  const node = accountNode(RED, entry.account);
  let prefixes: string[] = [];
  try {
    prefixes = parsePrefixes(String(entry.prefixes ?? ""));
    if (node && (!entry.provider || node.type === `${String(entry.provider)}-account`)) {
      return { account: await node.account(), prefixes };
    }
    throw invalid(
      `Account ${place} of the route was deleted or is disabled. Open the route and choose another one, or enable it again.`,
      "MISSING_ACCOUNT",
      { kind: "memberGone", values: { place } },
    );
  } catch (thrown) {
    return { name: node?.name || `#${place}`, prefixes, problem: asMessagingError(thrown) };
  }
}
