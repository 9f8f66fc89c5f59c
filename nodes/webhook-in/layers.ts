import type { IncomingMessage, ServerResponse } from "node:http";

export type Next = (error?: unknown) => void;
export type Handler = (request: IncomingMessage, response: ServerResponse, next: Next) => void;

/** One step of an Express router. */
interface Layer {
  readonly handle: unknown;
  /** There where it is a route, such as that of an http-in node. */
  readonly route?: { readonly methods?: Readonly<Record<string, boolean>> };
  match(path: string): boolean;
}

interface Router {
  stack: Layer[];
}

/** An Express application, as far as it is used here. */
export interface App {
  use(handler: Handler): unknown;
  /** Where it is mounted; empty for the root. */
  path(): string;
  readonly parent?: App;
  /** What Express has its requests and responses inherit from. */
  readonly request?: object;
  readonly response?: object;
  /** Express 4. */
  readonly _router?: Router;
  /** Express 5; in Express 4 this throws. */
  readonly router?: Router;
}

/** Gives a request what Express gives it in its own first step, for middleware that relies on it. */
export function dress(app: App, request: IncomingMessage, response: ServerResponse): void {
  if (!app.request || !app.response) return;
  Object.setPrototypeOf(request, app.request);
  Object.setPrototypeOf(response, app.response);
  Object.assign(request, { res: response });
  Object.assign(response, { req: request, locals: {} });
}

/** The application that gets a request first. */
export function rootOf(app: App): App {
  return app.parent ? rootOf(app.parent) : app;
}

/**
 * Puts a handler before all others. The list is replaced, never changed: a request on its way goes through the list that it
 * began with, by position, and would skip a step (its authentication, perhaps) were one taken out of it.
 */
export function putFirst(app: App, handler: Handler): void {
  app.use(handler);
  const router = routerOf(app);
  const isOurs = (layer: Layer) => layer.handle === handler;
  router.stack = [...router.stack.filter(isOurs), ...router.stack.filter((layer) => !isOurs(layer))];
}

export function takeOut(app: App, handler: Handler): void {
  const router = routerOf(app);
  router.stack = router.stack.filter((layer) => layer.handle !== handler);
}

/** The functions that a request goes through, in their order; with a path, those of them that a request for it does. */
export function stepsOf(app: App, path?: string): unknown[] {
  const { stack } = routerOf(app);
  const own = path === undefined ? stack : stack.filter((layer) => layer.match(path));
  return own.map(({ handle }) => handle);
}

/** Whether a route of its own, such as an http-in node's, is there for this path below the application's. */
export function hasRoute(app: App, method: string, path: string): boolean {
  return routerOf(app).stack.some((layer) => {
    const { methods = {} } = layer.route ?? {};
    return (methods._all === true || methods[method.toLowerCase()] === true) && layer.match(path);
  });
}

function routerOf(app: App): Router {
  const router = app._router ?? app.router;
  if (!router) throw new Error("Node-RED's HTTP application has no router");
  return router;
}
