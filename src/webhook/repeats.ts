import type { Status } from "../result.ts";
import { advance } from "../status.ts";

/** What was reported of a message. */
interface Known {
  /** Of the most advanced status. */
  readonly status: Status;
  readonly final: boolean;
  /** The provider's words at that status, and its unknown ones. */
  readonly words: readonly string[];
  /** Epoch milliseconds of the latest report that was new. */
  readonly at: number;
}

/** A report as far as it matters here. An inbound message is one that never changes. */
export interface Reported {
  readonly status: Status;
  readonly final: boolean;
  readonly providerStatus: string;
}

/** Providers repeat what they think was not taken, for up to days. */
const KEPT_MS = 7 * 24 * 3_600_000;

/** Messages remembered; the oldest are forgotten beyond it. */
const MAX_MESSAGES = 50_000;

/** Words of one message; a provider has a handful. */
const MAX_WORDS = 20;

/** Tells what is new from what was reported before, or would take a message back to where it has been. */
export class Repeats {
  readonly #known = new Map<string, Known>();
  readonly #max: number;
  readonly #now: () => number;

  constructor({ max = MAX_MESSAGES, now = Date.now }: { max?: number; now?: () => number } = {}) {
    this.#max = max;
    this.#now = now;
  }

  get size(): number {
    return this.#known.size;
  }

  /** `key` names the message. Remembers nothing: that is for when the report was handed on. */
  isNew(key: string, report: Reported): boolean {
    const known = this.#get(key);
    if (!known) return true;
    if (known.words.includes(wordOf(report))) return false;
    // A word that we do not know may be an early or a late one; after the end nothing is news.
    if (report.status === "unknown") return !known.final;
    return advance(report.status) >= advance(known.status);
  }

  remember(key: string, report: Reported): void {
    const known = this.#get(key);
    this.#known.delete(key);
    const forward = !known || advance(report.status) > advance(known.status);
    this.#known.set(key, {
      status: forward ? report.status : known.status,
      final: report.final || known?.final === true,
      words: [...(known?.words ?? []), wordOf(report)].slice(-MAX_WORDS),
      at: this.#now(),
    });
    this.#forgetOldest();
  }

  #get(key: string): Known | undefined {
    const known = this.#known.get(key);
    return known && this.#now() - known.at <= KEPT_MS ? known : undefined;
  }

  #forgetOldest(): void {
    for (const [key, { at }] of this.#known) {
      if (this.#known.size <= this.#max && this.#now() - at <= KEPT_MS) return;
      this.#known.delete(key);
    }
  }
}

function wordOf({ status, providerStatus }: Reported): string {
  return `${status} ${providerStatus}`;
}
