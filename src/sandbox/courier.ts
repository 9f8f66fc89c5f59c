import { setTimeout as sleep } from "node:timers/promises";
import { callWebhook } from "./call-webhook.ts";
import type { Desk } from "./desk.ts";
import type { Called } from "./webhooks.ts";
import type { SandboxMessage, SandboxReply, StandIn, StandInCallback } from "./stand-in.ts";

/** How often is looked whether a message has changed. */
const EVERY_MS = 100;

/** A callback that was not taken is repeated so often, each time after a longer pause. */
const TRIES = 3;
const PAUSE_MS = 500;

/** Messages on which is reported at a time; the oldest are left out beyond it. */
const MAX_OPEN = 5000;

/** The phone that answers, and when: a question only, or two machines would talk to each other for ever. */
const ANSWERING = "0011";
const ANSWER_AFTER_MS = 2000;
const ANSWER = "OK";

/** A message whose end has not been reported yet. */
interface Open {
  readonly message: SandboxMessage;
  /** What was reported last, as JSON. */
  reported?: string;
  /** Epoch milliseconds of its end. */
  endedAt?: number;
}

export interface CourierOptions {
  readonly standIn: StandIn;
  readonly desk: Desk;
  /** Whom to call, asked for anew for each callback. */
  readonly webhooks: () => readonly Called[];
  /** Aborted when the sandbox closes. */
  readonly ending: AbortSignal;
}

/**
 * Calls webhooks as the provider would: with every change of a message, in order, and with what people write. Calls that
 * fail are repeated, and then given up, as providers do.
 */
export class Courier {
  readonly #options: CourierOptions;
  readonly #open = new Map<string, Open>();
  #running = false;

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  /** Reports on a message from now on. */
  watch(message: SandboxMessage): void {
    if (!this.#options.standIn.callbacks) return;
    this.#open.set(message.id, { message });
    const [oldest] = this.#open.keys();
    if (this.#open.size > MAX_OPEN && oldest !== undefined) this.#open.delete(oldest);
    if (this.#running) return;
    this.#running = true;
    void this.#run();
  }

  /** Delivers what a person wrote; resolves with the number of webhooks that took it. */
  async bring(reply: SandboxReply): Promise<number> {
    const callback = this.#options.standIn.callbacks?.inbound(reply);
    return callback ? this.#deliver(callback) : 0;
  }

  async #run(): Promise<void> {
    while (this.#open.size > 0 && !this.#options.ending.aborted) {
      for (const open of this.#open.values()) await this.#tend(open);
      await sleep(EVERY_MS, undefined, { ref: false });
    }
    this.#running = false;
  }

  async #tend(open: Open): Promise<void> {
    const { message } = open;
    const { desk, standIn } = this.#options;
    const now = desk.now();
    const report = desk.find(message.id) && standIn.callbacks?.report(message, now);
    if (!report) return void this.#open.delete(message.id);
    const text = JSON.stringify(report.callback);
    if (report.callback && text !== open.reported) {
      open.reported = text;
      await this.#deliver(report.callback, message.reportTo);
    }
    if (!report.final) return;
    open.endedAt ??= now;
    if (!answers(message)) this.#open.delete(message.id);
    else if (now - open.endedAt >= ANSWER_AFTER_MS) {
      this.#open.delete(message.id);
      await this.bring(desk.receive({ from: message.to, text: ANSWER, isAutomatic: true }));
    }
  }

  /** To all webhooks, or to the one that a send has named. */
  async #deliver(callback: StandInCallback, only?: string): Promise<number> {
    const known = this.#options.webhooks();
    const called = only === undefined ? known : [known.find(({ url }) => url === only) ?? { url: only }];
    const taken = await Promise.all(called.map((webhook) => this.#call(webhook, callback)));
    return taken.filter(Boolean).length;
  }

  async #call({ url, refused }: Called, callback: StandInCallback): Promise<boolean> {
    const { ending } = this.#options;
    for (let tried = 1; !ending.aborted; tried++) {
      const status = await callWebhook(url, callback, ending).catch(() => 0);
      if (status >= 200 && status < 300) return true;
      if (tried === TRIES) {
        refused?.(status);
        return false;
      }
      await sleep(PAUSE_MS * tried, undefined, { ref: false, signal: ending }).catch(() => undefined);
    }
    return false;
  }
}

function answers({ channel, to, text }: SandboxMessage): boolean {
  return channel === "sms" && to.endsWith(ANSWERING) && text.includes("?");
}
