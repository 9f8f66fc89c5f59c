export const FORM_TYPE = "application/x-www-form-urlencoded";

/** What is undefined or empty is not sent. */
export type Parameters = Readonly<Record<string, string | number | undefined>>;

/** The parameters that are sent, as text. */
export function given(parameters: Parameters): [string, string][] {
  const all: [string, string][] = [];
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== "") all.push([name, String(value)]);
  }
  return all;
}

/**
 * Parameters for a query and for a form body alike. Spaces become %20, which every decoder reads, where some read `+` as a
 * plus; half a surrogate pair becomes U+FFFD instead of an exception.
 */
export function encodeForm(parameters: Parameters): string {
  let form = "";
  for (const [name, value] of given(parameters)) form += `${form && "&"}${encoded(name)}=${encoded(value)}`;
  return form;
}

/** What is the same encoded, as most names and all numbers are: encoding takes long. */
const UNRESERVED = /^[\w.*-]*$/;

/** What a form encodes, and encodeURIComponent leaves. */
const LEFT = /[!'()~]/g;

function encoded(text: string): string {
  if (UNRESERVED.test(text)) return text;
  try {
    return encodeURIComponent(text).replace(
      LEFT,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  } catch {
    return encoded(Buffer.from(text).toString());
  }
}

/** The value of an `authorization` header. */
export function basicAuth(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`;
}
