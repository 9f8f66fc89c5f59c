import type { Route } from "../sending/route.ts";
import { accountSender } from "./account-sender.ts";
import type { Sender } from "./sender.ts";

/** A route as an outbox sends through it: as fast, and as much at a time, as its accounts together. */
export function routeSender(route: Route): Sender {
  const senders = route.accounts().map(accountSender);
  const rates = senders.map(({ ratePerSecond }) => ratePerSecond);
  return {
    concurrency: sum(senders.map(({ concurrency }) => concurrency)),
    ratePerSecond: rates.includes(0) ? 0 : sum(rates),
    provider: "route",
    account: route.name,
    maxRecipients: (channel) => Math.max(...senders.map((sender) => sender.maxRecipients(channel))),
    // Nobody knows any more which of them was asked last, so that all must be able to tell.
    keepsReference: (channel) => senders.every((sender) => sender.keepsReference(channel)),
    send: (channel, drafts, options, call) => route.deliver(channel, drafts, drafts.length, options, call),
    heldBack: (channel, to) => route.heldBack(channel, to),
    find: async (channel, reference, since, call) => {
      const found = await Promise.all(senders.map((sender) => sender.find(channel, reference, since, call)));
      return found.flat();
    },
    isRepeat: (channel, code) => senders.some((sender) => sender.isRepeat(channel, code)),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
