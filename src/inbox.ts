import { hash, randomBytes } from "node:crypto";
import { isRecord } from "./json.ts";
import type { InboundMessage } from "./result.ts";

/**
 * How far back each question reaches behind the newest message, in milliseconds: a message may be listed later than a newer
 * one, and the provider's clock is not ours.
 */
const OVERLAP_MS = 600_000;

/** Messages remembered at most. Beyond it the oldest are forgotten, and no longer asked for. */
const MAX_SEEN = 5000;

/** What an inbox knows, as JSON: no number and no text, only salted hashes and times (epoch milliseconds). */
interface Saved {
  readonly version: 1;
  readonly scope: string;
  readonly salt: string;
  readonly startedAt: number;
  readonly isPrimed: boolean;
  readonly newest: number;
  readonly floor: number;
  readonly seen: readonly (readonly [key: string, at: number])[];
}

/**
 * Tells the messages that were handed on already from those that are new, where a provider can only list what came in since
 * some time. New is what came in after the inbox began.
 *
 * Messages without an id are told apart by sender, time and text. Two that are the same in all of these are two as soon as the
 * provider lists two.
 */
export class Inbox {
  /** What it listens to; the memory of one scope means nothing to another. */
  readonly scope: string;
  readonly #salt: string;
  readonly #startedAt: number;
  readonly #seen: Map<string, number>;
  /** Whether what was there before it began has been seen. */
  #isPrimed: boolean;
  #newest: number;
  #floor: number;

  private constructor({ scope, salt, startedAt, isPrimed, newest, floor, seen }: Saved) {
    this.scope = scope;
    this.#salt = salt;
    this.#startedAt = startedAt;
    this.#isPrimed = isPrimed;
    this.#newest = newest;
    this.#floor = floor;
    this.#seen = new Map(seen);
  }

  /** A new one. `now`: epoch milliseconds. */
  static begin(scope: string, now: number): Inbox {
    const salt = randomBytes(16).toString("base64url");
    // Providers tell times in whole seconds: what came in within this very second counts as new.
    const startedAt = Math.floor(now / 1000) * 1000;
    const floor = startedAt - OVERLAP_MS;
    return new Inbox({ version: 1, scope, salt, startedAt, isPrimed: false, newest: startedAt, floor, seen: [] });
  }

  /** As it was when `toJSON` was called; undefined where that is not what was given. */
  static restore(saved: unknown): Inbox | undefined {
    return isSaved(saved) ? new Inbox(saved) : undefined;
  }

  /** From when on messages have to be listed. */
  get since(): Date {
    return new Date(this.#floor);
  }

  /** The new ones among the messages listed, which from now on are no longer new. `now`: epoch milliseconds. */
  take(listed: readonly InboundMessage[], now: number): InboundMessage[] {
    const fresh: InboundMessage[] = [];
    const copies = new Map<string, number>();
    for (const message of listed) {
      const at = this.#timeOf(message);
      const key = this.#keyOf(message, copies);
      if (at < this.#floor || this.#seen.has(key)) continue;
      this.#seen.set(key, at);
      if (this.#isPrimed || at >= this.#startedAt) fresh.push(message);
    }
    this.#isPrimed = true;
    // A time in the future must not make it deaf to all that comes before.
    for (const at of this.#seen.values()) this.#newest = Math.max(this.#newest, Math.min(at, now));
    this.#forget();
    return fresh;
  }

  toJSON(): Saved {
    return {
      version: 1,
      scope: this.scope,
      salt: this.#salt,
      startedAt: this.#startedAt,
      isPrimed: this.#isPrimed,
      newest: this.#newest,
      floor: this.#floor,
      seen: [...this.#seen],
    };
  }

  /** A time that cannot be read is taken for the newest, so that the message is remembered as long as any. */
  #timeOf({ receivedAt }: InboundMessage): number {
    const at = Date.parse(receivedAt);
    return Number.isNaN(at) ? this.#newest : at;
  }

  #keyOf({ id, from, text, receivedAt }: InboundMessage, copies: Map<string, number>): string {
    if (id !== undefined) return this.#hashOf([id]);
    const content = JSON.stringify([from, text, receivedAt]);
    const copy = (copies.get(content) ?? 0) + 1;
    copies.set(content, copy);
    return this.#hashOf([content, copy]);
  }

  #hashOf(content: readonly unknown[]): string {
    return hash("sha256", this.#salt + JSON.stringify(content), "base64url").slice(0, 22);
  }

  /** What is older than the window is not looked at again, so it need not be remembered. */
  #forget(): void {
    const floor = Math.max(this.#floor, this.#newest - OVERLAP_MS);
    const times = [...this.#seen.values()].sort((one, other) => other - one);
    const tooOld = times[MAX_SEEN];
    this.#floor = tooOld === undefined ? floor : Math.max(floor, tooOld + 1);
    for (const [key, at] of this.#seen) if (at < this.#floor) this.#seen.delete(key);
  }
}

function isSaved(value: unknown): value is Saved {
  if (!isRecord(value) || value.version !== 1) return false;
  const { scope, salt, startedAt, isPrimed, newest, floor, seen } = value;
  const isEntry = (entry: unknown) =>
    Array.isArray(entry) && typeof entry[0] === "string" && Number.isFinite(entry[1]) && entry.length === 2;
  return (
    [scope, salt].every((text) => typeof text === "string") &&
    [startedAt, newest, floor].every((time) => Number.isFinite(time)) &&
    typeof isPrimed === "boolean" &&
    Array.isArray(seen) &&
    seen.every(isEntry)
  );
}
