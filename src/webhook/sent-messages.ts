import { setMaxListeners } from "node:events";
import type { Channel, RecipientResult } from "../result.ts";

/** Who sends, and what the flow wants to find again in a report. */
export interface Sender {
  readonly provider: string;
  /** The account's name. */
  readonly account: string;
  /** `msg.topic` and `msg.context`, as far as they are plain data. */
  readonly topic?: unknown;
  readonly context?: unknown;
}

/** What a report may name a message by. */
export interface Named {
  readonly id?: string | undefined;
  readonly reference?: string | undefined;
  readonly to?: string | undefined;
}

/** The message that a report is about. `reference`, `topic` and `context` are copies. */
export interface Match {
  readonly account: string;
  readonly channel: Channel;
  readonly id?: string;
  readonly to?: string;
  readonly sent: { reference?: string; topic?: unknown; context?: unknown };
}

/** Recipients that a provider took. */
export interface Taken {
  readonly channel: Channel;
  readonly recipients: readonly Partial<Pick<RecipientResult, "id" | "to">>[];
  /** The id that was given to the send. */
  readonly reference?: string;
}

/** A send that was begun. */
export interface Sending {
  /** Whether topic and context could be kept. */
  readonly kept: boolean;
  /** To be called with what became of recipients, as it becomes known. */
  taken(taken: Taken): void;
  /** To be called once, whatever the end. */
  end(): void;
}

/** What the messages of one send have in common, kept as text, so that each match is a copy of its own. */
interface Shared {
  readonly account: string;
  readonly text: string;
  users: number;
}

interface Entry {
  readonly shared: Shared;
  readonly channel: Channel;
  readonly reference: string | undefined;
  readonly id: string | undefined;
  readonly to: string | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface Limits {
  /** Names of messages kept; a message has up to two, and its reference is one. */
  readonly names?: number;
  /** Characters of topics and contexts in all, as JSON. */
  readonly characters?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** As long as repeats of reports may come. */
const KEPT_MS = 7 * 24 * 3_600_000;

const MAX_NAMES = 100_000;
const MAX_CHARACTERS = 20_000_000;

/** Characters of one send's topic and context. More than this belongs into a database, with its key in the context. */
const MAX_CONTEXT = 65_536;

/** The messages sent by this process, as far as memory allows: what a delivery report belongs to. Of too many, the oldest go. */
export class SentMessages {
  readonly #entries = new Map<string, Entry>();
  /** How many sends are on their way at each provider. */
  readonly #sending = new Map<string, number>();
  readonly #waiting = new Set<() => void>();
  readonly #limits: Required<Limits>;
  #characters = 0;
  #wanted = false;

  constructor({ names = MAX_NAMES, characters = MAX_CHARACTERS, now = Date.now }: Limits = {}) {
    this.#limits = { names, characters, now };
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Begins to remember. Without a webhook there is nobody to remember for. */
  want(): void {
    this.#wanted = true;
  }

  begin({ provider, account, topic, context }: Sender): Sending {
    const text = this.#wanted ? asText(topic, context) : "{}";
    const shared: Shared = { account, text: text ?? "{}", users: 0 };
    this.#count(provider, 1);
    let open = true;
    return {
      kept: text !== undefined,
      taken: ({ channel, recipients, reference }) => {
        if (this.#wanted) this.#take(provider, { shared, channel, reference, at: this.#limits.now() }, recipients);
      },
      end: () => {
        if (open) this.#count(provider, -1);
        open = false;
      },
    };
  }

  find(provider: string, { id, reference, to }: Named): Match | undefined {
    const keys = [
      id !== undefined && keyOf(provider, "id", id),
      reference !== undefined && to !== undefined && keyOf(provider, "reference", reference, to),
      reference !== undefined && keyOf(provider, "reference", reference),
    ];
    const entry = keys.map((key) => (key === false ? undefined : this.#get(key))).find((found) => found !== undefined);
    if (!entry) return undefined;
    const { shared, channel } = entry;
    const common = JSON.parse(shared.text) as { topic?: unknown; context?: unknown };
    return {
      account: shared.account,
      channel,
      ...(entry.id !== undefined && { id: entry.id }),
      ...(entry.to !== undefined && { to: entry.to }),
      sent: { ...(entry.reference !== undefined && { reference: entry.reference }), ...common },
    };
  }

  /**
   * As `find`. A report may be faster than the reply to its send: while sends of this provider are on their way, it waits for
   * up to `ms` milliseconds, or until the signal is aborted.
   */
  async await(provider: string, named: Named, ms: number, signal: AbortSignal): Promise<Match | undefined> {
    const deadline = performance.now() + ms;
    // Any number of reports may wait at once: Node 20 takes more than ten listeners for a leak and says so.
    setMaxListeners(0, signal);
    for (;;) {
      const match = this.find(provider, named);
      const left = deadline - performance.now();
      if (match || left <= 0 || signal.aborted || !this.#sending.has(provider)) return match;
      await this.#change(left, signal);
    }
  }

  #take(provider: string, common: Omit<Entry, "id" | "to">, recipients: Taken["recipients"]): void {
    const { reference } = common;
    if (reference !== undefined) this.#set(keyOf(provider, "reference", reference), { ...common, ...NOBODY });
    for (const { id, to } of recipients) {
      const entry = { ...common, id, to };
      if (id !== undefined) this.#set(keyOf(provider, "id", id), entry);
      if (reference !== undefined && id !== undefined && to !== undefined)
        this.#set(keyOf(provider, "reference", reference, to), entry);
    }
    this.#forgetOldest();
    this.#tell();
  }

  #set(key: string, entry: Entry): void {
    const before = this.#entries.get(key);
    // One id for several recipients, as some deliveries have, names none of them.
    const shares = before?.shared === entry.shared && before.to !== entry.to;
    this.#delete(key);
    this.#entries.set(key, shares ? { ...entry, to: undefined } : entry);
    if (entry.shared.users++ === 0) this.#characters += entry.shared.text.length;
  }

  #get(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry && this.#limits.now() - entry.at <= KEPT_MS ? entry : undefined;
  }

  #delete(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    if (--entry.shared.users === 0) this.#characters -= entry.shared.text.length;
  }

  #forgetOldest(): void {
    const { names, characters, now } = this.#limits;
    for (const [key, { at }] of this.#entries) {
      const fits = this.#entries.size <= names && this.#characters <= characters;
      if (fits && now() - at <= KEPT_MS) return;
      this.#delete(key);
    }
  }

  #count(provider: string, change: 1 | -1): void {
    const sending = (this.#sending.get(provider) ?? 0) + change;
    if (sending > 0) this.#sending.set(provider, sending);
    else this.#sending.delete(provider);
    if (change < 0) this.#tell();
  }

  #tell(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const wake of waiting) wake();
  }

  /** Resolves when a send got an answer or ended, when the time is over, or when the signal is aborted. */
  async #change(ms: number, signal: AbortSignal): Promise<void> {
    let wake: () => void = () => undefined;
    const changed = new Promise<void>((resolve) => (wake = resolve));
    const timer = setTimeout(wake, ms);
    signal.addEventListener("abort", wake);
    this.#waiting.add(wake);
    await changed;
    clearTimeout(timer);
    signal.removeEventListener("abort", wake);
    this.#waiting.delete(wake);
  }
}

/** Those of this process. */
export const sentMessages = new SentMessages();

const NOBODY = { id: undefined, to: undefined };

/** Parted by what no id, reference or number has. */
function keyOf(...parts: string[]): string {
  return parts.join("\n");
}

/** Undefined for what is too long or no plain data. */
function asText(topic: unknown, context: unknown): string | undefined {
  try {
    const text = JSON.stringify({ topic, context });
    return text.length <= MAX_CONTEXT ? text : undefined;
  } catch {
    return undefined;
  }
}
