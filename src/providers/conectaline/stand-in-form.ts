import { parseTime } from "../../time.ts";

export const TIME_ZONE = "Europe/Madrid";

/** An error body with its status. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(status: number, code: string, message: string, errors?: Readonly<Record<string, string[]>>) {
    super(message);
    this.status = status;
    this.body = { error: { code, http_code: status, message, ...(errors && { validation_errors: errors }) } };
  }
}

/**
 * The parameters of one call, checked one by one: what is wrong is gathered, as the provider tells all of it at once.
 * A parameter that nobody asked for is wrong as well.
 */
export class Form {
  readonly #received: ReadonlyMap<string, string>;
  readonly #unread: Set<string>;
  readonly #errors: Record<string, string[]> = {};

  constructor(received: ReadonlyMap<string, string>) {
    this.#received = received;
    this.#unread = new Set(received.keys());
  }

  /** A text that must be there and not be blank. */
  text(name: string): string {
    const value = this.optional(name);
    if (value === undefined) this.wrong(name, "is required");
    return value ?? "";
  }

  /** A text that may be left out, but is not sent blank. */
  optional(name: string): string | undefined {
    this.#unread.delete(name);
    const value = this.#received.get(name);
    if (value?.trim() === "") this.wrong(name, "is empty");
    return value;
  }

  /** A comma list without spaces, each entry of the same form. */
  list(name: string, entry: RegExp, value = this.text(name)): string[] {
    const entries = value.split(",");
    const bad = entries.findIndex((one) => !entry.test(one));
    if (value && bad >= 0) this.wrong(name, `entry ${bad + 1} has a wrong form`);
    return entries;
  }

  /** A whole number above 0; undefined when left out. */
  positive(name: string): number | undefined {
    const value = this.optional(name);
    if (value !== undefined && !/^[1-9]\d{0,8}$/.test(value)) this.wrong(name, "must be a whole number above 0");
    return value === undefined ? undefined : Number(value);
  }

  /** `yyyy-mm-dd hh:mm` in the provider's zone, as epoch milliseconds; undefined when left out. */
  moment(name: string): number | undefined {
    const value = this.optional(name);
    if (value === undefined) return undefined;
    try {
      if (!/^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(value)) throw new Error("another form");
      return parseTime(value.replace(" ", "T"), TIME_ZONE).getTime();
    } catch {
      this.wrong(name, "must be a time such as 2016-05-05 11:20");
      return undefined;
    }
  }

  wrong(name: string, what: string): void {
    (this.#errors[name] ??= []).push(`${name} ${what}`);
  }

  /** Throws the refusal that tells all that was wrong. To be called when every parameter was asked for. */
  end(): void {
    for (const name of this.#unread) this.wrong(name, "is unknown");
    if (Object.keys(this.#errors).length === 0) return;
    throw new Refusal(422, "VALIDATION_ERROR", "The given data was invalid.", this.#errors);
  }
}
