import { asMessagingError, MessagingError } from "../error.ts";
import type { ListEntry, ListName } from "../provider.ts";
import type { BalanceResult } from "../result.ts";
import type { Account, CallOptions } from "./account.ts";

/** What an account's provider said to questions that cost nothing and send nothing. */
export interface Probe {
  readonly balances: readonly ProbedBalance[];
  /** Names that the account's settings give, which are not among those that the provider has. */
  readonly unlisted: readonly UnlistedName[];
}

export interface UnlistedName {
  readonly list: ListName;
  readonly name: string;
  /** The first names that there are. */
  readonly known: readonly string[];
  /** How many there are besides; absent for none. */
  readonly more?: number;
}

export interface ProbedBalance extends Pick<BalanceResult, "channel" | "balance" | "currency"> {
  readonly unit: "messages" | "money";
}

/** As many names as a person reads. */
const MAX_KNOWN = 8;

/**
 * Asks the provider for what shows that the account works: its balances or, where a label of the provider has none, a list.
 * `names`: what the settings name out of the provider's lists. Rejects with a MessagingError that says why it does not work.
 */
export async function probe(
  account: Account,
  names: Partial<Record<ListName, string>>,
  call: CallOptions,
): Promise<Probe> {
  const balances = await balancesOf(account, call);
  const checks = Object.entries(names).map(([list, name]) => unlisted(account, list as ListName, name, call));
  // What any name may be in the sandbox; and a list that cannot be had says nothing of the account.
  const found = account.mode === "sandbox" ? [] : await Promise.allSettled(checks);
  return { balances, unlisted: found.flatMap((check) => (check.status === "fulfilled" ? check.value : [])) };
}

/** A pick list of the account's provider. Rejects with NOT_SUPPORTED where it has none of this name. */
export async function listOf(account: Account, list: ListName, call: CallOptions): Promise<ListEntry[]> {
  const { lists = {} } = account.provider.operations;
  // The name may come from a request: what every object inherits is no list.
  const ask = Object.hasOwn(lists, list) ? lists[list] : undefined;
  if (ask) return account.perform(call, (session) => ask(session));
  throw new MessagingError(`${account.provider.label} has no such list.`, {
    code: "NOT_SUPPORTED",
    outcome: "rejected",
    retryable: false,
  });
}

async function balancesOf(account: Account, call: CallOptions): Promise<ProbedBalance[]> {
  const { checkBalance, lists = {} } = account.provider.operations;
  const [list] = Object.keys(lists) as ListName[];
  const [first, ...others] = checkBalance?.channels ?? [];
  if (!checkBalance || !first) return list ? listOf(account, list, call).then(() => []) : [];
  const ask = async (channel: typeof first): Promise<ProbedBalance> => {
    const { raw: _, ...found } = await account.perform(call, (session) => checkBalance.check(session, channel));
    return { channel, unit: checkBalance.unit, ...found };
  };
  try {
    // The first alone: it may have to sign in, and where it fails the others need not try.
    const told = [await ask(first)];
    const rest = await Promise.allSettled(others.map(ask));
    return [...told, ...rest.flatMap((one) => (one.status === "fulfilled" ? one.value : []))];
  } catch (thrown) {
    const error = asMessagingError(thrown);
    if (!list || ![404, 405].includes(error.cause.httpStatus ?? 0)) throw error;
    await listOf(account, list, call).catch(() => Promise.reject(error));
    return [];
  }
}

async function unlisted(account: Account, list: ListName, name: string, call: CallOptions): Promise<Probe["unlisted"]> {
  const known = (await listOf(account, list, call)).map(({ id }) => id);
  if (known.includes(name)) return [];
  const more = known.length - MAX_KNOWN;
  return [{ list, name, known: known.slice(0, MAX_KNOWN), ...(more > 0 && { more }) }];
}
