export const FORM_TYPE = "application/x-www-form-urlencoded";

/** What is undefined or empty is not sent. */
export type Parameters = Readonly<Record<string, string | number | undefined>>;

/** The parameters that are sent, as text. */
export function given(parameters: Parameters): [string, string][] {
  return Object.entries(parameters).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  );
}

/**
 * Parameters for a query and for a form body alike. Spaces become %20, which every decoder reads, where some read `+` as a
 * plus; half a surrogate pair becomes U+FFFD instead of an exception.
 */
export function encodeForm(parameters: Parameters): string {
  return new URLSearchParams(given(parameters)).toString().replaceAll("+", "%20");
}

/** The value of an `authorization` header. */
export function basicAuth(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`;
}
