import type { StandInRequest } from "./stand-in.ts";

/** Whether the request carries exactly this user and password as Basic credentials. */
export function hasBasicAuth({ headers }: Pick<StandInRequest, "headers">, user: string, password: string): boolean {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(String(headers.authorization ?? "")) ?? [];
  return encoded !== undefined && Buffer.from(encoded, "base64").toString("utf8") === `${user}:${password}`;
}
