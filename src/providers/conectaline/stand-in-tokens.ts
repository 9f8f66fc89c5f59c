import type { SandboxDesk } from "../../sandbox/stand-in.ts";

const LIFE_MS = 3_600_000;

/** Tokens that are still good; the oldest is forgotten beyond it. */
const MAX_TOKENS = 1000;

/** The login tokens that the stand-in gave out. */
export class Tokens {
  readonly #endOf = new Map<string, number>();

  issue(desk: SandboxDesk): { token: string; lifeMs: number } {
    const token = desk.newId();
    this.#endOf.set(token, desk.now() + LIFE_MS);
    const [oldest] = this.#endOf.keys();
    if (this.#endOf.size > MAX_TOKENS && oldest !== undefined) this.#endOf.delete(oldest);
    return { token, lifeMs: LIFE_MS };
  }

  isGood(token: string, desk: SandboxDesk): boolean {
    return desk.now() < (this.#endOf.get(token) ?? 0);
  }
}
