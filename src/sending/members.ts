import { invalid, type MessagingError } from "../error.ts";
import { prefixDigits, prefixEntries } from "../prefix.ts";
import type { Account } from "./account.ts";
import { breakerOf, type Breaker } from "./breaker.ts";

/** An account of a route. */
export interface Member {
  readonly account: Account;
  /** Digits that the numbers begin with that it is for, without plus; none: all numbers. */
  readonly prefixes: readonly string[];
}

/** One that cannot be used: its node is not there, or its settings are wrong. */
export interface LostMember extends Pick<Member, "prefixes"> {
  readonly name: string;
  readonly problem: MessagingError;
}

/** Turns taken so far, by the members that took part. */
export type Turns = Map<string, number>;

/** The digits of a list such as `56,+39`. Throws MISSING_ACCOUNT for what is no prefix: all numbers might go there. */
export function parsePrefixes(list: string): string[] {
  return prefixEntries(list).map((entry) => {
    const digits = prefixDigits(entry);
    if (digits !== undefined) return digits;
    throw invalid(
      `"${entry.slice(0, 20)}" is no prefix. Write prefixes as numbers begin, with their country code: 56, +39, 4179.`,
      "MISSING_ACCOUNT",
    );
  });
}

/**
 * How well a member's prefixes fit a recipient: digits that agree, 0 for one without prefixes, undefined for one that is for
 * others. Prefixes are for numbers: an e-mail address fits all.
 */
export function fit({ prefixes }: Pick<Member, "prefixes">, to: string): number | undefined {
  if (prefixes.length === 0 || to.includes("@")) return 0;
  const fitting = prefixes.filter((prefix) => to.startsWith(`+${prefix}`)).map(({ length }) => length);
  return fitting.length > 0 ? Math.max(...fitting) : undefined;
}

/**
 * The members to try for a recipient, one after the other: the longest prefix first, then in the order given, or by turns. One
 * that is skipped, as it fails, comes last: when all others have failed it is the best there is.
 */
export function membersFor(to: string, members: readonly Member[], turns?: Turns): Member[] {
  const fitting = members.flatMap((member) => {
    const digits = fit(member, to);
    return digits === undefined ? [] : [{ member, digits, breaker: breakerOf(member.account) }];
  });
  const usual = fitting.filter(({ breaker }) => breaker.skippedForMs === 0).sort(byDigits);
  const skipped = fitting.filter((one) => !usual.includes(one)).sort(bySkippedFor);
  const first = usual.filter(({ digits }) => digits === usual[0]?.digits);
  const turn =
    turns && first.length > 1 ? takeTurn(turns, first.map(({ member }) => members.indexOf(member)).join()) : 0;
  const start = turn % (first.length || 1);
  const inTurn = [...first.slice(start), ...first.slice(0, start), ...usual.slice(first.length)];
  inTurn[0]?.breaker.probe();
  return eachOnce([...inTurn, ...skipped].map(({ member }) => member));
}

/** An account may be there twice: first for its prefixes, and behind others for all numbers. */
function eachOnce(members: readonly Member[]): Member[] {
  return members.filter(({ account }, index) => members.findIndex((member) => member.account === account) === index);
}

interface Fitting {
  readonly digits: number;
  readonly breaker: Breaker;
}

function byDigits(one: Fitting, other: Fitting): number {
  return other.digits - one.digits;
}

function bySkippedFor(one: Fitting, other: Fitting): number {
  return one.breaker.skippedForMs - other.breaker.skippedForMs;
}

function takeTurn(turns: Turns, key: string): number {
  const turn = turns.get(key) ?? 0;
  turns.set(key, turn + 1);
  return turn;
}
