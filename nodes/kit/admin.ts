import type { NodeAPI } from "node-red";

/** What of a request to the admin application counts here; Express's own types are not those of Node-RED's users. */
export interface AdminRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  is(type: string): unknown;
}

export interface AdminResponse {
  set(header: string, value: string): unknown;
  status(code: number): { json(body: unknown): unknown };
}

export interface Admin {
  get(path: string, ...handlers: unknown[]): unknown;
  post(path: string, ...handlers: unknown[]): unknown;
}

/** Where the routes of forms go; undefined where Node-RED runs without an admin application. */
export function adminOf(RED: NodeAPI): Admin | undefined {
  return (RED as { httpAdmin?: unknown }).httpAdmin as Admin | undefined;
}
