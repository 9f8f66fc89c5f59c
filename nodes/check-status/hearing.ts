import type { StatusLookup } from "../../src/provider.ts";
import type { MessageStatus, StatusReport, StatusResult } from "../../src/result.ts";
import { advance, statusResult } from "../../src/status.ts";

/** Begins to hand on reports of the provider that is asked; returns what ends that. */
export type Listen = (hear: (report: StatusReport) => void) => () => void;

/** Reports that come while something is waited for. */
export class Ear {
  readonly #heard: StatusReport[] = [];
  readonly #end: () => void;
  #wake: (() => void) | undefined;

  /** `wanted` gives a report on what is followed under the id that it has there, and undefined for all others. */
  constructor(listen: Listen, wanted: (report: StatusReport) => StatusReport | undefined) {
    this.#end = listen((report) => {
      const own = wanted(report);
      if (!own) return;
      this.#heard.push(own);
      this.#wake?.();
    });
  }

  /** The next report, or undefined when none has come within so many milliseconds, or before the signal is aborted. */
  async next(ms: number, stop: AbortSignal): Promise<StatusReport | undefined> {
    if (this.#heard.length === 0 && !stop.aborted) await this.#pause(ms, stop);
    return this.#heard.shift();
  }

  close(): void {
    this.#end();
  }

  async #pause(ms: number, stop: AbortSignal): Promise<void> {
    let wake: () => void = () => undefined;
    const woken = new Promise<void>((resolve) => (wake = resolve));
    const timer = setTimeout(wake, ms);
    stop.addEventListener("abort", wake);
    this.#wake = wake;
    await woken;
    this.#wake = undefined;
    clearTimeout(timer);
    stop.removeEventListener("abort", wake);
  }
}

/**
 * The status brought up to date by a report. Undefined where it would go back (a report may be older than the last answer),
 * or where nothing is known yet of the others that are followed with this message.
 */
export function updated(report: StatusReport, lookup: StatusLookup, last?: StatusResult): StatusResult | undefined {
  const { provider, channel = last?.channel ?? "sms", id, status, final, providerStatus, to, raw } = report;
  const news = { id, status, final, providerStatus, ...(to !== undefined && { to }) };
  if (last?.messages) {
    const known = last.messages.find((message) => message.id === id);
    if (!known || advance(status) < advance(known.status)) return undefined;
    const messages = last.messages.map((message) => (message === known ? { ...known, ...news } : message));
    return withMessages(last, messages);
  }
  if (lookup.id !== id || (last && advance(status) < advance(last.status))) return undefined;
  return { provider, channel, ...last, ...news, raw };
}

/** An answer of the provider, which may know less by then than a report said before: what it takes back stays as it was. */
export function notBack(answer: StatusResult, last?: StatusResult): StatusResult {
  if (!last) return answer;
  if (!answer.messages) return advance(answer.status) < advance(last.status) ? last : answer;
  const behind = answer.messages.map((message) => {
    const known = last.messages?.find(({ id, to }) => id === message.id && (to === message.to || to === undefined));
    return known && advance(message.status) < advance(known.status) ? known : undefined;
  });
  const isBehind = behind.some((known) => known !== undefined);
  const messages = answer.messages.map((message, index) => behind[index] ?? message);
  return isBehind ? withMessages(answer, messages) : answer;
}

function withMessages({ provider, channel, id, page, raw }: StatusResult, messages: MessageStatus[]): StatusResult {
  const reply = { channel, messages, single: false, deliveryId: id, ...(page && { page }), raw };
  return statusResult({ provider: { name: provider } }, reply);
}
