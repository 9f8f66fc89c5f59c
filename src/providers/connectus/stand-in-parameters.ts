import { parseTime } from "../../time.ts";

/** What the stand-in answers when a parameter is not as the document says. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.status = status;
  }
}

export type Received = Readonly<Record<string, unknown>>;

/** A text that must be there and not be empty. */
export function text(received: Received, name: string): string {
  const value = received[name];
  if (value === undefined || value === null) throw new Refusal(400, `${name} is missing`);
  if (typeof value !== "string") throw new Refusal(400, `${name} must be a text`);
  if (value.trim() === "") throw new Refusal(400, `${name} is empty`);
  return value;
}

/** A text that may be left out, but is not sent empty. */
export function optionalText(received: Received, name: string): string | undefined {
  return received[name] === undefined ? undefined : text(received, name);
}

/** 11 digits; a number where the encoding has numbers (document p. 8: long). */
export function number(received: Received, name: string): string {
  const value = received[name];
  const digits = typeof value === "number" ? String(value) : text(received, name);
  if (!/^\d{11}$/.test(digits)) throw new Refusal(400, `${name} must have 11 digits`);
  return digits;
}

export function email(received: Received, name: string): string {
  const address = text(received, name);
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address)) throw new Refusal(400, `${name} must be an e-mail address`);
  return address;
}

/** A list written as JSON in a text, or as it is in a JSON body; 1 to 1,000 items (document p. 9). */
export function list(received: Received, name: string): unknown[] {
  const value = Array.isArray(received[name]) ? received[name] : parsed(text(received, name), name);
  if (!Array.isArray(value)) throw new Refusal(400, `${name} must be a JSON array`);
  if (value.length === 0) throw new Refusal(400, `${name} is empty`);
  if (value.length > 1000) throw new Refusal(400, `${name} has ${value.length} items, more than 1000`);
  return value;
}

/** `2018-03-25 10:30:00` in the zone, as epoch milliseconds; undefined when left out. */
export function moment(received: Received, name: string, timeZone: string): number | undefined {
  const value = optionalText(received, name);
  if (value === undefined) return undefined;
  try {
    if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value)) throw new Error("another form");
    return parseTime(value.replace(" ", "T"), timeZone).getTime();
  } catch {
    throw new Refusal(400, `${name} must be a time such as 2018-03-25 10:30:00`);
  }
}

function parsed(value: string, name: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    throw new Refusal(400, `${name} is no JSON`);
  }
}
