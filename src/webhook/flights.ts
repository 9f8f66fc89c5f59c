import { setMaxListeners } from "node:events";
import { Queue } from "../queue.ts";
import { isSameNumber } from "../same-number.ts";
import type { Channel } from "../result.ts";
import { matchOf, type Match, type Named, type Shared } from "./match.ts";

/** A request that sends, as much as is known when it begins. */
export interface Departure {
  readonly channel: Channel;
  /** Absent where the provider may choose them itself. */
  readonly recipients?: readonly string[];
  /** The id that the request gives to the send. */
  readonly reference?: string | undefined;
}

/** One that is on its way. */
export interface Flight extends Departure {
  readonly shared: Shared;
  /** On the clock of `performance.now`. */
  readonly startedAt: number;
  readonly waiting: Queue<() => void>;
  isOver: boolean;
}

/**
 * How long reports may wait for the reply to a request, in milliseconds from its beginning: the first report of a message
 * comes soon or not at all. A webhook has 10 s for its own answer.
 */
const PATIENCE_MS = 8000;

/** Requests on their way, whose replies will tell the ids of their messages. */
export class Flights {
  readonly #byProvider = new Map<string, Queue<Flight>>();

  /** `end` is to be called once. */
  begin(shared: Shared, departure: Departure): { flight: Flight; end: () => void } {
    const startedAt = performance.now();
    const flight = { ...departure, shared, startedAt, waiting: new Queue<() => void>(), isOver: false };
    const leave = this.#of(shared.provider).push(flight);
    const end = () => {
      leave();
      flight.isOver = true;
      tell(flight);
    };
    return { flight, end };
  }

  /** The message of a request whose reference, and number where there is one, a report names. */
  find(provider: string, { reference, to }: Named): Match | undefined {
    if (reference === undefined) return undefined;
    for (const flight of this.#of(provider)) {
      if (flight.reference !== reference) continue;
      const { shared, recipients } = flight;
      const [only, ...others] = recipients ?? [];
      const known = to === undefined && others.length > 0 ? undefined : only;
      const own = to === undefined ? known : recipients?.find((recipient) => isSameNumber(recipient, to));
      return matchOf(shared, { ...flight, ...(own !== undefined && { to: own }) });
    }
    return undefined;
  }

  /**
   * Calls `find` until it finds something, each time that a request which a report may belong to has told more. Undefined when
   * all those that were on their way have ended or take too long, at the deadline (on the clock of `performance.now`), or when the
   * signal is aborted.
   */
  async until<Result>(
    provider: string,
    named: Named,
    find: () => Result | undefined,
    { deadline, signal }: { readonly deadline: number; readonly signal: AbortSignal },
  ): Promise<Result | undefined> {
    // Those that begin later are none of its business: a busy account would hold it for ever.
    const possible = [...this.#of(provider)].filter((flight) => mayBeOf(flight, named));
    for (;;) {
      const found = find();
      if (found !== undefined || signal.aborted) return found;
      const now = performance.now();
      const open = possible.filter(({ isOver, startedAt }) => !isOver && startedAt + PATIENCE_MS > now);
      const left = Math.min(deadline, Math.max(...open.map(({ startedAt }) => startedAt + PATIENCE_MS))) - now;
      if (open.length === 0 || left <= 0) return undefined;
      await changeOf(open, left, signal);
    }
  }

  #of(provider: string): Queue<Flight> {
    const known = this.#byProvider.get(provider) ?? new Queue<Flight>();
    this.#byProvider.set(provider, known);
    return known;
  }
}

/** Wakes those who wait for a request. */
export function tell({ waiting }: Flight): void {
  for (const wake of waiting.takeAll()) wake();
}

/** Whether a report may be about a message of this request, by all that both say. */
function mayBeOf({ reference, recipients }: Flight, named: Named): boolean {
  const { to } = named;
  if (reference !== undefined && named.reference !== undefined && reference !== named.reference) return false;
  return !to || !recipients || recipients.some((recipient) => isSameNumber(recipient, to));
}

/** Resolves when one of the requests told something or ended, when the time is over, or when the signal is aborted. */
async function changeOf(flights: readonly Flight[], ms: number, signal: AbortSignal): Promise<void> {
  let wake: () => void = () => undefined;
  const changed = new Promise<void>((resolve) => (wake = resolve));
  const timer = setTimeout(wake, ms);
  // Any number of reports may wait at once: Node 20 takes more than ten listeners for a leak and says so.
  setMaxListeners(0, signal);
  signal.addEventListener("abort", wake);
  const leaves = flights.map(({ waiting }) => waiting.push(wake));
  await changed;
  clearTimeout(timer);
  signal.removeEventListener("abort", wake);
  for (const leave of leaves) leave();
}
