import { randomUUID } from "node:crypto";
import type { SandboxDesk, SandboxMessage } from "./stand-in.ts";

/** Messages kept; the oldest are forgotten beyond it. */
const MAX_MESSAGES = 5000;

/** Characters of text kept in all, so that a few huge e-mails do not fill the memory either. */
const MAX_CHARACTERS = 20_000_000;

/** What the sandbox remembers, in memory only and never more than a fixed amount. */
export function createDesk(now: () => number): SandboxDesk {
  const kept = new Map<string, SandboxMessage>();
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
    },
    find: (id) => kept.get(id),
    inDelivery: (deliveryId) => [...kept.values()].filter((message) => message.deliveryId === deliveryId),
    messages: () => [...kept.values()],
    newId: () => randomUUID().replaceAll("-", ""),
    now,
  };
}
