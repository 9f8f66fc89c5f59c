/**
 * Whether a code, in capitals, is that of a country. By the names that the platform has for regions: the runtime asks without
 * libphonenumber, which is not loaded before a message needs it, and the forms ask too.
 */
export function isCountry(code: string): boolean {
  return (
    /^[A-Z]{2}$/.test(code) && new Intl.DisplayNames("en", { type: "region", fallback: "none" }).of(code) !== undefined
  );
}
