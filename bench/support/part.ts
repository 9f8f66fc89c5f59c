import type { Forked } from "./forked.ts";

/** One figure of the table. */
export interface Row {
  readonly what: string;
  /** Behind the number; empty for none. */
  readonly unit: string;
  /** Digits behind the point. */
  readonly digits?: number;
  /** What is promised of its median, or where `each` is set of the worst round. */
  readonly promise?: ({ readonly least: number } | { readonly most: number }) & { readonly each?: true };
}

/** The values of each row, one a round. */
export type Found<Name extends string = string> = Readonly<Record<Name, readonly number[]>>;

export interface Setting {
  /** The provider on loopback. */
  readonly provider: { readonly url: string; readonly server: Forked };
  /** Times that everything is measured, in turn. */
  readonly rounds: number;
  /** A small run shows that everything works, its figures mean little. */
  readonly isQuick: boolean;
  readonly tell: (text: string) => void;
}

export interface Part<Name extends string = string> {
  readonly name: string;
  readonly rows: Readonly<Record<Name, Row>>;
  measure(setting: Setting): Promise<Found<Name>>;
}

/** The part as it is, with the names of its rows as its type. */
export function definePart<Name extends string>(part: Part<Name>): Part<Name> {
  return part;
}

/**
 * Warms each candidate up: with one thing on its way, then with some, then with as many as are measured, as a flow's day begins. A
 * process whose first messages are a burst is another one: V8 finds all of them alive, believes for good that such objects
 * live long, and makes them where only full collections look.
 */
export async function warmUp<Candidate>(
  { isQuick }: Pick<Setting, "isQuick">,
  candidates: readonly Candidate[],
  most: number,
  run: (candidate: Candidate, atATime: number, seconds: number) => Promise<unknown>,
): Promise<void> {
  for (const atATime of [1, Math.ceil(most / 10), most]) {
    for (const candidate of candidates) await run(candidate, atATime, isQuick ? 0.2 : 2);
  }
}

/** Calls `round` so many times, one after the other. */
export async function inRounds<Value>(
  { rounds }: Pick<Setting, "rounds">,
  round: (index: number) => Promise<Value>,
): Promise<Value[]> {
  const values: Value[] = [];
  for (let index = 0; index < rounds; index++) values.push(await round(index));
  return values;
}
