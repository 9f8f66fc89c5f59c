import type { StatusLookup } from "../../src/provider.ts";
import type { StatusReport, StatusResult } from "../../src/result.ts";
import { advance, statusResult } from "../../src/status.ts";

/** Begins to hand on reports of the provider that is asked; returns what ends that. */
export type Listen = (hear: (report: StatusReport) => void) => () => void;

/** Reports that come while something is waited for. */
export class Ear {
  readonly #heard: StatusReport[] = [];
  readonly #end: () => void;
  #wake: (() => void) | undefined;

  constructor(listen: Listen, isWanted: (report: StatusReport) => boolean) {
    this.#end = listen((report) => {
      if (!isWanted(report)) return;
      this.#heard.push(report);
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

/** Whether a report is about a message that is followed. */
export function concerns(report: StatusReport, lookup: StatusLookup, last: StatusResult | undefined): boolean {
  const ids = [lookup.id, ...(lookup.ids ?? []), ...(last?.messages ?? []).map(({ id }) => id)];
  return ids.includes(report.id);
}

/**
 * The status brought up to date by a report. Undefined where it would go back (a report may be older than the last answer),
 * or where nothing is known yet of the others that are followed with this message.
 */
export function updated(report: StatusReport, lookup: StatusLookup, last?: StatusResult): StatusResult | undefined {
  const { provider, channel = "sms", id, status, final, providerStatus, to, raw } = report;
  const news = { id, status, final, providerStatus, ...(to !== undefined && { to }) };
  if (last?.messages) {
    const known = last.messages.find((message) => message.id === id);
    if (!known || advance(status) < advance(known.status)) return undefined;
    const messages = last.messages.map((message) => (message === known ? { ...known, ...news } : message));
    const reply = { channel: last.channel, messages, single: false, deliveryId: last.id, raw: last.raw };
    return statusResult({ provider: { name: provider } }, reply);
  }
  if (lookup.id !== id || (last && advance(status) < advance(last.status))) return undefined;
  return { provider, channel, ...last, ...news, raw };
}
