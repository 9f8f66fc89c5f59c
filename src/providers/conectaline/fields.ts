import { formatInZone } from "../../time.ts";

const MINUTE_MS = 60_000;

/** `+34600100100` as 34600100100 (document, "Envíos simples"). */
export function asDigits(to: string): string {
  return to.replace(/\D/g, "");
}

/** `yyyy-mm-dd hh:mm` (document, START_DATE) in the account's zone: the next full minute, so that nothing goes too early. */
export function startDate(at: Date, timeZone: string): string {
  const minute = new Date(Math.ceil(at.getTime() / MINUTE_MS) * MINUTE_MS);
  return formatInZone(minute, timeZone, "yyyy-MM-dd HH:mm");
}
