import type { State } from "../states.ts";
import type { Tables } from "./tables.ts";

/** How many rows wait or are being sent, known without counting them each time. */
export class Tally {
  readonly #tables: Tables;
  #waiting = 0;

  constructor(tables: Tables) {
    this.#tables = tables;
    this.recount();
  }

  get waiting(): number {
    return this.#waiting;
  }

  add(state: State, rows = 1): void {
    if (isWaiting(state)) this.#waiting += rows;
  }

  moved(from: State, to: State): void {
    this.#waiting += Number(isWaiting(to)) - Number(isWaiting(from));
  }

  /** After changes were rolled back: as it was before them. Counting all that waits would take as long as it is much. */
  backTo(waiting: number): void {
    this.#waiting = waiting;
  }

  /** After changes that it was not told of. */
  recount(): void {
    const sql = "SELECT count(*) AS waiting FROM rows WHERE state IN ('queued', 'sending')";
    this.#waiting = this.#tables.get<{ waiting: number }>(sql)?.waiting ?? 0;
  }
}

function isWaiting(state: State): boolean {
  return state === "queued" || state === "sending";
}
