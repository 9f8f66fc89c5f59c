import type { PhoneMessage, Phones } from "../../../src/sandbox/phones.ts";
import type { ShownResult } from "../results.ts";

/** All that the phones show. */
export interface Shown {
  readonly sandboxes: readonly Phones[];
  readonly results: readonly ShownResult[];
}

/** An answer that is none: its HTTP status, 0 where Node-RED cannot be reached. */
export class Unanswered extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

/**
 * The routes of the runtime, asked as the editor would ask them: with the token that it keeps in this browser's storage, under
 * a name that ends in its own path (`RED.settings.authTokensSuffix`).
 */
export class Client {
  readonly #root: string;
  readonly #images = new Map<string, Promise<string>>();

  /** `root`: the path of the editor, with its slash at the end. */
  constructor(root: string) {
    this.#root = root;
  }

  shown(signal: AbortSignal): Promise<Shown> {
    return this.#ask("messages", { signal }).then((answer) => answer.json() as Promise<Shown>);
  }

  message(provider: string, id: string): Promise<PhoneMessage> {
    const path = `${encodeURIComponent(provider)}/messages/${encodeURIComponent(id)}`;
    return this.#ask(path).then((answer) => answer.json() as Promise<PhoneMessage>);
  }

  /** A URL of the image, valid as long as this page. */
  image(provider: string, id: string): Promise<string> {
    const path = `${encodeURIComponent(provider)}/images/${encodeURIComponent(id)}`;
    const known = this.#images.get(path);
    if (known) return known;
    // An <img> cannot show the token.
    const url = this.#ask(path)
      .then((answer) => answer.blob())
      .then((blob) => URL.createObjectURL(blob));
    this.#images.set(path, url);
    return url;
  }

  /** Resolves with the number of webhooks that took it. */
  async reply(provider: string, written: { from: string; to?: string; text: string }): Promise<number> {
    const answer = await this.#ask(`${encodeURIComponent(provider)}/replies`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(written),
    });
    return ((await answer.json()) as { taken: number }).taken;
  }

  /** Whether the editor's user may; where nobody knows, the answer to a reply will tell. */
  async mayReply(): Promise<boolean> {
    try {
      const { user } = (await (await this.#fetch("settings")).json()) as { user?: { permissions?: unknown } };
      const permissions = [user?.permissions ?? []].flat().map(String);
      return !user || permissions.some((one) => ["*", "write", "*.write", "flows.write"].includes(one));
    } catch {
      return true;
    }
  }

  #ask(path: string, options: RequestInit = {}): Promise<Response> {
    return this.#fetch(`messaging/phone/${path}`, options);
  }

  async #fetch(path: string, options: RequestInit = {}): Promise<Response> {
    const token = this.#token();
    const headers = {
      accept: "application/json",
      ...options.headers,
      ...(token && { authorization: `Bearer ${token}` }),
    };
    const answer = await fetch(`${this.#root}${path}`, { ...options, headers }).catch(() =>
      Promise.reject(new Unanswered(0)),
    );
    if (!answer.ok) throw new Unanswered(answer.status);
    return answer;
  }

  #token(): string | undefined {
    const saved = localStorage.getItem(`auth-tokens${this.#root.slice(0, -1).replace(/\//g, "-")}`);
    const tokens = (saved ? JSON.parse(saved) : {}) as { access_token?: string } | null;
    return tokens?.access_token;
  }
}
