import type { Provider } from "../provider.ts";
import { closed } from "./pace.ts";
import type { CheckedSettings } from "./settings.ts";

export type Credentials = Readonly<Record<string, string>>;

/** Where requests go and who they say they are. */
export interface Place {
  readonly baseUrl: string;
  readonly credentials: Credentials;
  /** The provider's own settings. */
  readonly options: Readonly<Record<string, string>>;
  readonly release?: () => Promise<void>;
}

/** The place of one account: the provider's API or, in sandbox mode, the stand-in for it, which is started when it is needed. */
export class Destination {
  readonly #provider: Provider;
  readonly #settings: CheckedSettings;
  readonly #credentials: Credentials;
  #place: Promise<Place> | undefined;
  #opened: Place | undefined;
  #isClosed = false;

  constructor(provider: Provider, settings: CheckedSettings, credentials: Credentials) {
    this.#provider = provider;
    this.#settings = settings;
    this.#credentials = credentials;
  }

  /** Without waiting: undefined before it was opened, and once it is closed. */
  get opened(): Place | undefined {
    return this.#opened;
  }

  /** May be tried again after it failed. Rejects with CANCELLED when it was closed. */
  open(): Promise<Place> {
    if (this.#isClosed) return Promise.reject(closed());
    this.#place ??= this.#find().then(
      (place) => {
        if (!this.#isClosed) this.#opened = place;
        return place;
      },
      (error: unknown) => {
        this.#place = undefined;
        throw error;
      },
    );
    return this.#place;
  }

  /** Gives out no place any more. */
  close(): void {
    this.#isClosed = true;
    this.#opened = undefined;
  }

  /** Lets go of the stand-in, when nothing is on its way to it any more. */
  async release(): Promise<void> {
    await (await this.#place?.catch(() => undefined))?.release?.();
  }

  async #find(): Promise<Place> {
    const { baseUrl, options, mode } = this.#settings;
    if (mode !== "sandbox") return { baseUrl, credentials: this.#credentials, options };
    const { acquireSandbox } = await import("../sandbox/index.ts");
    const acquired = await acquireSandbox(this.#provider);
    const { url, credentials, options: presets } = acquired.sandbox;
    const given = Object.entries(options).filter(([, value]) => value.trim() !== "");
    const own = { ...options, ...presets, ...Object.fromEntries(given) };
    return { baseUrl: url, credentials, options: own, release: () => acquired.release() };
  }
}
