import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { redeemPass } from "../../src/sandbox/pass.ts";
import { answer } from "../../src/webhook/answer.ts";
import type { SecretSet } from "../../src/webhook/secret.ts";
import { dress, hasRoute, putFirst, rootOf, takeOut, type App, type Handler } from "./layers.ts";

/** A webhook that is listening. */
export interface Hook {
  /** Id of its node, which a deploy may close and make anew. */
  readonly id: string;
  /** Segments below Node-RED's root for nodes, without slashes at its ends. */
  readonly path: string;
  readonly secrets: SecretSet;
  /** Takes a request with the right path and secret, whose body nobody has read. */
  take(request: IncomingMessage, response: ServerResponse): void;
}

/** What a request is to a webhook. */
interface Claim {
  readonly hook: Hook;
  /** Its target, which it gets back before the hook sees it. */
  readonly url: string;
}

/** A path that no route has but one that takes everything. */
const ASIDE = `messaging-${randomUUID()}`;

/**
 * The one way in for the callbacks of all webhooks: at the top of the root application it finds out whose a request is, and
 * keeps the parsers that come next from reading the body (with Node-RED's default roots, those of the editor's API read
 * every body, up to 5 MB) and the routes of that API from answering it. Then authentication has its turn, and at the top of
 * the application for nodes the request is answered. Both steps are there while a webhook is.
 */
export class Entrance {
  readonly #app: App;
  readonly #root: () => App;
  readonly #whenMade: (settle: () => void) => void;
  readonly #isClear: (root: App, own: Handler) => boolean;
  readonly #hooks = new Set<Hook>();
  /** Closed by a deploy that may make their node anew. */
  readonly #resting = new Set<Hook>();
  /** Whose each request is; null where the path is a webhook's, but not the secret. */
  readonly #claims = new WeakMap<IncomingMessage, Claim | null>();
  #openAt: App | undefined;

  /**
   * `whenMade` is to call back once, when a deploy has made its nodes. `isClear` tells whether nothing on a request's way
   * from the root application, whose first step is `own`, to the one for nodes has a say: asked for each request.
   */
  constructor(
    app: App,
    whenMade: (settle: () => void) => void,
    isClear: (root: App, own: Handler) => boolean = () => false,
  ) {
    this.#app = app;
    this.#whenMade = whenMade;
    this.#isClear = isClear;
    this.#root = () => rootOf(app);
  }

  /** False when another webhook has this very address. */
  open(hook: Hook): boolean {
    const isTaken = [...this.#hooks].some(({ path, secrets }) => path === hook.path && secrets.overlaps(hook.secrets));
    if (isTaken) return false;
    for (const old of this.#resting) if (old.id === hook.id) this.#resting.delete(old);
    this.#hooks.add(hook);
    if (this.#openAt) return true;
    this.#openAt = this.#root();
    putFirst(this.#app, this.#serve);
    // Last, and thereby before the other, should both be the same application.
    putFirst(this.#openAt, this.#claim);
    return true;
  }

  /** Until its node is open again, or the deploy is over, who calls a hook that `returns` is asked to come again. */
  close(hook: Hook, { returns = false } = {}): void {
    if (!this.#hooks.delete(hook)) return;
    if (returns) {
      if (this.#resting.size === 0) this.#whenMade(() => this.#settle());
      this.#resting.add(hook);
    }
    this.#leave();
  }

  /** What is still closed stays away. */
  #settle(): void {
    this.#resting.clear();
    this.#leave();
  }

  #leave(): void {
    if (this.#hooks.size > 0 || this.#resting.size > 0 || !this.#openAt) return;
    takeOut(this.#openAt, this.#claim);
    takeOut(this.#app, this.#serve);
    this.#openAt = undefined;
  }

  readonly #claim: Handler = (request, response, next) => {
    const { url = "" } = request;
    const hook = this.#find(request);
    if (hook && this.#openAt && this.#isClear(this.#openAt, this.#claim)) {
      request.url = url.slice(this.#base.length);
      return this.#hand(hook, request, response);
    }
    if (hook !== undefined) {
      // What body-parser looks at before it reads.
      Object.assign(request, { _body: true });
      this.#claims.set(request, hook && { hook, url });
    }
    if (hook && redeemPass(request)) {
      dress(this.#app, request, response);
      return this.#hand(hook, request, response);
    }
    // The editor's API has routes of two segments and more, and would answer some of them.
    if (hook) request.url = `${this.#base}/${ASIDE}`;
    next();
  };

  readonly #serve: Handler = (request, response, next) => {
    const claim = this.#claims.get(request);
    if (claim === undefined) return next();
    if (claim === null) return answer(request, response, 404, "Not Found");
    request.url = claim.url.slice(this.#base.length);
    this.#hand(claim.hook, request, response);
  };

  #hand(hook: Hook, request: IncomingMessage, response: ServerResponse): void {
    if (!this.#resting.has(hook)) return hook.take(request, response);
    answer(request, response, 503, "restarting", { "retry-after": "5" });
  }

  /** Of the application for nodes, without slash at its end. */
  get #base(): string {
    return this.#app.path().replace(/\/+$/, "");
  }

  #find({ url = "", method = "" }: IncomingMessage): Hook | null | undefined {
    const [target = ""] = url.split("?", 1);
    if (!target.startsWith(`${this.#base}/`)) return undefined;
    const below = target.slice(this.#base.length).replace(/\/+$/, "");
    const end = below.lastIndexOf("/");
    const path = decoded(below.slice(1, end));
    const hooks = [...this.#hooks, ...this.#resting].filter((hook) => hook.path === path);
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
