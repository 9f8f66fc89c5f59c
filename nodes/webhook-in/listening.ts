import type { Reception } from "./reception.ts";

export interface Credentials {
  readonly secret?: string;
  readonly previousSecret?: string;
}

/** A webhook node that runs. */
export interface Listening extends Credentials {
  readonly reception: Reception;
  /** Without slashes at its ends. */
  readonly path: string;
  readonly isOpen: boolean;
}
