import { hash, timingSafeEqual } from "node:crypto";

/** Characters that 128 random bits take in base64url. A shorter secret can be guessed. */
export const MIN_SECRET_CHARACTERS = 22;

/** The secrets that open one webhook, kept as digests: those in use and, during a rotation, the ones before. */
export class SecretSet {
  readonly #digests: readonly Buffer[];

  /** What is empty is no secret. */
  constructor(secrets: readonly (string | undefined)[]) {
    this.#digests = secrets.flatMap((secret) => (secret ? [digest(secret)] : []));
  }

  get size(): number {
    return this.#digests.length;
  }

  /** Takes the same time whatever is given: digests have one length, and each is compared to its end. */
  has(given: string): boolean {
    const own = digest(given);
    return this.#digests.reduce((found, known) => timingSafeEqual(known, own) || found, false);
  }

  /** Whether one secret opens both. */
  overlaps(other: SecretSet): boolean {
    return this.#digests.some((own) => other.#digests.some((known) => timingSafeEqual(known, own)));
  }
}

function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
