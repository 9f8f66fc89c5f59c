import type { IncomingMessage, ServerResponse } from "node:http";
import { answer } from "../../src/webhook/answer.ts";
import type { SecretSet } from "../../src/webhook/secret.ts";
import { hasRoute, putFirst, rootOf, takeOut, type App, type Handler } from "./layers.ts";

/** A webhook that is listening. */
export interface Hook {
  /** Segments below Node-RED's root for nodes, without slashes at its ends. */
  readonly path: string;
  readonly secrets: SecretSet;
  /** Takes a request with the right path and secret, whose body nobody has read. */
  take(request: IncomingMessage, response: ServerResponse): void;
}

/**
 * The one way in for the callbacks of all webhooks: at the top of the root application it finds out whose a request is, and
 * keeps the parsers that come next from reading the body (with Node-RED's default roots, those of the editor's API read
 * every body, up to 5 MB). Then authentication has its turn, and at the top of the application for nodes the request is
 * answered. Both steps are there while a webhook is.
 */
export class Entrance {
  readonly #app: App;
  readonly #root: () => App;
  readonly #hooks = new Set<Hook>();
  /** Whose each request is; null where the path is a webhook's, but not the secret. */
  readonly #claims = new WeakMap<IncomingMessage, Hook | null>();
  #openAt: App | undefined;

  constructor(app: App) {
    this.#app = app;
    this.#root = () => rootOf(app);
  }

  /** False when another webhook has this very address. */
  open(hook: Hook): boolean {
    const isTaken = [...this.#hooks].some(({ path, secrets }) => path === hook.path && secrets.overlaps(hook.secrets));
    if (isTaken) return false;
    this.#hooks.add(hook);
    if (this.#openAt) return true;
    this.#openAt = this.#root();
    putFirst(this.#app, this.#serve);
    // Last, and thereby before the other, should both be the same application.
    putFirst(this.#openAt, this.#claim);
    return true;
  }

  close(hook: Hook): void {
    if (!this.#hooks.delete(hook) || this.#hooks.size > 0 || !this.#openAt) return;
    takeOut(this.#openAt, this.#claim);
    takeOut(this.#app, this.#serve);
    this.#openAt = undefined;
  }

  readonly #claim: Handler = (request, _response, next) => {
    const hook = this.#find(request);
    if (hook !== undefined) {
      this.#claims.set(request, hook);
      // What body-parser looks at before it reads.
      Object.assign(request, { _body: true });
    }
    next();
  };

  readonly #serve: Handler = (request, response, next) => {
    const hook = this.#claims.get(request);
    if (hook === undefined) next();
    else if (hook === null) answer(request, response, 404, "Not Found");
    else hook.take(request, response);
  };

  #find({ url = "", method = "" }: IncomingMessage): Hook | null | undefined {
    const [target = ""] = url.split("?", 1);
    const base = this.#app.path().replace(/\/+$/, "");
    if (!target.startsWith(`${base}/`)) return undefined;
    const below = target.slice(base.length).replace(/\/+$/, "");
    const end = below.lastIndexOf("/");
    const path = decoded(below.slice(1, end));
    const hooks = [...this.#hooks].filter((hook) => hook.path === path);
    if (end < 1 || hooks.length === 0) return undefined;
    const secret = decoded(below.slice(end + 1)) ?? "";
    // All are asked, so that the time does not tell which one it was.
    const [found] = hooks.filter(({ secrets }) => secrets.has(secret));
    return found ?? (hasRoute(this.#app, method, below) ? undefined : null);
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
