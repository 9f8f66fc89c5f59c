import { setImmediate as breathe } from "node:timers/promises";
import { invalid, notSupported } from "../error.ts";
import type { Draft, SendOptions } from "../message.ts";
import type { SendOperation } from "../provider.ts";
import type { SendResult } from "../result.ts";
import type { Account, CallOptions } from "./account.ts";
import { Delivery } from "./delivery.ts";
import { ProgressReport, type Counts, type OnProgress } from "./progress.ts";
import { linked } from "./signals.ts";

export interface DeliverOptions extends CallOptions {
  /** Whether a send all of whose recipients were refused failed as a whole, and is no result, also with several of them. */
  readonly asOne?: boolean;
  /** Recipients in one request, as far as the provider takes that many. */
  readonly batchSize?: number;
  /** The user's cancel: what was not sent yet stays unsent. */
  readonly stop?: AbortSignal;
  /** Called after requests, at most five times a second, and at the end. */
  readonly onProgress?: OnProgress;
}

/** Longest time of our own work before others have their turn. */
const WORK_MS = 5;

/**
 * Sends drafts in their order, as many at a time as one request takes, one request after the other, so that others of the
 * same account come in between and a cancel takes effect after the request in hand.
 *
 * Resolves with one outcome per draft, in order: a bad draft or a recipient whom the provider refuses is `rejected`, those
 * of a failed request are `failed` or `unknown`. After a failure that the next request would meet as well (credentials,
 * credit) and after a cancel the rest is `failed` untried. With the account switched off nothing is sent: `off` is
 * true, nothing counts as accepted, and `messages` holds the rejected alone, as there is no truth to tell of the others.
 *
 * Rejects with a MessagingError when the send failed as a whole: each request did, or there was one draft only (or `asOne`) and it was
 * refused. Of several errors it is the one with outcome `unknown`, if any: that one forbids sending all again.
 */
export async function deliver<M>(
  account: Account,
  channel: "sms" | "email",
  drafts: Iterable<Draft<M>>,
  total: number,
  options: SendOptions,
  call: DeliverOptions = {},
): Promise<SendResult> {
  const operation = sendOperation<M>(account, channel);
  const size = batchSize(operation, call.batchSize);
  const waiting = linked(call.signal, call.stop);
  const delivery = new Delivery(account, channel, operation, options, { ...call, total, signal: waiting.signal });
  try {
    await deliverAll(drafts, delivery, new ProgressReport(total, call.onProgress), () => delivery.pending >= size);
  } finally {
    waiting.release();
  }
  return delivery.result();
}

/** What takes drafts and sends them a request at a time. */
interface Taker<M> {
  readonly counts: Counts;
  add(draft: Draft<M>): void;
  /** Sends what fills a request, or at the end all; never rejects. */
  flush(isEnd: boolean): Promise<void>;
}

/** Hands drafts over in their order, as many at a time as make a request, without holding Node-RED while they are made. */
export async function deliverAll<M>(
  drafts: Iterable<Draft<M>>,
  taker: Taker<M>,
  report: ProgressReport,
  isFull: () => boolean,
): Promise<void> {
  let workedSince = performance.now();
  for (const draft of drafts) {
    taker.add(draft);
    if (isFull()) {
      await taker.flush(false);
      report.after(taker.counts);
      workedSince = performance.now();
    } else if (performance.now() - workedSince > WORK_MS) {
      await breathe();
      workedSince = performance.now();
    }
  }
  await taker.flush(true);
  report.end(taker.counts);
}

/** The given options that the account's provider cannot honour for this channel, by name. */
export function unhonoured(account: Account, channel: "sms" | "email", options: SendOptions): string[] {
  const honours: readonly string[] = sendOperation(account, channel).honours;
  return Object.entries(options)
    .filter(([name, value]) => value !== undefined && !honours.includes(name))
    .map(([name]) => name);
}

/** How an account's provider sends by a channel. Throws NOT_SUPPORTED. */
export function sendOperation<M>({ provider, name }: Account, channel: "sms" | "email"): SendOperation<M> {
  const { sendSms, sendEmail } = provider.operations;
  const operation = channel === "sms" ? sendSms : sendEmail;
  if (operation) return operation as unknown as SendOperation<M>;
  const message = `${provider.label} cannot send ${channel === "sms" ? "SMS" : "e-mail"}. Choose another account.`;
  throw notSupported(
    message,
    { provider: provider.name, account: name },
    { kind: channel === "sms" ? "cannotSendSms" : "cannotSendEmail", values: { provider: provider.label } },
  );
}

/** Recipients of one request. Throws INVALID_MESSAGE for a choice that is no whole number above zero. */
export function batchSize(
  operation: Pick<SendOperation<never>, "maxRecipients" | "usualRecipients">,
  chosen?: number,
): number {
  const { maxRecipients, usualRecipients = maxRecipients } = operation;
  if (chosen === undefined) return usualRecipients;
  if (Number.isInteger(chosen) && chosen >= 1) return Math.min(chosen, maxRecipients);
  const message = "The batch size must be a whole number from 1 on. Correct it, or leave it empty.";
  throw invalid(message, "INVALID_MESSAGE", { kind: "batchSize" });
}
