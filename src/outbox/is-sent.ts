import type { Move } from "./store.ts";

/**
 * Whether a store keeps what a move says for the reports on it: it was sent, or may have been. Also of what was refused, where
 * the provider has it under an id: a search finds that too, and must not take it for the next with the same reference and text.
 */
export function isSent({ to, set }: Move): boolean {
  return to === "accepted" || to === "uncertain" || (to === "failed" && set?.outcome?.id !== undefined);
}
