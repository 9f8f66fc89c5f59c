import { randomUUID } from "node:crypto";
import type { SandboxDesk, SandboxMessage, SandboxReply } from "./stand-in.ts";

/** Messages kept; the oldest are forgotten beyond it. */
const MAX_MESSAGES = 5000;

/** Characters of text kept in all, so that a few huge e-mails do not fill the memory either. */
const MAX_CHARACTERS = 20_000_000;

const MAX_REPLIES = 1000;

/**
 * What the sandbox remembers, in memory only and never more than a fixed amount. `onKeep` is called with every message that
 * is taken.
 */
export function createDesk(
  now: () => number,
  onKeep: (message: SandboxMessage) => void = () => undefined,
): SandboxDesk {
  const kept = new Map<string, SandboxMessage>();
  const replies: SandboxReply[] = [];
  const newId = () => randomUUID().replaceAll("-", "");
  let characters = 0;

  function forgetOldest(): void {
    const [oldest] = kept.values();
    if (!oldest) return;
    kept.delete(oldest.id);
    characters -= oldest.text.length;
  }

  return {
    keep(message) {
      kept.set(message.id, message);
      characters += message.text.length;
      while (kept.size > MAX_MESSAGES || (characters > MAX_CHARACTERS && kept.size > 1)) forgetOldest();
      onKeep(message);
    },
    find: (id) => kept.get(id),
    inDelivery: (deliveryId) => [...kept.values()].filter((message) => message.deliveryId === deliveryId),
    messages: () => [...kept.values()],
    receive(written) {
      const reply = { id: newId(), ...written, receivedAt: now() };
      replies.push(reply);
      if (replies.length > MAX_REPLIES) replies.shift();
      return reply;
    },
    replies: () => [...replies],
    newId,
    now,
  };
}
