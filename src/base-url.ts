import { isLoopback } from "./loopback.ts";

export type BaseUrlFault = "badUrl" | "urlNotHttps" | "urlWithUser" | "urlWithQuery" | "urlPlainHttp";

/**
 * Why a base URL cannot be used; undefined where it can: https anywhere, and plain http, which shows credentials to the
 * network, on this computer only. The forms ask as the runtime does.
 */
export function baseUrlFault(baseUrl: string): BaseUrlFault | undefined {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    return "badUrl";
  }
  const { protocol, hostname, username, password } = url;
  if (protocol !== "https:" && protocol !== "http:") return "urlNotHttps";
  if (username || password) return "urlWithUser";
  // Of "…/v1?" the parsed URL has no query, but a path written behind it would become one.
  if (/[?#]/.test(baseUrl)) return "urlWithQuery";
  return protocol === "http:" && !isLoopback(hostname) ? "urlPlainHttp" : undefined;
}
