import { hash, randomBytes } from "node:crypto";
import { isRecord } from "../json.ts";
import { OldestFirst } from "../oldest-first.ts";
import type { Status } from "../result.ts";
import { advance } from "../status.ts";
import type { Names } from "./names.ts";

/** What was reported of a message, as JSON: no id, number or word can be read out of it. */
export interface Known {
  /** Salted hashes. */
  readonly names: readonly string[];
  /** The most advanced one; absent where the message was forgotten. */
  readonly status?: Status;
  readonly final?: boolean;
  /** Hashes of the provider's words at that status, and of its unknown ones. */
  readonly words?: readonly string[];
  /** Epoch milliseconds of the latest report that was new. */
  readonly at?: number;
}

/** A report as far as it matters here. An inbound message is one that never changes. */
export interface Reported {
  readonly status: Status;
  readonly final: boolean;
  readonly providerStatus: string;
}

export interface RepeatsOptions {
  /** Messages remembered; the oldest are forgotten beyond it. */
  readonly max?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/** Providers repeat what they think was not taken, for up to days. */
const KEPT_MS = 7 * 24 * 3_600_000;

const MAX_MESSAGES = 50_000;

/** Words and names of one message; a provider has a handful. */
const MAX_WORDS = 20;
const MAX_NAMES = 8;

/** Hashes at hand. */
const MAX_HASHES = 100;

/** Tells what is new from what was reported before, or would take a message back to where it has been. */
export class Repeats {
  /** Told of each change, to be kept where it outlasts this process. */
  onChange: (known: Known) => void = () => undefined;
  #salt = randomBytes(16).toString("base64url");
  readonly #known = new OldestFirst<Required<Known>>();
  readonly #byName = new Map<string, Required<Known>>();
  readonly #hashes = new Map<string, string>();
  readonly #max: number;
  readonly #now: () => number;

  constructor({ max = MAX_MESSAGES, now = Date.now }: RepeatsOptions = {}) {
    this.#max = max;
    this.#now = now;
  }

  /** Messages. */
  get size(): number {
    return this.#known.size;
  }

  /** What makes the hashes. What was known under another one means nothing. */
  get salt(): string {
    return this.#salt;
  }

  /** Remembers nothing: that is for when the report is handed on. */
  isNew({ asked }: Names, report: Reported): boolean {
    const known = this.#find(asked);
    if (!known) return true;
    if (known.words.includes(this.#wordOf(report))) return false;
    // A word that we do not know may be an early or a late one; after the end nothing is news.
    if (report.status === "unknown") return !known.final;
    return advance(report.status) >= advance(known.status);
  }

  /** What is returned takes it back, as it was not handed on in the end: the same report is new then. */
  remember({ asked, kept }: Names, report: Reported): () => void {
    const before = this.#find(asked);
    const forward = !before || advance(report.status) > advance(before.status);
    const names = [...kept.map((name) => this.#hashOf(name)), ...(before?.names ?? [])];
    const after = {
      names: [...new Set(names)].slice(0, MAX_NAMES),
      status: forward ? report.status : before.status,
      final: report.final || before?.final === true,
      words: [...(before?.words ?? []), this.#wordOf(report)].slice(-MAX_WORDS),
      at: this.#now(),
    };
    this.#replace(before, after);
    this.onChange(after);
    this.#forgetOldest();
    return () => this.#takeBack(before, after);
  }

  /** All that is known, oldest first. */
  all(): Iterable<Known> {
    return this.#known;
  }

  /** Begins with what `salt` and `all`, or `onChange`, told of another one; what is no such thing is passed over. */
  restore(salt: string, saved: Iterable<unknown>): void {
    this.#salt = salt;
    this.#hashes.clear();
    for (const one of saved) {
      if (!isKnown(one)) continue;
      for (const name of one.names) this.#forget(this.#byName.get(name));
      if (isWhole(one)) this.#replace(undefined, one);
    }
    this.#forgetOldest();
  }

  #find(names: readonly string[]): Required<Known> | undefined {
    const found = names.map((name) => this.#byName.get(this.#hashOf(name))).find((known) => known !== undefined);
    return found && this.#now() - found.at <= KEPT_MS ? found : undefined;
  }

  #replace(before: Required<Known> | undefined, after: Required<Known>): void {
    this.#forget(before);
    this.#known.add(after);
    for (const name of after.names) this.#byName.set(name, after);
  }

  #takeBack(before: Required<Known> | undefined, after: Required<Known>): void {
    // Another report that came after it is being taken back as well: then it is forgotten, and at worst comes out again.
    const latest = this.#known.has(after) ? after : this.#byName.get(after.names[0] ?? "");
    this.#forget(latest);
    this.onChange({ names: after.names });
    if (!before || latest !== after) return;
    this.#replace(undefined, before);
    this.onChange(before);
  }

  #forget(known: Required<Known> | undefined): void {
    if (!known || !this.#known.delete(known)) return;
    for (const name of known.names) if (this.#byName.get(name) === known) this.#byName.delete(name);
  }

  #forgetOldest(): void {
    for (let { oldest } = this.#known; oldest; { oldest } = this.#known) {
      if (this.#known.size <= this.#max && this.#now() - oldest.at <= KEPT_MS) return;
      this.#forget(oldest);
    }
  }

  /** Providers are not of one mind about capitals. */
  #wordOf({ status, providerStatus }: Reported): string {
    return this.#hashOf(`${status} ${providerStatus.toLowerCase()}`).slice(0, 11);
  }

  /** One report asks for the same ones several times, and the words are the same again and again. */
  #hashOf(text: string): string {
    const known = this.#hashes.get(text);
    if (known !== undefined) return known;
    const made = hash("sha256", this.#salt + text, "base64url").slice(0, 22);
    if (this.#hashes.size >= MAX_HASHES) this.#hashes.clear();
    this.#hashes.set(text, made);
    return made;
  }
}

function isKnown(value: unknown): value is Known {
  return isRecord(value) && areTexts(value.names);
}

function isWhole(known: Known): known is Required<Known> {
  return advance(known.status ?? "unknown") >= 0 && Number.isFinite(known.at) && areTexts(known.words);
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}
