/** Whether it is the name of a time zone. Asked of the platform: Luxon is not loaded before a message needs it, and the forms ask too. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
