import { randomUUID } from "node:crypto";
import type { SandboxDesk, SandboxMessage, SandboxReply } from "./stand-in.ts";

/** Messages kept; the oldest are forgotten beyond it. */
const MAX_MESSAGES = 5000;

/** Characters of text kept in all, so that a few huge e-mails do not fill the memory either. */
const MAX_CHARACTERS = 20_000_000;

const MAX_REPLIES = 1000;

type Written = Pick<SandboxReply, "from" | "to" | "text" | "isAutomatic">;

/** How much of each thing is kept at most. */
interface Most {
  readonly messages: number;
  readonly characters: number;
  readonly replies: number;
}

/** A desk with what only the sandbox itself does at it. */
export interface Desk extends SandboxDesk {
  /** Keeps what was written on a phone. */
  receive(written: Written): SandboxReply;
  /** What was written on phones, by people or of itself, oldest first. */
  written(): readonly SandboxReply[];
  /** Calls the listener with every message that is taken from now on. Returns what ends that. */
  onKeep(listener: (message: SandboxMessage) => void): () => void;
  /** Forgets the oldest beyond these. */
  shrink(most: Most): void;
}

/** What the sandbox remembers, in memory only and never more than a fixed amount. */
export function createDesk(now: () => number): Desk {
  const kept = new Map<string, SandboxMessage>();
  const written: SandboxReply[] = [];
  const listeners = new Set<(message: SandboxMessage) => void>();
  const newId = () => randomUUID().replaceAll("-", "");
  let characters = 0;

  function forgetOldest(): void {
    const [oldest] = kept.values();
    if (!oldest) return;
    kept.delete(oldest.id);
    characters -= oldest.text.length;
  }

  function shrink(most: Most): void {
    while (kept.size > most.messages || (characters > most.characters && kept.size > 1)) forgetOldest();
    written.splice(0, Math.max(0, written.length - most.replies));
  }

  return {
    keep(message) {
      kept.set(message.id, message);
      characters += message.text.length;
      shrink({ messages: MAX_MESSAGES, characters: MAX_CHARACTERS, replies: MAX_REPLIES });
      for (const listener of listeners) listener(message);
    },
    find: (id) => kept.get(id),
    inDelivery: (deliveryId) => [...kept.values()].filter((message) => message.deliveryId === deliveryId),
    messages: () => [...kept.values()],
    receive(text) {
      const reply = { id: newId(), ...text, receivedAt: now() };
      written.push(reply);
      if (written.length > MAX_REPLIES) written.shift();
      return reply;
    },
    written: () => [...written],
    replies: () => written.filter(({ isAutomatic }) => !isAutomatic),
    onKeep(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    shrink,
    newId,
    now,
  };
}
