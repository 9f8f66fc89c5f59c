import type { MessageStatus } from "../result.ts";
import { isSameNumber } from "../same-number.ts";
import { accept, askAt, notFound, refuse } from "./moves.ts";
import type { Sharer } from "./sent.ts";
import type { Row } from "./job.ts";
import type { Move } from "./store.ts";

/** What became of a row, as far as a search tells: that of a message that can be nobody else's, nothing, or neither for certain. */
type Verdict = { readonly taken: MessageStatus } | "not-taken" | "undecided";

/** One that a message found may belong to. */
interface Claimant {
  readonly row: string;
  readonly to: string;
  readonly text: string | undefined;
}

/** What a search by the reference of a request found. */
export interface Evidence {
  /** With their texts, where the provider shows them. */
  readonly found: readonly MessageStatus[];
  /** All that is known to have gone to the same recipients with the same reference. */
  readonly sharers: readonly Sharer[];
  /** When to ask again; absent after the last look. */
  readonly nextAt?: number | undefined;
}

/** What comes next for the rows of one request in doubt. */
export function judged(rows: readonly Row[], { nextAt, ...evidence }: Evidence): Move[] {
  const judge = judgeOf(rows, evidence);
  return rows.map((row) => {
    const verdict = judge(row);
    if (typeof verdict === "object") return settledBy(row, verdict.taken);
    if (nextAt !== undefined) return askAt(row, nextAt);
    return verdict === "not-taken" ? notFound(row, { now: Date.now() }) : askAt(row);
  });
}

/**
 * A message found is the proof for a row only where it can be nobody else's. What has an owner already is no proof. A
 * reference that we made belongs to one request: as many messages found as there are claimants are theirs. One that the user
 * gave may be that of any other message too, also of some that never were in this outbox: there the text must agree.
 */
function judgeOf(rows: readonly Row[], { found, sharers }: Omit<Evidence, "nextAt">): (row: Row) => Verdict {
  const own = new Set(rows.map(({ id }) => id));
  const others = sharers.filter(({ row }) => !own.has(row));
  const owned = new Set(others.flatMap(({ id }) => id ?? []));
  const free = found.filter(({ id }) => !owned.has(id));
  const nameless = free.filter(({ to }) => to === undefined);
  const claimants = [...rows.map(asClaimant), ...others.filter(({ id }) => id === undefined).map(asClaimant)];
  const isOurs = rows.every(({ reference, claim }) => reference === claim);
  return (row) => {
    const rivals = claimants.filter(({ to }) => isTo(row.to, to));
    const named = free.filter(({ to }) => to !== undefined && isTo(row.to, to));
    const isAlone = isOurs && claimants.length === 1 && nameless.length === free.length;
    const theirs = isAlone ? free : named;
    const byText = judgedByText(row, theirs, rivals);
    if (typeof byText === "object") return byText;
    const taken = isOurs && theirs.length >= rivals.length ? byElimination(row, theirs, rivals) : undefined;
    if (taken) return { taken };
    return nameless.length > 0 ? "undecided" : byText;
  };
}

/** `found`: all to the row's number; `rivals`: all that they may belong to, itself included. */
function judgedByText(row: Row, found: readonly MessageStatus[], rivals: readonly Claimant[]): Verdict {
  const own = asClaimant(row).text;
  const texts = grouped(found, ({ text }) => comparable(text) ?? "");
  const counted = (text: string | undefined) => rivals.filter((rival) => rival.text === text && rival.row !== row.id);
  const same = own === undefined ? [] : (texts.get(own) ?? []);
  if (same.length > 0) {
    // One that was refused and one that was taken differ: whose is which nobody knows, unless each has its owner here.
    const isMixed = new Set(same.map(({ status }) => status === "rejected")).size > 1;
    if (isMixed && same.length !== counted(own).length + 1) return "undecided";
    const claim = rivals.filter(({ text }) => text === own).findIndex((rival) => rival.row === row.id);
    const taken = same.length > counted(own).length ? same[claim] : undefined;
    return taken ? { taken } : "undecided";
  }
  // A text that nobody here has sent may be ours, changed on the way.
  const isExplained = [...texts].every(([text, of]) => text !== "" && counted(text).length >= of.length);
  return isExplained ? "not-taken" : "undecided";
}

/** Of messages and claimants whose texts fit nobody, in their order. */
function byElimination(row: Row, found: readonly MessageStatus[], rivals: readonly Claimant[]) {
  const texts = new Set(found.map(({ text }) => comparable(text)));
  const left = rivals.filter(({ text }) => text === undefined || !texts.has(text));
  const taken = found.filter(
    ({ text }) => text === undefined || rivals.every((rival) => rival.text !== comparable(text)),
  );
  return taken[left.findIndex((rival) => rival.row === row.id)];
}

function settledBy(row: Row, { id, status, providerStatus }: MessageStatus): Move {
  const known = id ? { id } : {};
  if (status !== "rejected") return accept(row, { ...known, status: "accepted" });
  const message = `The provider says that it refused this message: ${providerStatus}.`;
  // Now it is certain, so that no doubt of before counts.
  const outcome = { ...known, status, error: { code: "REJECTED", message, outcome: "rejected" } } as const;
  return refuse({ ...row, doubts: 0 }, outcome, { isRepeat: () => false });
}

function asClaimant(one: Row | Sharer): Claimant {
  const { to, message } = one;
  const row = "row" in one ? one.row : one.id;
  return { row, to, text: message && "text" in message ? comparable(message.text) : undefined };
}

/** The same text for a reader, whatever way it went. */
function comparable(text: string | undefined): string | undefined {
  return text?.normalize().replaceAll("\r\n", "\n").trim();
}

function isTo(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase() || (!one.includes("@") && isSameNumber(one, other));
}

/** Node.js has it from version 21 on. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
