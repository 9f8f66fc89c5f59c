import { Queue } from "../queue.ts";
import { Flights, tell, type Departure } from "./flights.ts";
import { KeptMessages, type Limits } from "./kept-messages.ts";
import type { Match, Named, Shared, Taken } from "./match.ts";

/** Who sends, and what the flow wants to find again in a report. */
export interface Sender {
  readonly provider: string;
  /** The account's name. */
  readonly account: string;
  /** `msg.topic` and `msg.context`, as far as they are plain data. */
  readonly topic?: unknown;
  readonly context?: unknown;
}

/** A send that was begun. */
export interface Sending {
  /** Whether topic and context could be kept. */
  readonly kept: boolean;
  /** To be called when a request of it begins; returns what is to be called when all is told of its end. `end` does it, too. */
  departs(departure: Departure): () => void;
  /** To be called with what became of recipients, as it becomes known. */
  taken(taken: Taken): void;
  /** To be called once, whatever the end. */
  end(): void;
}

/** Looks for a message where it was kept on disk. Must not reject. */
export type Archive = (provider: string, named: Named) => Promise<Match | undefined>;

/** How long a report may wait for the message that it is about. */
export interface Patience {
  /** On the clock of `performance.now`. */
  readonly deadline: number;
  readonly signal: AbortSignal;
}

/** Characters of one send's topic and context. More than this belongs into a database, with its key in the context. */
const MAX_CONTEXT = 65_536;

/** The messages that were sent and are being sent: what a delivery report belongs to. */
export class SentMessages {
  readonly #kept: KeptMessages;
  readonly #flights = new Flights();
  readonly #archives = new Set<Archive>();
  #wanted = false;

  constructor(limits?: Limits) {
    this.#kept = new KeptMessages(limits);
  }

  /** Messages in memory. */
  get size(): number {
    return this.#kept.size;
  }

  /** Begins to remember. Without a webhook there is nobody to remember for. */
  want(): void {
    this.#wanted = true;
  }

  /** Asks this archive too from now on, until the function that is returned is called. */
  consult(archive: Archive): () => void {
    this.#archives.add(archive);
    return () => void this.#archives.delete(archive);
  }

  begin({ provider, account, topic, context }: Sender): Sending {
    const text = this.#wanted ? asText(topic, context) : "{}";
    const shared: Shared = { provider, account, text: text ?? "{}" };
    const begun = new Queue<ReturnType<Flights["begin"]>>();
    return {
      kept: text !== undefined,
      departs: (departure) => {
        const one = this.#flights.begin(shared, departure);
        const leave = begun.push(one);
        return () => {
          if (leave()) one.end();
        };
      },
      taken: (taken) => {
        if (this.#wanted) this.#kept.add(shared, taken);
        for (const { flight } of begun) tell(flight);
      },
      end: () => {
        for (const { end } of begun.takeAll()) end();
      },
    };
  }

  /** What this process remembers. */
  find(provider: string, named: Named): Match | undefined {
    return this.#kept.find(provider, named) ?? this.#flights.find(provider, named);
  }

  /**
   * As `find`, and asks the archives. A report may be faster than the reply to its send: while requests are on their way that
   * it may belong to, it waits.
   */
  async await(provider: string, named: Named, patience: Patience): Promise<Match | undefined> {
    const found = this.find(provider, named);
    if (found) return found;
    const archives = [...this.#archives];
    // What is on its way now may have been answered by then.
    const awaited = this.#flights.until(provider, named, () => this.find(provider, named), patience);
    if (archives.length === 0) return awaited;
    const archived = firstOf(archives.map((archive) => archive(provider, named)));
    return firstOf([awaited, within(archived, patience)]);
  }
}

/** Those of this process. */
export const sentMessages = new SentMessages();

/** Undefined for what is too long or no plain data. */
function asText(topic: unknown, context: unknown): string | undefined {
  try {
    const text = JSON.stringify({ topic, context });
    return text.length <= MAX_CONTEXT ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The first that has a match; undefined when none has. */
function firstOf(searches: readonly Promise<Match | undefined>[]): Promise<Match | undefined> {
  return new Promise((resolve) => {
    const done = searches.map((search) => search.then((match) => match && resolve(match)));
    void Promise.allSettled(done).then(() => resolve(undefined));
  });
}

/** A database may be away. */
async function within(search: Promise<Match | undefined>, { deadline, signal }: Patience): Promise<Match | undefined> {
  let stop: () => void = () => undefined;
  const over = new Promise<undefined>((resolve) => (stop = () => resolve(undefined)));
  const timer = setTimeout(stop, Math.max(0, deadline - performance.now()));
  signal.addEventListener("abort", stop);
  const found = await Promise.race([search, over]);
  clearTimeout(timer);
  signal.removeEventListener("abort", stop);
  return found;
}
