/**
 * A way for the sandbox to misbehave.
 *
 * - `status`: that status with an error body; the message is not taken.
 * - `html`: a 200 with a page, as a captive portal gives; not taken.
 * - `reset-before-read`: the connection is reset before the body is read; not taken.
 * - `reset-after-read`, `empty`, `truncated`, `no-id`, `hang`, `slow`: the message is taken, and then: a reset, a 200 without
 *   a body, half the JSON, `{}`, no answer at all, or the right answer after `ms` milliseconds.
 */
export type Fault =
  | { readonly kind: "status"; readonly status: number; readonly retryAfter?: string | number; readonly body?: unknown }
  | { readonly kind: "slow"; readonly ms: number }
  | {
      readonly kind: "html" | "empty" | "truncated" | "no-id" | "hang" | "reset-before-read" | "reset-after-read";
    };

export interface FaultOptions {
  /** How many requests it strikes, 1 by default; `Infinity` = until `behave()`. */
  times?: number;
  /** Only requests to this path below the base URL, such as `send_sms`. */
  path?: string;
}

/** Faults in the order in which they were asked for; each request meets the first that is meant for it. */
export class FaultQueue {
  #waiting: { fault: Fault; left: number; path: string | undefined }[] = [];

  add(fault: Fault, { times = 1, path }: FaultOptions = {}): void {
    if (times > 0) this.#waiting.push({ fault, left: times, path });
  }

  clear(): void {
    this.#waiting = [];
  }

  take(path: string): Fault | undefined {
    const next = this.#waiting.find((entry) => entry.path === undefined || entry.path === path);
    if (!next) return undefined;
    next.left -= 1;
    if (next.left <= 0) this.#waiting = this.#waiting.filter((entry) => entry !== next);
    return next.fault;
  }
}
