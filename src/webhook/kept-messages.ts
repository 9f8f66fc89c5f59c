import { OldestFirst } from "../oldest-first.ts";
import { isSameNumber } from "../same-number.ts";
import type { Channel } from "../result.ts";
import { matchOf, type Match, type Named, type Shared, type Taken } from "./match.ts";

export interface Limits {
  /** Messages kept. */
  readonly messages?: number;
  /** Characters of topics and contexts in all, as JSON. */
  readonly characters?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

interface Message extends Named {
  readonly shared: Shared;
  readonly channel: Channel;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Those under which it is found. */
  readonly names: readonly string[];
}

/** The latest message with a name, and whether it is the only one. */
interface Holder {
  readonly message: Message;
  readonly isOnly: boolean;
}

/** As long as repeats of reports may come. */
const KEPT_MS = 7 * 24 * 3_600_000;

const MAX_MESSAGES = 100_000;
const MAX_CHARACTERS = 20_000_000;

/** Messages that were sent, as far as memory allows: of too many, the oldest go. */
export class KeptMessages {
  readonly #messages = new OldestFirst<Message>();
  readonly #names = new Map<string, Holder>();
  /** How many messages have a topic and context in common. */
  readonly #users = new Map<Shared, number>();
  readonly #limits: Required<Limits>;
  #characters = 0;

  constructor({ messages = MAX_MESSAGES, characters = MAX_CHARACTERS, now = Date.now }: Limits = {}) {
    this.#limits = { messages, characters, now };
  }

  get size(): number {
    return this.#messages.size;
  }

  add(shared: Shared, { channel, recipients, reference }: Taken): void {
    const { provider } = shared;
    const common = { shared, channel, reference, at: this.#limits.now() };
    const named = recipients.filter(({ id }) => id !== undefined);
    const whole = reference === undefined ? [] : [nameOf(provider, "reference", reference)];
    // Those without an id can be found by the reference alone.
    if (named.length === 0 && reference !== undefined) this.#add({ ...common, names: whole }, recipients.length === 1);
    for (const { id = "", to } of named) {
      const both = reference !== undefined && to !== undefined ? [nameOf(provider, "both", reference, to)] : [];
      const names = [nameOf(provider, "id", id), ...both, ...whole];
      this.#add({ ...common, id, to, names }, recipients.length === 1);
    }
    this.#forgetOldest();
  }

  find(provider: string, { id, reference, to }: Named): Match | undefined {
    const byId = id === undefined ? undefined : this.#get(nameOf(provider, "id", id));
    // One id for several recipients, as some deliveries have, names none of them.
    if (byId) return match(byId.message, byId.isOnly ? byId.message : { id });
    if (reference === undefined) return undefined;
    const byBoth = to === undefined ? undefined : this.#get(nameOf(provider, "both", reference, to));
    if (byBoth) return match(byBoth.message, byBoth.message);
    const whole = this.#get(nameOf(provider, "reference", reference));
    if (!whole) return undefined;
    const { message, isOnly } = whole;
    const isIt = isOnly && (to === undefined || message.to === undefined || isSameNumber(message.to, to));
    return match(message, isIt ? message : {});
  }

  #add(message: Message, isAlone: boolean): void {
    // What is told twice is one message.
    for (const name of message.names) {
      const known = this.#names.get(name)?.message;
      if (known && isSame(known, message)) this.#forget(known);
    }
    for (const name of message.names) {
      const holder = this.#names.get(name);
      const isOnly = this.#isOnly(name, message, holder, isAlone);
      this.#names.set(name, { message, isOnly });
    }
    this.#messages.add(message);
    const users = this.#users.get(message.shared) ?? 0;
    this.#users.set(message.shared, users + 1);
    if (users === 0) this.#characters += message.shared.text.length;
  }

  #isOnly(name: string, message: Message, holder: Holder | undefined, isAlone: boolean): boolean {
    const isReference = message.names.at(-1) === name && message.reference !== undefined;
    if (isReference) return isAlone && !holder;
    // A provider may begin anew to count its ids.
    return holder?.message.shared !== message.shared;
  }

  #get(name: string): Holder | undefined {
    const holder = this.#names.get(name);
    return holder && this.#limits.now() - holder.message.at <= KEPT_MS ? holder : undefined;
  }

  #forget(message: Message): void {
    if (!this.#messages.delete(message)) return;
    for (const name of message.names) if (this.#names.get(name)?.message === message) this.#names.delete(name);
    const users = (this.#users.get(message.shared) ?? 0) - 1;
    if (users > 0) return void this.#users.set(message.shared, users);
    this.#users.delete(message.shared);
    this.#characters -= message.shared.text.length;
  }

  #forgetOldest(): void {
    const { messages, characters, now } = this.#limits;
    for (let { oldest } = this.#messages; oldest; { oldest } = this.#messages) {
      const fits = this.#messages.size <= messages && this.#characters <= characters;
      if (fits && now() - oldest.at <= KEPT_MS) return;
      this.#forget(oldest);
    }
  }
}

function match({ shared, channel, reference }: Message, { id, to }: Named): Match {
  return matchOf(shared, { channel, reference, id, to });
}

function isSame(one: Message, other: Message): boolean {
  return one.shared === other.shared && one.id === other.id && one.to === other.to;
}

/** Parted by what no id, reference or number has. */
function nameOf(...parts: string[]): string {
  return parts.join("\n");
}
